package dev.lockstep.spark.scripts;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A copy of the project's scripts and job files, in which scripts have stand-ins. It counts as built: its driver jar is
 * empty.
 */
final class ProjectCopy {
    private final Path folder;

    /** Makes the copy in a folder that does not exist yet. */
    ProjectCopy(Path folder) throws IOException {
        this.folder = folder;
        for (String name : List.of("scripts", "conf")) {
            copy(Scripts.PROJECT.resolve(name), folder.resolve(name));
        }
        for (String module : List.of("worker-lib", "driver")) {
            for (String sources : List.of("src/main", "src/test", "src/bench")) {
                Files.createDirectories(folder.resolve(module).resolve(sources));
            }
            write(module + "/pom.xml", "");
        }
        write("pom.xml", "");
        write("driver/target/spark-home.txt", "");
        write("driver/target/lockstep-driver-2.jar", "");
        for (String ofChaos : List.of("dev/lockstep/spark/chaos", "dev/lockstep/spark/scripts")) {
            copy(
                    ownClasses().resolve(ofChaos),
                    folder.resolve("driver/target/test-classes").resolve(ofChaos));
        }
    }

    /** Where these tests are compiled to. */
    private static Path ownClasses() throws IOException {
        try {
            return Path.of(ProjectCopy.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.createDirectories(to.getParent());
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    /** A path in the copy. */
    Path path(String name) {
        return folder.resolve(name);
    }

    /** Writes a file. */
    Path write(String name, String text) throws IOException {
        Path file = path(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /** Writes a Bash script in place of the one that is there, if there is one. */
    void standIn(String name, String text) throws IOException {
        if (!write(name, "#!/usr/bin/env bash\n" + text + "\n").toFile().setExecutable(true)) {
            throw new IOException(name + " cannot be made executable");
        }
    }

    /** Makes a Spark installation whose spark-submit prints its arguments, and returns its name. */
    String installation(String defaults) throws IOException {
        write("installation/jars/spark-core_2.13-4.2.0.jar", "");
        write("installation/conf/spark-defaults.conf", defaults);
        standIn("installation/bin/spark-submit", "printf '%s\\n' \"$@\"");
        return path("installation").toString();
    }

    /** Runs one of its scripts. */
    Scripts.Result run(Map<String, String> environment, String name, String... arguments) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("LOCKSTEP_PROFILE", "default");
        return Scripts.run(folder, all, name, List.of(arguments));
    }
}
