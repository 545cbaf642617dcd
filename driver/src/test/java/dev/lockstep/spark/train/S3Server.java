package dev.lockstep.spark.train;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An S3 server of one bucket, a process of its own, whose log tells the requests that it has had. */
final class S3Server implements AutoCloseable {
    /** What the server runs on, and what Hadoop needs to talk to it: Maven's paths, colons between. */
    private static final String JARS = "lockstep.s3.jars";

    private static final String COPY = "header: x-amz-copy-source:";
    private static final int START_SECONDS = 60;
    private static final String LOG_CONFIGURATION = """
            <configuration>
              <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%msg%n</pattern></encoder>
              </appender>
              <logger name="org.gaul.s3proxy" level="trace"/>
              <root level="warn"><appender-ref ref="out"/></root>
            </configuration>
            """;
    private static final Pattern REQUEST = Pattern.compile("\\{([A-Z]+)@\\p{XDigit}+ http://[^/]+(/\\S*) HTTP");

    private final Process process;
    private final Path log;
    private final String endpoint;

    /**
     * A request.
     *
     * @param method as HTTP calls it
     * @param target path and query
     * @param copies whether its content is that of another object
     */
    record Request(String method, String target, boolean copies) {
        /** Whether it is of a method, and its target has this in it. */
        boolean is(String otherMethod, String part) {
            return method.equals(otherMethod) && target.contains(part);
        }
    }

    private S3Server(Process process, Path log, String endpoint) {
        this.process = process;
        this.log = log;
        this.endpoint = endpoint;
    }

    /** The jars of the server and of Hadoop's client for it. */
    static List<Path> jars() throws IOException {
        String list = Files.readString(Path.of(System.getProperty(JARS)));
        List<Path> jars = new ArrayList<>();
        for (String jar : list.strip().split(":")) {
            jars.add(Path.of(jar));
        }
        return jars;
    }

    /** Starts a server with a bucket. */
    static S3Server start(Path folder, String bucket) throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String endpoint = "http://127.0.0.1:" + port;
        Path properties = Files.writeString(
                folder.resolve("s3proxy.properties"),
                "s3proxy.endpoint=" + endpoint
                        + "\ns3proxy.authorization=none\njclouds.provider=transient-nio2\njclouds.identity=none"
                        + "\njclouds.credential=none\n");
        Path logging = Files.writeString(folder.resolve("logback.xml"), LOG_CONFIGURATION);
        Path log = folder.resolve("s3proxy.log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-Dlogback.configurationFile=" + logging,
                        "-cp",
                        Files.readString(Path.of(System.getProperty(JARS))).strip(),
                        "org.gaul.s3proxy.Main",
                        "--properties",
                        properties.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        S3Server server = new S3Server(process, log, endpoint);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!server.makes(bucket)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                server.close();
                throw new AssertionError("the S3 server did not start:\n" + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return server;
    }

    private boolean makes(String bucket) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(endpoint + "/" + bucket).toURL().openConnection();
        try {
            connection.setRequestMethod("PUT");
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        } finally {
            connection.disconnect();
        }
    }

    /** Its address. */
    String endpoint() {
        return endpoint;
    }

    /** The requests so far. */
    List<Request> requests() throws IOException {
        List<Request> requests = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            Matcher matcher = REQUEST.matcher(line);
            if (line.startsWith("request: ") && matcher.find()) {
                requests.add(new Request(matcher.group(1), matcher.group(2), false));
            } else if (line.regionMatches(true, 0, COPY, 0, COPY.length())) {
                Request last = requests.remove(requests.size() - 1);
                requests.add(new Request(last.method(), last.target(), true));
            }
        }
        return requests;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
