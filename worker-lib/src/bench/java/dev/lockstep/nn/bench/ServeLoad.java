package dev.lockstep.nn.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Sends the same request again and again to a served model, over some connections that stay open, each as soon as the
 * one before is answered; {@code scripts/serve-load} runs it. Prints requests a second and how long they took, after
 * each tenth of them, so that growth shows, with the memory that the server says it uses.
 */
public final class ServeLoad {
    private static final int PARTS = 10;
    private static final double NANOS_A_MILLI = 1e6;
    private static final double NANOS_A_SECOND = 1e9;
    private static final double BYTES_A_MEGABYTE = 1e6;

    private final URI server;
    private final byte[] request;
    private final int connections;

    private ServeLoad(URI server, byte[] body, int connections) {
        this.server = server;
        this.connections = connections;
        request = request("POST /predict", body);
    }

    private byte[] request(String what, byte[] body) {
        String head = what + " HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\nContent-Length: " + body.length
                + "\r\n\r\n";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    /** Arguments: the server's URL, a file with a request's body, how many requests, over how many connections. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 4) {
            throw new IllegalArgumentException(
                    "expected URL BODY-FILE REQUESTS CONNECTIONS, got " + String.join(" ", arguments));
        }
        byte[] body = Files.readAllBytes(Path.of(arguments[1]));
        int connections = Integer.parseInt(arguments[3]);
        ServeLoad load = new ServeLoad(URI.create(arguments[0]), body, connections);
        load.run(Integer.parseInt(arguments[2]));
    }

    private void run(int requests) throws Exception {
        System.out.println("| requests | requests/s | p50 ms | p99 ms | most ms | server's heap MB | non-heap MB |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            int each = Math.max(1, requests / PARTS / connections);
            for (int part = 1; part <= PARTS; part++) {
                long start = System.nanoTime();
                List<Callable<long[]>> clients = new ArrayList<>();
                for (int i = 0; i < connections; i++) {
                    clients.add(() -> send(each));
                }
                List<long[]> times = new ArrayList<>();
                for (Future<long[]> client : threads.invokeAll(clients)) {
                    times.add(client.get());
                }
                print(part * each * connections, times, System.nanoTime() - start);
            }
        } finally {
            threads.shutdown();
        }
    }

    private void print(int soFar, List<long[]> times, long took) throws IOException {
        long[] sorted = times.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "| %,d | %,.0f | %.2f | %.2f | %.1f | %.1f | %.1f |%n",
                soFar,
                sorted.length / (took / NANOS_A_SECOND),
                sorted[sorted.length / 2] / NANOS_A_MILLI,
                sorted[(int) (sorted.length * 0.99)] / NANOS_A_MILLI,
                sorted[sorted.length - 1] / NANOS_A_MILLI,
                memory("heap"),
                memory("nonheap"));
    }

    /** Megabytes that the server uses of an area. */
    private double memory(String area) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request("GET /metrics", new byte[0]));
            String metrics = answer(new BufferedInputStream(socket.getInputStream()));
            String name = "jvm_memory_used_bytes{area=\"" + area + "\"} ";
            int at = metrics.indexOf(name) + name.length();
            return Long.parseLong(metrics.substring(at, metrics.indexOf('\n', at))) / BYTES_A_MEGABYTE;
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(server.getHost(), server.getPort());
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** Sends requests one after the other; nanoseconds of each. */
    private long[] send(int count) throws IOException {
        long[] nanos = new long[count];
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (int i = 0; i < count; i++) {
                long start = System.nanoTime();
                out.write(request);
                answer(in);
                nanos[i] = System.nanoTime() - start;
            }
        }
        return nanos;
    }

    /** The body of an answer with status 200. */
    private static String answer(InputStream in) throws IOException {
        String status = line(in);
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring("content-length:".length()).strip());
            }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        if (!status.contains(" 200 ")) {
            throw new IOException(status + ": " + body);
        }
        return body;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the server closed the connection");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
