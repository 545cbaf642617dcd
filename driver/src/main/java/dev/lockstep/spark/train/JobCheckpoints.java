package dev.lockstep.spark.train;

import dev.lockstep.spark.checkpoint.CheckpointStore;
import dev.lockstep.spark.checkpoint.Checkpointer;
import dev.lockstep.spark.checkpoint.JobFingerprint;
import dev.lockstep.spark.config.CheckpointSpec;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.Listeners;
import dev.lockstep.spark.report.TrainingListener;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Where a training keeps its checkpoints: in its output directory; else below the directory that a program shares among
 * its trainings; else where the job says, or nowhere.
 */
final class JobCheckpoints implements AutoCloseable {
    private final JobFingerprint fingerprint;
    private final CheckpointSpec.Every every;
    private final @Nullable CheckpointStore store;
    /** Below a shared directory; null elsewhere. */
    private final @Nullable OwnCheckpoints own;
    /** Taken here, and to be given back; null if somebody else took it. */
    private final @Nullable CheckpointStore taken;

    private boolean ended;

    private JobCheckpoints(
            JobFingerprint fingerprint,
            CheckpointSpec.Every every,
            @Nullable CheckpointStore store,
            @Nullable OwnCheckpoints own,
            @Nullable CheckpointStore taken) {
        this.fingerprint = fingerprint;
        this.every = every;
        this.store = store;
        this.own = own;
        this.taken = taken;
    }

    /**
     * Takes the place of a job's checkpoints, until {@link #close}.
     *
     * @param directory of the run; null: none
     * @param shared the directory below which a program wants them; null: it has none
     * @param notice receives a line before a wait for an earlier run
     * @throws dev.lockstep.spark.checkpoint.CheckpointException if another run has it, or it cannot be written
     */
    static JobCheckpoints open(
            JobSpec job,
            JobFingerprint fingerprint,
            @Nullable RunDirectory directory,
            @Nullable String shared,
            Configuration configuration,
            Consumer<String> notice) {
        CheckpointSpec spec = job.checkpoint() == null ? CheckpointSpec.EACH_EPOCH : job.checkpoint();
        OwnCheckpoints own =
                shared == null ? null : OwnCheckpoints.open(shared, fingerprint, spec.keep(), configuration, notice);
        CheckpointStore taken = directory == null && shared == null ? CheckpointStore.of(job, configuration) : null;
        if (taken != null) {
            taken.acquire(notice);
        }
        CheckpointStore elsewhere = own == null ? taken : own.store();
        return new JobCheckpoints(
                fingerprint, spec.every(), directory == null ? elsewhere : directory.checkpoints(), own, taken);
    }

    /** What writes them, after the rounds that the job names; null if the job wants none. */
    @Nullable
    Checkpointer checkpointer() {
        return store == null ? null : new Checkpointer(store, every, fingerprint);
    }

    /** The listeners, and what keeps the figures of the epochs beside the checkpoints where nobody else does. */
    TrainingListener keepingFigures(TrainingListener listener) {
        return own == null ? listener : new Listeners(List.of(own.figures(listener), listener));
    }

    /** The training has ended well: {@link #close} deletes what only a resume would have needed. */
    void ended() {
        ended = true;
    }

    @Override
    public void close() {
        if (taken != null) {
            taken.close();
        }
        if (own != null && ended) {
            own.discard();
        } else if (own != null) {
            own.close();
        }
    }
}
