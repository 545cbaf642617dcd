package dev.lockstep.spark.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * Runs command lines one after the other in one JVM, which has loaded and compiled its classes after the first; each
 * has a Spark session of its own. A request is the number of arguments and the arguments, each ended by a zero byte. An
 * answer is lines: {@code o} or {@code e} and a line of the standard or error output, at the end {@code x} and the exit
 * code.
 */
public final class CommandServer {
    private CommandServer() {}

    /** @param arguments the file to which to write the port */
    public static void main(String[] arguments) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Path file = Path.of(arguments[0]);
            Path unfinished = Files.writeString(Path.of(file + ".tmp"), String.valueOf(server.getLocalPort()));
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            while (true) {
                try (Socket client = server.accept();
                        InputStream in = new BufferedInputStream(client.getInputStream());
                        OutputStream out = client.getOutputStream()) {
                    int code = run(read(in), out);
                    out.write(("x" + code + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }

    private static List<String> read(InputStream in) throws IOException {
        int count = Integer.parseInt(text(in));
        List<String> arguments = new ArrayList<>();
        while (arguments.size() < count) {
            arguments.add(text(in));
        }
        return arguments;
    }

    private static String text(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int next = in.read(); next > 0; next = in.read()) {
            bytes.write(next);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** What scripts/lockstep and spark-submit do: Spark's options become properties, all else goes to the command. */
    private static int run(List<String> line, OutputStream answer) {
        Map<Object, Object> before = Map.copyOf(System.getProperties());
        System.setProperty("spark.master", "local[*]");
        System.setProperty("spark.ui.enabled", "false");
        System.setProperty("spark.broadcast.compress", "false");
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < line.size(); i++) {
            switch (line.get(i)) {
                case "--master" -> System.setProperty("spark.master", line.get(++i));
                case "--conf" -> {
                    String[] property = line.get(++i).split("=", 2);
                    System.setProperty(property[0], property[1]);
                }
                default -> arguments.add(line.get(i));
            }
        }
        try (PrintStream out = new PrintStream(new Lines('o', answer), true, StandardCharsets.UTF_8);
                PrintStream err = new PrintStream(new Lines('e', answer), true, StandardCharsets.UTF_8)) {
            return Lockstep.run(out, err, arguments.toArray(String[]::new));
        } finally {
            if (SparkSession.getDefaultSession().isDefined()) {
                SparkSession.getDefaultSession().get().stop();
            }
            SparkSession.clearActiveSession();
            SparkSession.clearDefaultSession();
            System.getProperties().clear();
            System.getProperties().putAll(before);
        }
    }

    /** Hands on whole lines, each behind the letter of its stream. */
    private static final class Lines extends OutputStream {
        private final char stream;
        private final OutputStream answer;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Lines(char stream, OutputStream answer) {
            this.stream = stream;
            this.answer = answer;
        }

        @Override
        public synchronized void write(int next) throws IOException {
            if (next == '\n') {
                byte[] text = (stream + line.toString(StandardCharsets.UTF_8) + "\n").getBytes(StandardCharsets.UTF_8);
                synchronized (answer) {
                    answer.write(text);
                }
                line.reset();
            } else {
                line.write(next);
            }
        }

        @Override
        public synchronized void close() throws IOException {
            if (line.size() > 0) {
                write('\n');
            }
        }
    }
}
