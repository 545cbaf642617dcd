package dev.lockstep.nn.model;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Bidirectional;
import dev.lockstep.nn.layer.Concat;
import dev.lockstep.nn.layer.Conv1d;
import dev.lockstep.nn.layer.Conv2d;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.Gru;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.Lstm;
import dev.lockstep.nn.layer.MaxPool2d;
import dev.lockstep.nn.layer.Padding;
import dev.lockstep.nn.layer.Residual;
import dev.lockstep.nn.layer.Variational;
import dev.lockstep.nn.layer.VariationalConv2d;
import dev.lockstep.nn.layer.VariationalDense;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.Heads;
import dev.lockstep.nn.loss.Hinge;
import dev.lockstep.nn.loss.LaplaceNll;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.loss.MixtureDensity;
import dev.lockstep.nn.loss.NegativeBinomial;
import dev.lockstep.nn.loss.Quantile;
import dev.lockstep.nn.loss.StudentTNll;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.Sgd;
import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.posterior.Sgld;
import dev.lockstep.nn.posterior.Swag;
import dev.lockstep.nn.posterior.WeightPosterior;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.train.ParameterUpdate;
import dev.lockstep.nn.train.TrainingPlan;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Trains some networks and prints, for each, the fewest bytes that a pass forward and back has allocated: the layers
 * and kernels when the compilers are done with them. Of some trainings it prints what their updates allocate. Networks
 * and updates that draw normal numbers are for scalar kernels: on vectors C2 gives up inlining before these are done,
 * and what it leaves are objects. Run in a JVM of its own by {@link AllocationTest}.
 */
final class AllocationRun {
    private static final int ROWS = 24;
    private static final int CLASSES = 10;
    private static final int STEPS = 20;
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private AllocationRun() {}

    public static void main(String[] arguments) {
        System.out.println(Kernels.get().name());
        long patience = Long.parseLong(arguments[0]) * 1_000_000_000L;
        for (int i = 1; i < arguments.length; i++) {
            report(arguments[i], patience);
        }
    }

    private static void report(String name, long patience) {
        switch (name) {
            case "dense" -> report(name, patience, Shape.of(20), new Dense(64, new Activation.Relu()));
            case "dropout" ->
                report(name, patience, Shape.of(20), new Dense(64, new Activation.Relu()), new Dropout(0.5));
            case "convolution" ->
                report(
                        name,
                        patience,
                        Shape.of(12, 12, 1),
                        new Conv2d(16, 3, Padding.SAME, null),
                        new BatchNorm(new Activation.Relu()),
                        new MaxPool2d(2),
                        new Conv2d(20, 3, Padding.VALID, new Activation.Relu()));
            case "branches" ->
                report(
                        name,
                        patience,
                        Shape.of(20),
                        new Residual(List.of(new Dense(20, new Activation.Relu())), List.of(new Dense(20))),
                        new Concat(List.of(List.of(), List.of(new Dense(12, new Activation.Tanh())))));
            case "recurrent" -> report(name, patience, Shape.of(5, 7), new Lstm(32, true), new Gru(16, false));
            case "variational" ->
                report(
                        name,
                        patience,
                        Shape.of(3, 3, 1),
                        new VariationalConv2d(2, 2, Padding.VALID, new Activation.Relu(), Estimator.FLIPOUT),
                        new VariationalDense(4, new Activation.Relu(), Estimator.LOCAL_REPARAMETERIZATION));
            case "drawn" ->
                report(
                        name,
                        patience,
                        Shape.of(5, 7),
                        new Variational(new Conv1d(6, 2, Padding.SAME, new Activation.Relu())),
                        new Variational(new Lstm(8, null, true, null, null, null, 0.2)),
                        new Dropout(0.2, true),
                        new Variational(new Bidirectional(new Gru(5, false), null)));
            case "heads" -> report(name, patience, Shape.of(20), heads());
            case "sgld" -> reportUpdate(name, patience, new Sgd(0.01, null, null), new Sgld(0.0, 1, 3));
            case "swag" -> reportUpdate(name, patience, new Adam(null, null, null, null), new Swag(0.0, 1, 3));
            default -> throw new IllegalArgumentException(name);
        }
    }

    /** Heads whose losses look at several outputs at a time, and one that looks at each. */
    private static ModelSpec heads() {
        Map<String, Heads.Head> heads = new LinkedHashMap<>();
        heads.put("kind", new Heads.Head(new CrossEntropy(), CLASSES, null, 0.5, null));
        heads.put("side", new Heads.Head(new Hinge(), 2, null, 2.0, null));
        heads.put("size", new Heads.Head(new GaussianNll(), 4, List.of("height", "width"), null, null));
        heads.put("price", new Heads.Head(new MixtureDensity(2), 6));
        heads.put("tail", new Heads.Head(new LaplaceNll(null, null), 2));
        heads.put("outlier", new Heads.Head(new StudentTNll(null, null, null), 2));
        heads.put("level", new Heads.Head(new Quantile(List.of(0.1, 0.9)), 2));
        heads.put("count", new Heads.Head(new NegativeBinomial(), 2));
        heads.put("error", new Heads.Head(new MeanSquaredError(), 1));
        int outputs = heads.values().stream().mapToInt(Heads.Head::outputs).sum();
        return new ModelSpec(List.of(new Dense(64, new Activation.Relu()), new Dense(outputs)), new Heads(heads));
    }

    /**
     * Prints how many bytes more an update of a wide network allocates than one of a narrow network: its few small
     * objects do not grow with the network.
     */
    private static void reportUpdate(String name, long patience, Optimizer optimizer, WeightPosterior posterior) {
        Step[] steps = new Step[2];
        for (int i = 0; i < steps.length; i++) {
            List<LayerSpec> layers = List.of(new Dense(i == 0 ? 8 : 256, new Activation.Relu()), new Dense(CLASSES));
            Shape input = Shape.of(20);
            Network network = Network.bind(new ModelSpec(layers, new CrossEntropy()), input);
            steps[i] = new Step(network, input, optimizer, posterior);
            steps[i].pass();
        }
        long[] fewest = {Long.MAX_VALUE, Long.MAX_VALUE};
        long start = THREADS.getCurrentThreadCpuTime();
        do {
            for (int i = 0; i < steps.length; i++) {
                long before = allocated();
                for (int j = 0; j < STEPS; j++) {
                    steps[i].update();
                }
                fewest[i] = Math.min(fewest[i], (allocated() - before) / STEPS);
            }
        } while (fewest[0] != fewest[1] && THREADS.getCurrentThreadCpuTime() - start < patience);
        System.out.println("= " + name + " " + Math.abs(fewest[1] - fewest[0]));
    }

    private static void report(String name, long patience, Shape input, LayerSpec... hidden) {
        List<LayerSpec> layers = new ArrayList<>(List.of(hidden));
        layers.add(new Dense(CLASSES));
        report(name, patience, input, new ModelSpec(layers, new CrossEntropy()));
    }

    private static void report(String name, long patience, Shape input, ModelSpec spec) {
        Step step = new Step(Network.bind(spec, input), input, new Adam(null, null, null, null), null);
        long fewest = Long.MAX_VALUE;
        // Time of this thread, not of the clock: on a busy machine the compilers' threads wait as long as this one
        // does.
        long start = THREADS.getCurrentThreadCpuTime();
        while (fewest > 0 && THREADS.getCurrentThreadCpuTime() - start < patience) {
            long before = allocated();
            for (int i = 0; i < STEPS; i++) {
                step.pass();
            }
            fewest = Math.min(fewest, (allocated() - before) / STEPS);
            step.update();
        }
        System.out.println("= " + name + " " + fewest);
    }

    private static long allocated() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }

    /** A training step over the same rows again and again. */
    private static final class Step {
        private final Replica replica;
        private final Parameters parameters;
        private final ParameterUpdate update;
        private final Gradient gradient;
        private final float[] optimizerState;
        private long steps;

        Step(Network network, Shape input, Optimizer optimizer, @Nullable WeightPosterior posterior) {
            int targets = Math.max(1, network.loss().targetColumns().size());
            RowLayout layout = new RowLayout(input, Shape.of(targets), false, false);
            replica = new Replica(network, layout, ROWS, 2);
            for (int row = 0; row < ROWS; row++) {
                if (row == ROWS / 2) {
                    replica.batch().endShard();
                }
                float[] packed = new float[layout.width()];
                for (int i = 0; i < input.size(); i++) {
                    packed[i] = (row * 31 + i * 17) % 13 / 13f - 0.5f;
                }
                packed[layout.targetOffset()] = row % CLASSES;
                for (int i = 1; i < targets; i++) {
                    packed[layout.targetOffset() + i] = row % 2;
                }
                replica.batch().addRow(packed, 0, row);
            }
            replica.batch().endShard();
            parameters = network.initialize(1);
            update = new ParameterUpdate(
                            network,
                            optimizer,
                            new Schedule.Constant(),
                            new TrainingPlan(1, 2, ROWS, ROWS, 1),
                            GradientClipping.NONE)
                    .towards(posterior);
            gradient = new Gradient(List.of(
                    new Gradient.Node(0, 2, new float[network.parameterCount()], new double[network.momentCount()])));
            optimizerState = new float[update.slots() * network.parameterCount()];
        }

        private final LossSum losses = new LossSum(1, ROWS, ROWS, ROWS, 1, ROWS);

        void pass() {
            replica.beginTraining(1, steps, 0);
            replica.forward(parameters);
            replica.lossAndGradient();
            replica.backward(parameters, gradient, first -> {});
        }

        void update() {
            Gradient.Node sum = gradient.node(0);
            update.apply(steps++, List.of(), parameters.theta(), sum.gradient(), losses, optimizerState);
            update.updateStatistics(sum.moments(), parameters.buffers());
        }
    }
}
