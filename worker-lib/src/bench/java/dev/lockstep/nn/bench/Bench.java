package dev.lockstep.nn.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.kernel.FmaPeak;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.Sgd;
import dev.lockstep.nn.random.CounterRandom;
import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Vector;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.LocalWorkers;
import dev.lockstep.nn.train.ParameterUpdate;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.nn.train.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Times training, or inference, of one workload: whole steps, from gathering the rows to the updated parameters. Prints
 * one JSON line. The rows are made here, a noisy prototype for each class, so that the loss falls.
 *
 * <pre>{@code Bench --workload W1 --optimizer sgd|adam --batch 128 --shards 1 --threads 1 --seconds 10 [--infer]}</pre>
 *
 * <p>{@code samplesPerSecond} is the median of five windows. Where others use the machine too, {@code cpuShare}, the
 * least share of the threads' time that this process had in a window, is below 1, and {@code samplesPerCpuSecond} says
 * more. {@code peakShare} is {@code gflops} (per second of processor time) divided by what {@link FmaPeak} reaches in
 * the same process, a thread.
 */
public final class Bench {
    private static final int ROWS = 8192;
    private static final long SEED = 1;

    private final Workload workload;
    private final Options options;
    private final Network network;
    private final RowLayout layout;
    private float peakResult;

    private Bench(Options options) {
        this.workload = options.workload();
        this.options = options;
        layout = new RowLayout(workload.input(), Shape.of(1), false, false);
        network = Network.bind(workload.model(), workload.input());
    }

    /** Runs one workload; see the class comment. */
    public static void main(String[] arguments) {
        try {
            Options options = Options.parse(arguments);
            Bench bench = new Bench(options);
            System.out.println(options.infer() ? bench.infer() : bench.train());
        } catch (IllegalArgumentException e) {
            System.err.println("error: " + e.getMessage());
            System.exit(2);
        }
    }

    private ObjectNode train() {
        Optimizer optimizer = options.adam() ? new Adam(null, null, null, null) : new Sgd(0.01, 0.9, null);
        TrainingPlan plan = new TrainingPlan(SEED, options.shards(), ROWS, options.batch(), Integer.MAX_VALUE);
        ParameterUpdate update =
                new ParameterUpdate(network, optimizer, new Schedule.Constant(), plan, GradientClipping.NONE);
        TrainingSetup setup =
                new TrainingSetup(new EvaluationSetup(workload.model(), layout, Scaling.NONE, SEED, 0), plan, update);
        List<MemoryShard> shards = CanonicalOrder.shards(layout, packedRows(), ROWS, options.shards(), SEED);
        Workers workers = new LocalWorkers(setup, options.threads(), shards, List.of());
        Steps steps = new Steps(setup, new Synchronizer.Gradient(setup, workers));
        ObjectNode line = line(Timing.of(steps::next, options.seconds(), options.threads()));
        line.put("finalLoss", steps.lastLoss);
        return line;
    }

    /** The rounds of a training that never ends. */
    private static final class Steps {
        private final TrainingPlan plan;
        private final Synchronizer synchronizer;
        private TrainState state;
        private double lastLoss = Double.NaN;

        Steps(TrainingSetup setup, Synchronizer synchronizer) {
            this.plan = setup.plan();
            this.synchronizer = synchronizer;
            state = setup.initialState(false);
        }

        void next() {
            LossSum before = state.epochLosses();
            state = synchronizer.round(state);
            LossSum after = state.epochLosses();
            lastLoss = (after.loss() - before.loss()) / (after.weight() - before.weight());
            if (state.stepInEpoch() == plan.stepsPerEpoch()) {
                state = state.nextEpoch(List.of());
            }
        }
    }

    private ObjectNode infer() {
        Predictor predictor =
                new Predictor(network, network.initialize(SEED), Scaling.NONE, SEED, 0, options.batch(), false);
        float[] packed = packedRows();
        List<float[]> rows = new ArrayList<>();
        for (int row = 0; row < options.batch(); row++) {
            int at = row * layout.width();
            rows.add(Arrays.copyOfRange(packed, at, at + layout.features().size()));
        }
        return line(Timing.of(() -> predictor.predict(rows), options.seconds(), 1));
    }

    private String mode() {
        if (options.infer()) {
            return "infer";
        }
        return options.adam() ? "adam" : "sgd";
    }

    private ObjectNode line(Timing timing) {
        Operations operations = Operations.of(network);
        double flops = options.batch() * (options.infer() ? operations.forward() : operations.training());
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("workload", workload.name());
        line.put("mode", mode());
        line.put("batch", options.batch());
        line.put("shards", options.shards());
        line.put("threads", options.threads());
        line.put("kernels", Kernels.get().name());
        line.put("samplesPerSecond", options.batch() / timing.seconds());
        line.put("stepMicros", timing.seconds() * 1e6);
        line.put("gflops", flops / timing.seconds() / 1e9);
        line.put("cpuShare", timing.cpuShare());
        line.put("samplesPerCpuSecond", options.batch() / timing.cpuSeconds());
        if (Kernels.get().name().startsWith("simd")) {
            double peak = FmaPeak.operations()
                    / Timing.of(() -> peakResult += FmaPeak.run(), 1, 1).cpuSeconds();
            line.put("peakGflops", peak / 1e9);
            line.put("peakShare", flops / timing.cpuSeconds() / peak);
        }
        return line;
    }

    private float[] packedRows() {
        int size = layout.features().size();
        float[] prototypes = new float[workload.classes() * size];
        Kernels.get().random().normal(StreamKey.key(SEED, Purpose.DERIVED_SEED), 0, Vector.of(prototypes));
        float[] values = new float[ROWS * layout.width()];
        for (int row = 0; row < ROWS; row++) {
            long key = StreamKey.fold(StreamKey.key(SEED, Purpose.DERIVED_SEED), row + 1L);
            int label = (int) CounterRandom.bounded(key, 0, workload.classes());
            int at = row * layout.width();
            Kernels.get().random().normal(key, 2, new Vector().at(values, at, size));
            for (int j = 0; j < size; j++) {
                values[at + j] = Math.fma(0.25f, prototypes[label * size + j], values[at + j]);
            }
            values[at + layout.targetOffset()] = label;
        }
        return values;
    }
}
