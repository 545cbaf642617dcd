package dev.lockstep.spark.sync.allreduce;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.spark.network.util.NettyUtils;

/**
 * What rounds could leave behind in this process.
 *
 * @param threads of the transport and of ranks
 * @param files open files and sockets
 * @param servers sockets that listen
 * @param directBytes of direct memory in buffers that nobody has given back to the transport's pool
 */
public record Footprint(long threads, long files, long servers, long directBytes) implements Serializable {

    /** What is there now, when threads that are about to end have ended. */
    public static Footprint settled() {
        try {
            for (int i = 0; i < 100 && ownThreads() > 0; i++) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
            Set<String> sockets = new HashSet<>();
            long files = 0;
            try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
                for (Path descriptor : descriptors) {
                    files++;
                    sockets.add(target(descriptor));
                }
            }
            return new Footprint(ownThreads(), files, listening(sockets), pinnedBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "closed meanwhile";
        }
    }

    private static long ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("lockstep-"))
                .count();
    }

    /** How many of the sockets are in state LISTEN, 0A in the kernel's table. */
    private static long listening(Set<String> sockets) throws IOException {
        long count = 0;
        for (String table : new String[] {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.strip().split("\\s+");
                if (fields[3].equals("0A") && sockets.contains("socket:[" + fields[9] + "]")) {
                    count++;
                }
            }
        }
        return count;
    }

    /** Bytes in buffers that are in use: the pool's chunks themselves stay, and some round is the first to need one. */
    private static long pinnedBytes() {
        return NettyUtils.getSharedPooledByteBufAllocator(true, false).pinnedDirectMemory()
                + NettyUtils.getSharedPooledByteBufAllocator(true, true).pinnedDirectMemory();
    }
}
