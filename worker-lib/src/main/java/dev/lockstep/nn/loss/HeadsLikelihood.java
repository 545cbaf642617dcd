package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.metric.HeadMetric;
import dev.lockstep.nn.metric.Metric;
import dev.lockstep.nn.metric.MetricRows;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.RocAuc;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Several likelihoods side by side, which are independent given the outputs: each of some of the outputs. Figures and
 * columns of predictions have the head's name before theirs.
 *
 * @param parts the heads in the order of their outputs
 */
record HeadsLikelihood(List<Part> parts) implements Likelihood {

    HeadsLikelihood {
        parts = List.copyOf(parts);
    }

    /**
     * A head.
     *
     * @param name its name
     * @param likelihood what its outputs mean
     * @param outputAt its first output
     * @param output shape of its outputs
     * @param targetAt the first column of its target
     * @param target shape of its target
     * @param classes how many classes its target has; 0: it is numbers
     * @param classNames names of these in the order of their indexes; null: they have none
     */
    record Part(
            String name,
            Likelihood likelihood,
            int outputAt,
            Shape output,
            int targetAt,
            Shape target,
            int classes,
            @Nullable List<String> classNames)
            implements Serializable {

        /** Its part of outputs. */
        Tensor outputs(Tensor all) {
            return all.part(outputAt, output);
        }

        /** Its part of targets. */
        Tensor targets(Tensor all) {
            return all.part(targetAt, target);
        }

        /** Its part of a scaling of all targets; null where its own are not scaled. */
        @Nullable
        Scaling scaling(@Nullable Scaling all) {
            return all == null || !likelihood.allowsScaledTargets() ? null : all.part(targetAt, target.size());
        }

        private TargetNames names(TargetNames all) {
            int end = targetAt + target.size();
            return new TargetNames(
                    classes > 0,
                    classNames,
                    all.columns().size() < end ? List.of() : all.columns().subList(targetAt, end));
        }
    }

    /** Each head applies its own. */
    @Override
    public Activation link() {
        return new Activation.Linear();
    }

    @Override
    public boolean takesPlainOutputs() {
        return true;
    }

    @Override
    public String outputsObstacle() {
        return "several heads";
    }

    /** That of the first head. */
    @Override
    public Score score() {
        return parts.get(0).likelihood().score();
    }

    @Override
    public boolean classifies(int labelColumns) {
        return false;
    }

    @Override
    public boolean allowsScaledTargets() {
        return parts.stream().anyMatch(part -> part.likelihood().allowsScaledTargets());
    }

    @Override
    public Scaling scalable(Scaling all) {
        Part last = parts.get(parts.size() - 1);
        float[] mean = new float[last.targetAt() + last.target().size()];
        float[] std = new float[mean.length];
        Arrays.fill(std, 1);
        for (Part part : parts) {
            Scaling own = part.scaling(all);
            for (int i = 0; own != null && i < part.target().size(); i++) {
                mean[part.targetAt() + i] = own.mean()[i % own.mean().length];
                std[part.targetAt() + i] = own.std()[i % own.std().length];
            }
        }
        return new Scaling(mean, std);
    }

    @Override
    public int targets(Shape output) {
        return 1;
    }

    @Override
    public MetricSet metrics(Shape output) {
        return metrics(metric -> true);
    }

    @Override
    public MetricSet epochMetrics() {
        return metrics(metric -> !(metric instanceof RocAuc));
    }

    private MetricSet metrics(Predicate<Metric> wanted) {
        List<Metric> metrics = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            for (Metric metric : part.likelihood().metrics(part.output()).metrics()) {
                if (wanted.test(metric)) {
                    metrics.add(new HeadMetric(i, part.name(), metric));
                }
            }
        }
        return new MetricSet(metrics);
    }

    @Override
    public List<PredictionColumn> columns(TargetNames names, Shape output, boolean mixed) {
        List<PredictionColumn> columns = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            for (PredictionColumn column : part.likelihood().columns(part.names(names), part.output(), mixed)) {
                columns.add(column.ofHead(i, part.name(), part.classNames()));
            }
        }
        return columns;
    }

    @Override
    public PredictiveDistribution distribution(Shape output, int mixedRows, @Nullable Scaling scaling) {
        return new Mixture(parts, output, mixedRows, scaling);
    }

    /** What each head predicts; predictions are those of the heads, one behind the other. */
    private static final class Mixture extends PredictiveDistribution {
        private final List<Part> parts;
        private final List<PredictiveDistribution> heads = new ArrayList<>();
        /** Outputs after each head's link; as many rows as were needed. */
        private final Tensor[] linked;

        private @Nullable Tensor all;

        Mixture(List<Part> parts, Shape output, int mixedRows, @Nullable Scaling scaling) {
            super(output, 1, mixedRows, null);
            this.parts = parts;
            linked = new Tensor[parts.size()];
            for (Part part : parts) {
                heads.add(part.likelihood().distribution(part.output(), mixedRows, part.scaling(scaling)));
                linked[heads.size() - 1] = Tensor.allocate(mixedRows, part.output());
            }
        }

        @Override
        List<PredictiveDistribution> heads() {
            return heads;
        }

        @Override
        public void single(int passRows, Tensor single, UnaryOperator<Tensor> link) {
            for (int i = 0; i < parts.size(); i++) {
                int number = i;
                heads.get(i).single(passRows, parts.get(i).outputs(single), values -> linked(number, passRows, values));
            }
            super.single(passRows, single, link);
        }

        @Override
        public void begin(int passRows) {
            super.begin(passRows);
            heads.forEach(head -> head.begin(passRows));
        }

        @Override
        public void add(Tensor before, Tensor component) {
            super.add(before, component);
            for (int i = 0; i < parts.size(); i++) {
                Tensor own = parts.get(i).outputs(before);
                heads.get(i).add(own, linked(i, rows(), own));
            }
        }

        @Override
        public void mix(UnaryOperator<Tensor> link) {
            for (int i = 0; i < parts.size(); i++) {
                int number = i;
                heads.get(i).mix(values -> linked(number, rows(), values));
            }
            super.mix(link);
        }

        /** Applies a head's link. */
        private Tensor linked(int number, int passRows, Tensor values) {
            Part part = parts.get(number);
            int width = part.output().size();
            if (linked[number].array().length < passRows * width) {
                linked[number] = Tensor.allocate(passRows, part.output());
            }
            Tensor to = linked[number];
            for (int row = 0; row < passRows; row++) {
                part.likelihood()
                        .link()
                        .forward(values.array(), values.rowOffset(row), to.array(), to.rowOffset(row), 1, width);
            }
            return to;
        }

        @Override
        double output(int row, int index) {
            int number = 0;
            while (index
                    >= parts.get(number).outputAt() + parts.get(number).output().size()) {
                number++;
            }
            Tensor own = heads.get(number).outputs();
            return own.array()[own.rowOffset(row) + index - parts.get(number).outputAt()];
        }

        @Override
        Tensor described(Tensor plain) {
            int width = 0;
            for (PredictiveDistribution head : heads) {
                width += head.predictions().shape().size();
            }
            Tensor described = all;
            if (described == null || described.array().length < rows() * width) {
                described = Tensor.allocate(rows(), Shape.of(width));
                all = described;
            }
            int at = 0;
            for (PredictiveDistribution head : heads) {
                Tensor own = head.predictions();
                int size = own.shape().size();
                for (int row = 0; row < rows(); row++) {
                    System.arraycopy(
                            own.array(), own.rowOffset(row), described.array(), described.rowOffset(row) + at, size);
                }
                at += size;
            }
            return described;
        }

        @Override
        public MetricRows metricRows(Batch batch, int @Nullable [] lengths) {
            List<MetricRows> each = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                PredictiveDistribution head = heads.get(i);
                each.add(new MetricRows(
                        batch.rows(),
                        parts.get(i).targets(batch.targets()),
                        batch.weights(),
                        null,
                        head.outputs(),
                        head.predictions(),
                        head.densities(),
                        head.decision().threshold(),
                        List.of()));
            }
            return new MetricRows(
                    batch.rows(),
                    batch.targets(),
                    batch.weights(),
                    lengths,
                    outputs(),
                    predictions(),
                    null,
                    decision().threshold(),
                    each);
        }
    }
}
