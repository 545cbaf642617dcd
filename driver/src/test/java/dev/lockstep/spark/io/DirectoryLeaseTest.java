package dev.lockstep.spark.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.LocalDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One directory, one run: who is refused, what is taken over, and what a holder finds that was taken for dead. */
@Timeout(60)
class DirectoryLeaseTest {
    private static final Duration SOON = Duration.ofMillis(1500);

    @TempDir
    static Path temporary;

    private static int directories;
    private final List<String> notices = new ArrayList<>();

    /** A new directory, by the JDK's files and by Hadoop's. */
    static Stream<FileDirectory> directories() throws IOException {
        RawLocalFileSystem files = new RawLocalFileSystem();
        files.initialize(URI.create("file:///"), new Configuration(false));
        Path local = temporary.resolve("local" + ++directories);
        Path hadoop = temporary.resolve("hadoop" + directories);
        return Stream.of(
                new LocalDirectory(local),
                new HadoopDirectory(files, new org.apache.hadoop.fs.Path(hadoop.toString()), new Configuration(false)));
    }

    private static LeaseHolder holder(String processes, long process, long start) {
        return new LeaseHolder("other", "elsewhere", processes, process, start, "2026-01-01T00:00:00Z", 0L);
    }

    /** A process that cannot be seen from here. */
    private static LeaseHolder elsewhere() {
        return holder("another machine", 1, 1);
    }

    private DirectoryLease acquire(FileDirectory files) throws IOException {
        return DirectoryLease.acquire(files, LeaseHolder.here(), SOON, notices::add);
    }

    private static void write(FileDirectory files, LeaseHolder holder) throws IOException {
        files.write(DirectoryLease.NAME, out -> out.write(holder.toJson()));
    }

    @ParameterizedTest
    @MethodSource("directories")
    void theSecondIsRefused(FileDirectory files) throws IOException {
        try (DirectoryLease first = acquire(files)) {
            first.directory().write("x", out -> out.write(1));
            assertThatThrownBy(() -> acquire(files))
                    .isInstanceOf(DirectoryInUseException.class)
                    .hasMessageMatching("another run writes into \\Q" + files.location() + "\\E \\(process "
                            + ProcessHandle.current().pid()
                            + " on .*, since 20.*Z\\): wait until it ends, stop it, or choose another directory");
        }
        assertThat(files.list()).containsExactly("x");
        acquire(files).close();
        assertThat(notices).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("directories")
    void ofManyAtOnceOneSucceeds(FileDirectory files) throws Exception {
        for (int round = 0; round < 2; round++) {
            if (round == 1) {
                // All of them find the lease of a process that is gone.
                write(files, gone());
            }
            List<Callable<DirectoryLease>> tries = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                tries.add(() -> DirectoryLease.acquire(files, LeaseHolder.here(), SOON, notice -> {}));
            }
            int taken = 0;
            ExecutorService threads = Executors.newFixedThreadPool(tries.size());
            try {
                for (Future<DirectoryLease> outcome : threads.invokeAll(tries)) {
                    try {
                        outcome.get().close();
                        taken++;
                    } catch (ExecutionException e) {
                        assertThat(e).hasCauseInstanceOf(DirectoryInUseException.class);
                    }
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(taken).isOne();
        }
    }

    /** This machine's, and no process any more. */
    private static LeaseHolder gone() {
        LeaseHolder here = LeaseHolder.here();
        return holder(here.processes(), here.process(), here.processStart() - 1000);
    }

    @ParameterizedTest
    @MethodSource("directories")
    void whoseProcessIsGoneIsReplacedAtOnce(FileDirectory files) throws IOException {
        write(files, gone());
        DirectoryLease.acquire(files, LeaseHolder.here(), Duration.ofHours(1), notices::add)
                .close();
        assertThat(notices).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("directories")
    void whoCannotBeSeenIsReplacedWhenTheLeaseHasExpired(FileDirectory files) throws IOException {
        write(files, elsewhere());
        long start = System.nanoTime();
        try (DirectoryLease lease = acquire(files)) {
            assertThat(System.nanoTime() - start).isGreaterThan(SOON.toNanos());
            lease.directory().write("x", out -> out.write(1));
        }
        assertThat(notices)
                .containsExactly(files.location() + " was in use by another run (process 1 on elsewhere, since"
                        + " 2026-01-01T00:00:00Z); waiting up to 1 s for a sign that it is alive");
    }

    @Test
    void aLeaseThatIsBeingWrittenIsRespected() throws Exception {
        Path folder = Files.createDirectory(temporary.resolve("half"));
        Files.writeString(folder.resolve(DirectoryLease.NAME), "{\"token\": \"oth");
        try (DirectoryLease lease = acquire(new LocalDirectory(folder))) {
            assertThat(notices).hasSize(1);
            lease.check();
        }
    }

    @ParameterizedTest
    @MethodSource("directories")
    void whoRenewsIsAlive(FileDirectory files) throws Exception {
        try (DirectoryLease far = DirectoryLease.acquire(files, elsewhere(), SOON, notices::add)) {
            assertThatThrownBy(() -> acquire(files))
                    .isInstanceOf(DirectoryInUseException.class)
                    .hasMessageContaining("process 1 on elsewhere");
            TimeUnit.MILLISECONDS.sleep(2 * SOON.toMillis());
            far.check();
        }
    }

    /** It was stopped for long, say, and goes on: it must not touch what is another's now. */
    @ParameterizedTest
    @MethodSource("directories")
    void whoWasReplacedChangesNothing(FileDirectory files) throws IOException {
        try (DirectoryLease first = DirectoryLease.acquire(files, LeaseHolder.here(), SOON, notices::add)) {
            FileDirectory stale = first.directory();
            stale.write("x", out -> out.write(1));
            write(files, elsewhere());
            for (Change change : List.<Change>of(
                    () -> stale.write("x", out -> out.write(2)),
                    () -> stale.append("x", new byte[] {2}),
                    () -> stale.create("y", new byte[] {2}),
                    () -> stale.delete("x"),
                    stale::deleteUnfinished,
                    stale::deleteIfEmpty)) {
                assertThatThrownBy(change::make)
                        .isInstanceOf(DirectoryInUseException.class)
                        .hasMessageContaining("process 1 on elsewhere");
            }
        }
        assertThat(files.open("x").readAllBytes()).containsExactly(1);
        assertThat(files.list()).containsExactlyInAnyOrder("x", DirectoryLease.NAME);
    }

    private interface Change {
        void make() throws IOException;
    }

    @Test
    void whoseDirectoryIsGoneStops() throws IOException {
        LocalDirectory files = new LocalDirectory(temporary.resolve("removed"));
        try (DirectoryLease lease = acquire(files)) {
            Files.delete(files.path().resolve(DirectoryLease.NAME));
            Files.delete(files.path());
            assertThatThrownBy(() -> lease.directory().write("x", out -> out.write(1)))
                    .hasMessage(files.location(DirectoryLease.NAME)
                            + " is gone, which reserved this directory; this run stops");
        }
        assertThat(files.path()).doesNotExist();
    }

    @ParameterizedTest
    @MethodSource("directories")
    void anEmptyDirectoryIsNotLeftBehind(FileDirectory files) throws IOException {
        acquire(files).close();
        assertThat(Path.of(files.location())).doesNotExist();
    }
}
