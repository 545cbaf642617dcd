package dev.lockstep.spark.config;

import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.posterior.WeightPosterior;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.train.EarlyStopping;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job: everything that decides which model comes out, as a job file says it. {@link JobFile} reads it.
 *
 * @param data the rows
 * @param model the network and its loss
 * @param init whose layers the network begins with; null: all begin as the seed says
 * @param optimizer the update rule; Adam with its defaults unless given
 * @param train how long and in which portions
 * @param sync how the shards agree
 * @param checkpoint how training survives the loss of the driver; null: not at all
 * @param search what {@code tune} tries; null: nothing
 * @param output where results go; null: nowhere, the program that trains has the model
 */
public record JobSpec(
        @JsonProperty(required = true) DataSpec data,
        @JsonProperty(required = true) ModelSpec model,
        @Nullable InitSpec init,
        Optimizer optimizer,
        TrainSpec train,
        SyncSpec sync,
        @Nullable CheckpointSpec checkpoint,
        @Nullable SearchSpec search,
        @Nullable OutputSpec output) {

    /** Applies the defaults and checks what concerns several parts. */
    public JobSpec {
        Expect.present("data", data);
        Expect.present("model", model);
        optimizer = requireNonNullElseGet(optimizer, Adam::new);
        train = requireNonNullElse(train, TrainSpec.DEFAULTS);
        sync = requireNonNullElse(sync, SyncSpec.DEFAULTS);
        checkSchedules(train, data);
        checkEarlyStopping(train.earlyStopping(), data, model);
        checkDecision(train, data);
        checkPosterior(train, sync);
        checkHeads(data.train(), model);
        if (train.weightAverage() != null
                && train.earlyStopping() != null
                && train.earlyStopping().restoreBest()) {
            throw new IllegalArgumentException(
                    "train.earlyStopping.restoreBest: the model is an average of weights (train.weightAverage), which"
                            + " no epoch has measured; set restoreBest to false");
        }
    }

    private static void checkPosterior(TrainSpec train, SyncSpec sync) {
        WeightPosterior posterior = train.posterior();
        if (posterior == null) {
            return;
        }
        if (posterior.trace() != null && train.earlyStopping() != null) {
            throw new IllegalArgumentException(
                    "train.posterior: it uses the weights of the last part of the steps, which train.earlyStopping can"
                            + " cut off; remove earlyStopping");
        }
        if (posterior.addsNoise() && sync.mode() == SyncSpec.Mode.AVERAGING) {
            throw new IllegalArgumentException(
                    "train.posterior: in averaging mode, weights are samples for the rows of one shard; set sync.mode"
                            + " to gradient");
        }
    }

    /**
     * The directory for results.
     *
     * @param name what the error calls the job
     * @throws JobException if the job names none
     */
    public String outputDirectory(String name) {
        if (output == null) {
            throw new JobException(name, "output: missing, expected a map with the key dir");
        }
        return output.dir();
    }

    private static void checkSchedules(TrainSpec train, DataSpec data) {
        train.schedules().forEach((key, schedule) -> {
            if (schedule.needsValidation() && data.validation() == null) {
                throw new IllegalArgumentException(
                        "train." + key + ": it follows the validation loss; add data.validation");
            }
        });
    }

    private static void checkHeads(SourceSpec rows, ModelSpec model) {
        List<Loss.TargetColumn> columns = model.loss().targetColumns();
        if (columns.isEmpty()) {
            return;
        }
        if (rows.label() != null) {
            throw new IllegalArgumentException(
                    "data.train.label: the heads of model.loss define which columns they predict, "
                            + columns.stream().map(Loss.TargetColumn::name).toList() + "; expected none, got "
                            + rows.label());
        }
        if (rows.classes() != null) {
            throw new IllegalArgumentException(
                    "data.train.classes: each head of model.loss has its own classes; expected none, got "
                            + rows.classes());
        }
    }

    private static void checkDecision(TrainSpec train, DataSpec data) {
        if (train.decision().isWanted() && data.validation() == null) {
            throw new IllegalArgumentException(
                    "train." + (train.decision().temperature() ? "temperatureScaling" : "threshold")
                            + ": it is fitted on validation rows; add data.validation");
        }
    }

    private static void checkEarlyStopping(@Nullable EarlyStopping stopping, DataSpec data, ModelSpec model) {
        if (stopping == null) {
            return;
        }
        String component = "train.earlyStopping.metric";
        if (stopping.metric().needsValidation() && data.validation() == null) {
            throw new IllegalArgumentException(
                    component + ": " + stopping.metric().label() + " needs data.validation, got none");
        }
        if (!stopping.metric().fits(model.likelihood().score())) {
            throw new IllegalArgumentException(component + ": expected a metric that fits the loss, such as "
                    + model.likelihood().score().label() + ", got "
                    + stopping.metric().label());
        }
    }
}
