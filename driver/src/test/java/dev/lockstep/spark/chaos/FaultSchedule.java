package dev.lockstep.spark.chaos;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Which faults come in which run, decided by a seed alone: the faults of a run do not depend on how many of those
 * before came to pass.
 */
final class FaultSchedule {
    private static final int FAULTS_IN_A_RUN = 6;
    private static final Duration STOP_TIME = DisturbedTraining.NETWORK_TIMEOUT.plusSeconds(4);

    /** The kinds of faults, each as likely as the others. A kind that comes twice is twice as likely. */
    private static final List<Function<SplittableRandom, Fault>> KINDS = List.of(
            random -> new KillDriver(false, damage(random)),
            random -> new KillDriver(true, damage(random)),
            random -> new KillExecutor(pick(random)),
            random -> new KillExecutor(pick(random)),
            random -> new CancelDriver(),
            random -> new KillJob(pick(random)),
            random -> new StopExecutor(pick(random), STOP_TIME),
            random -> new KillWorker(1 + random.nextInt(Chaos.WORKERS), Duration.ofSeconds(random.nextInt(10))));

    private final SplittableRandom random;

    /** The schedule of a seed. */
    FaultSchedule(long seed) {
        random = new SplittableRandom(seed);
    }

    /** The faults of the next run, in the order in which they come. */
    List<PlannedFault> nextRun() {
        SplittableRandom run = random.split();
        return Stream.generate(() -> draw(run)).limit(FAULTS_IN_A_RUN).toList();
    }

    private static PlannedFault draw(SplittableRandom random) {
        Duration delay = Duration.ofMillis(random.nextInt(8000));
        boolean afterCheckpoint = random.nextInt(4) > 0;
        return new PlannedFault(
                afterCheckpoint, delay, KINDS.get(random.nextInt(KINDS.size())).apply(random));
    }

    /** One death of the driver of three comes with damage, one damage of four to the manifest. */
    private static CheckpointDamage damage(SplittableRandom random) {
        if (random.nextInt(3) > 0) {
            return new CheckpointDamage.None();
        }
        Checkpoints.Part part = random.nextInt(4) > 0 ? Checkpoints.Part.STATE : Checkpoints.Part.MANIFEST;
        return random.nextBoolean()
                ? new CheckpointDamage.Cut(part, random.nextDouble())
                : new CheckpointDamage.FlipBit(part, random.nextDouble(), random.nextInt(8));
    }

    private static int pick(SplittableRandom random) {
        return random.nextInt(1 << 16);
    }
}
