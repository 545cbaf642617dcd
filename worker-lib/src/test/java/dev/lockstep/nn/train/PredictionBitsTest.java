package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.Kinds;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.VariationalDense;
import dev.lockstep.nn.loss.BinaryCrossEntropy;
import dev.lockstep.nn.loss.ClassWeights;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.Focal;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.Heads;
import dev.lockstep.nn.loss.Hinge;
import dev.lockstep.nn.loss.Huber;
import dev.lockstep.nn.loss.LaplaceNll;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.MeanAbsoluteError;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.loss.MixtureDensity;
import dev.lockstep.nn.loss.NegativeBinomial;
import dev.lockstep.nn.loss.Poisson;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.loss.Quantile;
import dev.lockstep.nn.loss.SoftCrossEntropy;
import dev.lockstep.nn.loss.StudentTNll;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/**
 * What each loss makes of a network's outputs, to the last bit: predictions and their uncertainty, mean loss and
 * metrics, for every way to predict. {@code predictions.txt} holds a checksum of each as this test first computed them;
 * where a formula is meant to change, the text that the failure shows takes its place.
 */
class PredictionBitsTest {
    private static final int ROWS = 40;
    private static final int SAMPLES = 3;
    private static final int STEPS = 4;
    private static final Scaling ONE_NUMBER = new Scaling(new float[] {3}, new float[] {2.5f});
    private static final Scaling A_NUMBER_EACH = new Scaling(new float[] {3, -1}, new float[] {2.5f, 0.3f});

    /** What targets are. */
    private enum Target {
        CLASS,
        ANSWER,
        COUNT,
        SHARES,
        NUMBER
    }

    /**
     * A loss and what it compares.
     *
     * @param outputs of the last layer, a step
     * @param targets a step
     * @param values how many classes, or more than any count
     * @param sequence whether rows are sequences of unequal length
     */
    private record Case(Loss loss, int outputs, int targets, Target target, int values, boolean sequence) {
        Shape input() {
            return sequence ? Shape.of(STEPS, 3) : Shape.of(3);
        }

        RowLayout layout() {
            return new RowLayout(input(), sequence ? Shape.of(STEPS * targets) : Shape.of(targets), true, sequence);
        }

        float draw(Random random) {
            return switch (target) {
                case CLASS, ANSWER, COUNT -> random.nextInt(values);
                case SHARES -> 0.5f;
                case NUMBER -> (float) (3 + 2 * random.nextGaussian());
            };
        }

        @Override
        public String toString() {
            String named = loss.targetColumns().isEmpty() ? loss.toString() : "Heads";
            return named + " " + outputs + (sequence ? " a step" : "");
        }
    }

    private static Map<String, Heads.Head> heads() {
        Map<String, Heads.Head> heads = new LinkedHashMap<>();
        heads.put("kind", new Heads.Head(new CrossEntropy(), 2));
        heads.put("size", new Heads.Head(new GaussianNll(), 2, null, 0.5, null));
        heads.put("price", new Heads.Head(new MixtureDensity(2), 6, null, 3.0, null));
        return heads;
    }

    private static final List<Case> CASES = List.of(
            new Case(new CrossEntropy(), 5, 1, Target.CLASS, 5, false),
            new Case(new CrossEntropy(0.1, ClassWeights.of(List.of(1.0, 2.5))), 2, 1, Target.CLASS, 2, false),
            new Case(new CrossEntropy(), 7, 1, Target.CLASS, 7, true),
            new Case(new Focal(null, null), 3, 1, Target.CLASS, 3, false),
            new Case(new BinaryCrossEntropy(), 1, 1, Target.ANSWER, 2, false),
            new Case(new BinaryCrossEntropy(ClassWeights.of(List.of(0.5, 3.0))), 3, 3, Target.ANSWER, 2, false),
            new Case(new BinaryCrossEntropy(), 2, 2, Target.ANSWER, 2, true),
            new Case(new Poisson(), 1, 1, Target.COUNT, 9, false),
            new Case(new Poisson(), 2, 2, Target.COUNT, 9, true),
            new Case(new MeanSquaredError(), 2, 2, Target.NUMBER, 0, false),
            new Case(new MeanSquaredError(), 2, 2, Target.NUMBER, 0, true),
            new Case(new MeanAbsoluteError(), 2, 2, Target.NUMBER, 0, false),
            new Case(new Huber(0.5), 2, 2, Target.NUMBER, 0, false),
            new Case(new GaussianNll(), 4, 2, Target.NUMBER, 0, false),
            new Case(new GaussianNll(), 4, 2, Target.NUMBER, 0, true),
            new Case(new LaplaceNll(null, null), 4, 2, Target.NUMBER, 0, false),
            new Case(new StudentTNll(5, null, null), 4, 2, Target.NUMBER, 0, false),
            new Case(new Quantile(null), 6, 2, Target.NUMBER, 0, false),
            new Case(new Quantile(List.of(0.25, 0.75)), 4, 2, Target.NUMBER, 0, true),
            new Case(new Hinge(), 1, 1, Target.ANSWER, 2, false),
            new Case(new Hinge(), 3, 1, Target.CLASS, 3, true),
            new Case(new MixtureDensity(null), 18, 2, Target.NUMBER, 0, false),
            new Case(new MixtureDensity(2), 12, 2, Target.NUMBER, 0, true),
            new Case(new Heads(heads()), 10, 3, Target.ANSWER, 2, false),
            new Case(new NegativeBinomial(), 4, 2, Target.COUNT, 9, false),
            new Case(new SoftCrossEntropy(), 2, 2, Target.SHARES, 0, false));

    /** A way to predict. */
    private enum Way {
        PLAIN(1, 0),
        MEANS_OF_WEIGHTS(1, 0),
        MONTE_CARLO_DROPOUT(1, SAMPLES),
        VARIATIONAL(1, SAMPLES),
        ENSEMBLE(3, 0),
        ENSEMBLE_WITH_DROPOUT(2, SAMPLES);

        private final int members;
        private final int samples;

        Way(int members, int samples) {
            this.members = members;
            this.samples = samples;
        }

        Network network(Case problem) {
            List<LayerSpec> layers = new ArrayList<>(List.of(new Dense(6, new Activation.Tanh())));
            switch (this) {
                case MONTE_CARLO_DROPOUT, ENSEMBLE_WITH_DROPOUT -> layers.add(new Dropout(0.4));
                case VARIATIONAL, MEANS_OF_WEIGHTS ->
                    layers.add(new VariationalDense(5, new Activation.Tanh(), null, null, 0.3, null));
                case PLAIN, ENSEMBLE -> {}
            }
            layers.add(new Dense(problem.outputs));
            ModelSpec spec = new ModelSpec(layers, problem.loss, null, null, null, members);
            return Network.bind(spec, problem.input());
        }
    }

    @Test
    void everyLossIsInTheTable() {
        TreeSet<String> missing = new TreeSet<>();
        for (Class<?> kind : Kinds.of(Loss.class)) {
            if (CASES.stream().noneMatch(problem -> kind.isInstance(problem.loss))) {
                missing.add(kind.getSimpleName());
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void predictionsLossesAndMetricsKeepTheirBits() throws IOException {
        StringJoiner lines = new StringJoiner("\n", "", "\n");
        for (Case problem : CASES) {
            for (Way way : Way.values()) {
                lines.add(line(problem, way, "", Scaling.NONE));
                if (problem.target == Target.NUMBER) {
                    lines.add(line(problem, way, ", scaled", Scaling.NONE.withTargets(ONE_NUMBER)));
                    lines.add(line(problem, way, ", each scaled", Scaling.NONE.withTargets(A_NUMBER_EACH)));
                }
            }
        }
        assertThat(lines.toString()).isEqualTo(resource());
    }

    private static String resource() throws IOException {
        try (InputStream text = PredictionBitsTest.class.getResourceAsStream("predictions.txt")) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String line(Case problem, Way way, String scaled, Scaling scaling) {
        Network network = way.network(problem);
        Parameters parameters = network.initialize(5);
        Bits predictions = new Bits();
        addPredictions(
                predictions, problem, new Predictor(network, parameters, scaling, 5, way.samples, 8, problem.sequence));
        Bits figures = new Bits();
        addFigures(
                figures,
                network,
                parameters,
                new EvaluationSetup(network.spec(), problem.layout(), scaling, 7, way.samples),
                problem);
        return problem + ", " + way + scaled + ": predictions " + predictions + " figures " + figures;
    }

    private static void addPredictions(Bits bits, Case problem, Predictor predictor) {
        Random random = new Random(8);
        List<float[]> rows = new ArrayList<>();
        for (int row = 0; row < 4; row++) {
            int size = problem.input().size();
            float[] features = new float[size + (problem.sequence ? 1 : 0)];
            for (int i = 0; i < size; i++) {
                features[i] = (float) (4 * random.nextGaussian());
            }
            if (problem.sequence) {
                features[size] = row;
            }
            rows.add(features);
        }
        Tensor predicted = predictor.predict(rows);
        PredictiveDistribution distribution = predictor.uncertainty();
        for (int row = 0; row < rows.size(); row++) {
            for (int i = 0; i < predicted.shape().size(); i++) {
                bits.add(distribution.outputs().array()[distribution.outputs().rowOffset(row) + i]);
                bits.add(predicted.array()[predicted.rowOffset(row) + i]);
            }
            bits.add(distribution.predictiveEntropy(row));
            bits.add(distribution.mutualInformation(row));
            for (int number = 0; number < problem.targets; number++) {
                bits.add(distribution.aleatoricVariance(row, number));
                bits.add(distribution.epistemicVariance(row, number));
            }
        }
    }

    private static void addFigures(
            Bits bits, Network network, Parameters parameters, EvaluationSetup setup, Case problem) {
        RowLayout layout = problem.layout();
        Random random = new Random(3);
        float[] packed = new float[ROWS * layout.width()];
        for (int row = 0; row < ROWS; row++) {
            int at = row * layout.width();
            for (int i = 0; i < layout.targetOffset(); i++) {
                packed[at + i] = (float) (2 * random.nextGaussian());
            }
            for (int i = layout.targetOffset(); i < layout.weightOffset(); i++) {
                packed[at + i] = problem.draw(random);
            }
            packed[at + layout.weightOffset()] = 1 + random.nextInt(3);
            if (problem.sequence) {
                packed[at + layout.lengthOffset()] = 1 + random.nextInt(STEPS);
            }
        }
        List<MemoryShard> shards = CanonicalOrder.shards(layout, packed, ROWS, 1, 7);
        EvaluationSum sum = new Evaluation(setup, shards)
                .measure(parameters, Cancellation.NEVER)
                .get(0)
                .sum();
        LossSum losses = sum.losses();
        bits.add(losses.loss());
        bits.add(losses.weight());
        bits.add(losses.score());
        bits.add(losses.scoreWeight());
        network.metrics().figures(sum.sums()).forEach(bits::add);
    }

    /** A checksum over the bits of numbers, which unlike their texts are the same on every JDK. */
    private static final class Bits {
        private final CRC32 checksum = new CRC32();

        void add(double number) {
            checksum.update(ByteBuffer.allocate(Double.BYTES).putDouble(number).flip());
        }

        void add(String name, Object figure) {
            checksum.update(name.getBytes(StandardCharsets.UTF_8));
            if (figure instanceof double[][][] curves) {
                for (double[][] curve : curves) {
                    add("", curve);
                }
            } else if (figure instanceof double[][] table) {
                for (double[] row : table) {
                    add("", row);
                }
            } else if (figure instanceof double[] several) {
                for (double each : several) {
                    add(each);
                }
            } else {
                add((double) figure);
            }
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%08x", checksum.getValue());
        }
    }
}
