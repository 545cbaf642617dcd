package dev.lockstep.spark.io;

import dev.lockstep.nn.io.FileDirectory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The right to write into a directory, which one process has at a time: a file in it names the holder, is renewed all
 * the while and is deleted at the end. Any other run is refused meanwhile. A lease whose holder is dead is taken over:
 * at once if its process ran on this machine and is gone, else when it has not been renewed for a while. A holder that
 * comes back after that (from a long pause, say) finds the file to be another's, and its next write fails.
 */
public final class DirectoryLease implements AutoCloseable {
    /** Name of the file. Spark's readers skip names that begin like this. */
    public static final String NAME = "_run.lease";

    /** A lease that is not renewed for so long has expired. */
    static final Duration EXPIRY = Duration.ofSeconds(60);

    private static final int RENEWALS = 6;
    private static final int MOST_BYTES = 1 << 14;
    private static final long LOOK_MILLIS = 200;
    /** Longer than another process needs from seeing that a holder is dead to having written its own lease. */
    private static final long TAKE_OVER_MILLIS = 2000;

    private final FileDirectory files;
    private final Duration expiry;
    private final FileDirectory directory = new LeasedDirectory();
    private final ScheduledExecutorService renewer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "lockstep-lease");
        thread.setDaemon(true);
        return thread;
    });
    private LeaseHolder holder;

    private DirectoryLease(FileDirectory files, LeaseHolder holder, Duration expiry) {
        this.files = files;
        this.holder = holder;
        this.expiry = expiry;
    }

    /**
     * Takes the lease, waiting until it is clear whether an earlier holder is alive.
     *
     * @param files the directory; made if it is missing
     * @param notice receives a line before a wait
     * @throws DirectoryInUseException if another process holds it
     */
    public static DirectoryLease acquire(FileDirectory files, Consumer<String> notice) throws IOException {
        return acquire(files, LeaseHolder.here(), EXPIRY, notice);
    }

    /** The same for any holder and time. */
    static DirectoryLease acquire(FileDirectory files, LeaseHolder self, Duration expiry, Consumer<String> notice)
            throws IOException {
        DirectoryLease lease = new DirectoryLease(files, self, expiry);
        try {
            lease.take(notice);
        } catch (IOException | RuntimeException e) {
            lease.renewer.shutdownNow();
            throw e;
        }
        long period = expiry.toMillis() / RENEWALS;
        Future<?> unused = lease.renewer.scheduleWithFixedDelay(lease::renew, period, period, TimeUnit.MILLISECONDS);
        return lease;
    }

    private void take(Consumer<String> notice) throws IOException {
        byte[] earlier = null;
        long settleMillis = LOOK_MILLIS / 4;
        long unchangedNanos = System.nanoTime();
        while (!files.create(NAME, holder.toJson())) {
            byte[] now = read();
            if (now == null) {
                continue;
            }
            LeaseHolder other = LeaseHolder.parse(now);
            if (other != null && other.token().equals(holder.token())) {
                // Made by a request whose answer was lost.
                break;
            }
            Boolean alive = other == null ? null : other.isAlive().orElse(null);
            if (Boolean.TRUE.equals(alive) || earlier != null && !Arrays.equals(earlier, now)) {
                throw new DirectoryInUseException(files.location(), String.valueOf(other));
            }
            if (Boolean.FALSE.equals(alive) || System.nanoTime() - unchangedNanos > expiry.toNanos()) {
                files.write(NAME, out -> out.write(holder.toJson()));
                settleMillis = TAKE_OVER_MILLIS;
                break;
            }
            if (earlier == null) {
                earlier = now;
                notice.accept(files.location() + " was in use by another run (" + other + "); waiting up to "
                        + expiry.toSeconds() + " s for a sign that it is alive");
            }
            pause(LOOK_MILLIS);
        }
        // Of two that take over at once, the later one's file stays.
        pause(settleMillis);
        check();
    }

    /** The directory for the holder: each change of it fails when another process has taken the lease over. */
    public FileDirectory directory() {
        return directory;
    }

    /** Fails unless the lease is still this process's. */
    synchronized void check() throws IOException {
        byte[] now = read();
        LeaseHolder other = now == null ? null : LeaseHolder.parse(now);
        if (other != null && other.token().equals(holder.token())) {
            return;
        }
        if (now == null) {
            throw new IOException(files.location(NAME) + " is gone, which reserved this directory; this run stops");
        }
        throw new DirectoryInUseException(files.location(), String.valueOf(other));
    }

    private synchronized void renew() {
        try {
            check();
            holder = holder.renewed();
            files.write(NAME, out -> out.write(holder.toJson()));
        } catch (IOException e) {
            // If the lease is lost the next write says so; if the file system is unwell, later renewals may succeed.
            return;
        }
    }

    /** The file's bytes; null if it is not there. */
    private byte @Nullable [] read() throws IOException {
        try (InputStream in = files.open(NAME)) {
            return in.readNBytes(MOST_BYTES);
        } catch (FileNotFoundException | NoSuchFileException e) {
            return null;
        }
    }

    private static void pause(long millis) throws InterruptedIOException {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a directory");
        }
    }

    /**
     * Gives the lease back, and deletes the directory if nothing is in it. A lease whose file cannot be deleted
     * expires.
     */
    @Override
    public void close() {
        renewer.shutdownNow();
        boolean interrupted = false;
        while (true) {
            try {
                if (renewer.awaitTermination(1, TimeUnit.MINUTES)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            check();
            files.delete(NAME);
            files.deleteIfEmpty();
        } catch (IOException e) {
            return;
        }
    }

    /** Checks the lease before each change. */
    private final class LeasedDirectory implements FileDirectory {
        @Override
        public String location() {
            return files.location();
        }

        @Override
        public List<String> list() throws IOException {
            return files.list();
        }

        @Override
        public boolean exists(String name) throws IOException {
            return files.exists(name);
        }

        @Override
        public long length(String name) throws IOException {
            return files.length(name);
        }

        @Override
        public InputStream open(String name) throws IOException {
            return files.open(name);
        }

        @Override
        public void write(String name, Content content) throws IOException {
            check();
            files.write(name, content);
        }

        @Override
        public boolean create(String name, byte[] content) throws IOException {
            check();
            return files.create(name, content);
        }

        @Override
        public void append(String name, byte[] addition) throws IOException {
            check();
            files.append(name, addition);
        }

        @Override
        public void delete(String name) throws IOException {
            check();
            files.delete(name);
        }

        @Override
        public void deleteUnfinished() throws IOException {
            check();
            files.deleteUnfinished();
        }

        @Override
        public void deleteIfEmpty() throws IOException {
            check();
            files.deleteIfEmpty();
        }
    }
}
