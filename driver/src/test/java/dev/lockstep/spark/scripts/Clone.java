package dev.lockstep.spark.scripts;

import dev.lockstep.spark.cli.CommandServer;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A folder in which the project's commands work as in a clone, and which gets the files that they write. Two scripts
 * have stand-ins there: {@code scripts/lockstep} hands commands to a {@link CommandServer} if the environment names its
 * port in {@code COMMANDS}, but for those that go to a cluster or serve; {@code scripts/fetch-data} makes small data
 * sets of the same names and formats, so that no test needs the internet or a long training.
 */
final class Clone implements AutoCloseable {
    private static final long LIMIT_MINUTES = 10;
    private static final int SIDE = 28;
    private static final int CLASSES = 10;
    private static final String LOCKSTEP = """
        #!/usr/bin/env bash
        case "${COMMANDS:-} $*" in
          ' '* | *spark://* | *' serve '*) exec "$(dirname "$0")/lockstep-itself" "$@" ;;
        esac
        exec 3<> "/dev/tcp/127.0.0.1/$COMMANDS"
        printf '%s\\0' "$#" "$@" >&3
        while IFS= read -r line <&3; do
          case $line in
            o*) printf '%s\\n' "${line:1}" ;;
            e*) printf '%s\\n' "${line:1}" >&2 ;;
            x*) exit "${line:1}" ;;
          esac
        done
        exit 99
        """;
    private static final String FETCH_DATA = """
        #!/usr/bin/env bash
        cd "$(dirname "$0")/.."
        mkdir -p data
        cp -r "small/$1" data/
        """;

    private final Path folder;
    private final Map<String, String> environment;
    private final Process server;
    private final String port;

    Clone(Path temporary) throws IOException, InterruptedException {
        folder = temporary.resolve("lockstep");
        for (String name : List.of("scripts", "conf", "docs", ".mvn", "pom.xml")) {
            copy(Scripts.PROJECT.resolve(name), folder.resolve(name));
        }
        for (String module : List.of("worker-lib", "driver")) {
            Files.createSymbolicLink(
                    folder.resolve(module),
                    Scripts.PROJECT.resolve(module).toAbsolutePath().normalize());
        }
        Path scripts = folder.resolve("scripts");
        Files.move(scripts.resolve("lockstep"), scripts.resolve("lockstep-itself"));
        standIn(scripts.resolve("lockstep"), LOCKSTEP);
        standIn(scripts.resolve("fetch-data"), FETCH_DATA);
        images(Files.createDirectories(folder.resolve("small/mnist")));
        images(Files.createDirectories(folder.resolve("small/fashion-mnist")));
        text(Files.createDirectories(folder.resolve("small/shakespeare")));
        environment = new HashMap<>(Scripts.quick(temporary));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        Path portFile = folder.resolve("commands.port");
        server = serve(portFile);
        while (!Files.exists(portFile)) {
            if (!server.isAlive()) {
                throw new IOException("the server of commands has ended");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        port = Files.readString(portFile);
    }

    /** Files keep their times: nothing is to be built again. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                Files.createDirectories(target.getParent());
                Files.copy(path, target, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void standIn(Path script, String text) throws IOException {
        Files.writeString(script, text);
        if (!script.toFile().setExecutable(true)) {
            throw new IOException(script + " cannot be made executable");
        }
    }

    /** Stripes, at another place for each class. */
    private static void images(Path folder) throws IOException {
        images(folder, "train", 80);
        images(folder, "t10k", 40);
    }

    private static void images(Path folder, String name, int rows) throws IOException {
        try (DataOutputStream images = open(folder.resolve(name + "-images-idx3-ubyte"));
                DataOutputStream labels = open(folder.resolve(name + "-labels-idx1-ubyte"))) {
            for (int number : new int[] {0x803, rows, SIDE, SIDE}) {
                images.writeInt(number);
            }
            for (int number : new int[] {0x801, rows}) {
                labels.writeInt(number);
            }
            for (int row = 0; row < rows; row++) {
                labels.writeByte(row % CLASSES);
                for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                    boolean ink = pixel / SIDE / 2 == row % CLASSES;
                    images.writeByte(ink ? 255 - row : (pixel * 31 + row * 17 + rows) % 50);
                }
            }
        }
    }

    private static DataOutputStream open(Path file) throws IOException {
        OutputStream out = Files.newOutputStream(file);
        return new DataOutputStream(out);
    }

    /** As many different characters as the text that it stands for has. */
    private static void text(Path folder) throws IOException {
        StringBuilder characters = new StringBuilder("\n !$&',-.3:;?");
        for (char letter = 'a'; letter <= 'z'; letter++) {
            characters.append(letter).append(Character.toUpperCase(letter));
        }
        Files.writeString(folder.resolve("train.txt"), (characters + "ROMEO: to be or not to be\n").repeat(8));
        Files.writeString(folder.resolve("test.txt"), (characters + "JULIET: that is\n").repeat(2));
    }

    private Process serve(Path portFile) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!option.startsWith("-javaagent") && !option.startsWith("-agentlib")) {
                command.add(option);
            }
        }
        command.add("-Dlog4j2.configurationFile=" + folder.resolve("conf/spark/log4j2.properties"));
        command.add(CommandServer.class.getName());
        command.add(portFile.toString());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("commands.log").toFile());
        builder.environment()
                .put(
                        "CLASSPATH",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return builder.start();
    }

    /**
     * Runs a script of bash in the folder and returns both its outputs.
     *
     * @param warm whether commands that need no cluster are handed to the server
     */
    String run(String script, boolean warm) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", script)
                .directory(folder.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        builder.environment().remove("SPARK_HOME");
        if (warm) {
            builder.environment().put("COMMANDS", port);
        }
        Process process = builder.start();
        try {
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                throw new IOException(
                        "the page took more than " + LIMIT_MINUTES + " minutes:\n" + Files.readString(output));
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return Files.readString(output);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run("[[ ! -e .cluster/master.pid ]] || scripts/cluster stop", false);
        server.destroy();
        server.waitFor();
    }
}
