package dev.lockstep.spark.io;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.spec.SpecException;
import dev.lockstep.nn.spec.SpecMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who holds a {@link DirectoryLease}, as its file says it.
 *
 * @param token of this lease alone
 * @param host name of the process's host
 * @param processes the kernel's name for the process table that {@code process} is a number of; null where it has none.
 *     Containers of one host have different ones, hosts after a restart too
 * @param process number of the process
 * @param processStart when the process started, in milliseconds: numbers are used again
 * @param since when the lease was taken
 * @param renewals how often it has been renewed: a change is a sign of life
 */
record LeaseHolder(
        @JsonProperty(required = true) String token,
        @JsonProperty(required = true) String host,
        @Nullable String processes,
        @JsonProperty(required = true) Long process,
        @JsonProperty(required = true) Long processStart,
        @JsonProperty(required = true) String since,
        @JsonProperty(required = true) Long renewals) {

    /** This process, with a new token. */
    static LeaseHolder here() {
        ProcessHandle self = ProcessHandle.current();
        return new LeaseHolder(
                UUID.randomUUID().toString(),
                hostName(),
                processTable(),
                self.pid(),
                start(self),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                0L);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "an unknown host";
        }
    }

    private static @Nullable String processTable() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip() + " "
                    + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        } catch (IOException e) {
            return null;
        }
    }

    private static long start(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    LeaseHolder renewed() {
        return new LeaseHolder(token, host, processes, process, processStart, since, renewals + 1);
    }

    /** Whether the process is known to run; empty if that cannot be seen from here. */
    Optional<Boolean> isAlive() {
        if (processes == null || !processes.equals(processTable())) {
            return Optional.empty();
        }
        return Optional.of(ProcessHandle.of(process)
                .filter(found -> found.isAlive() && start(found) == processStart)
                .isPresent());
    }

    byte[] toJson() {
        return (SpecMapper.tree(this).toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** What a lease's file says; null if it does not say it in full, as while it is being written. */
    static @Nullable LeaseHolder parse(byte[] json) {
        try {
            return SpecMapper.bind(SpecMapper.json().readTree(json), LeaseHolder.class, "");
        } catch (IOException | SpecException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return "process " + process + " on " + host + ", since " + since;
    }
}
