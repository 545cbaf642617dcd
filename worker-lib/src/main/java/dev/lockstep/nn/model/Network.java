package dev.lockstep.nn.model;

import dev.lockstep.nn.data.NumberRange;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.layer.Activated;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Concat;
import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.Residual;
import dev.lockstep.nn.layer.SequenceLayer;
import dev.lockstep.nn.loss.Likelihood;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.NoiseScale;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.GradientLayout;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Posterior;
import dev.lockstep.nn.param.RowTensor;
import dev.lockstep.nn.param.SharedWeights;
import dev.lockstep.nn.param.StatisticsRange;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ModelSpec} bound to the shape of its input: the layers and the layout of the flat parameter vector.
 * Immutable and without numbers; threads share one.
 */
public final class Network {
    private final ModelSpec spec;
    private final List<SequenceLayer> members;
    private final List<ParameterRange> parameters;
    private final List<Posterior> posteriors;
    private final List<SharedWeights> sharedWeights;
    private final List<StatisticsRange> buffers;
    private final List<Integer> rowEnds;
    private final int parameterCount;
    private final int bufferCount;
    private final int momentCount;

    private Network(ModelSpec spec, List<SequenceLayer> members, ParameterLayout layout) {
        this.spec = spec;
        this.members = List.copyOf(members);
        this.parameters = layout.parameters();
        this.posteriors = layout.posteriors();
        this.sharedWeights = layout.sharedWeights();
        this.buffers = layout.buffers();
        this.rowEnds = layout.rowEnds();
        this.parameterCount = layout.parameterCount();
        this.bufferCount = layout.bufferCount();
        this.momentCount = layout.momentCount();
    }

    /**
     * Binds a specification.
     *
     * @param input shape of a row of features
     * @throws IllegalArgumentException where a layer does not fit its input, naming it and both shapes; where a branch
     *     of the last layer ends in the loss's link
     */
    public static Network bind(ModelSpec spec, Shape input) {
        ParameterLayout layout = new ParameterLayout(spec.sharedBy());
        List<SequenceLayer> members = new ArrayList<>();
        for (int member = 0; member < spec.members() / spec.sharedBy(); member++) {
            members.add(withNoise(
                    SequenceLayer.bind("network", input, withoutLink(spec.layers(), spec.loss()), layout),
                    spec.loss().noise(),
                    layout));
        }
        Network network = new Network(spec, members, layout);
        if (spec.sharedBy() > 1) {
            network.checkShared();
        }
        return network;
    }

    private void checkShared() {
        if (sharedWeights.isEmpty()) {
            throw new IllegalArgumentException(
                    "model.ensemble.shared: expected a dense layer, by which the networks" + " differ, got none");
        }
        if (!posteriors.isEmpty()) {
            throw new IllegalArgumentException("model.ensemble.shared: expected no layer whose weights are"
                    + " distributions, got " + posteriors.get(0).name());
        }
    }

    /**
     * The networks that predict, as an ensemble in which nothing is shared: this one, unless weights are shared in
     * training.
     */
    public Network unshared() {
        return sharedWeights.isEmpty() ? this : bind(spec.unshared(), input());
    }

    /**
     * What {@link #unshared} has learned where this network has learned something.
     *
     * @param learned read
     */
    public Parameters unshare(Parameters learned) {
        if (sharedWeights.isEmpty()) {
            return learned;
        }
        int members = spec.members();
        int each = parameterCount
                - sharedWeights.stream().mapToInt(SharedWeights::surplus).sum();
        float[] theta = new float[Math.multiplyExact(members, each)];
        float[] buffers = new float[Math.multiplyExact(members, bufferCount)];
        int at = 0;
        for (int member = 0; member < members; member++) {
            int next = 0;
            for (SharedWeights weights : sharedWeights) {
                System.arraycopy(learned.theta(), next, theta, at, weights.weight() - next);
                at = weights.copy(member, learned.theta(), theta, at + weights.weight() - next);
                next = weights.weight() + weights.length();
            }
            System.arraycopy(learned.theta(), next, theta, at, parameterCount - next);
            at += parameterCount - next;
            System.arraycopy(learned.buffers(), 0, buffers, member * bufferCount, bufferCount);
        }
        return new Parameters(theta, buffers);
    }

    private static SequenceLayer withNoise(SequenceLayer layers, @Nullable NoiseScale noise, ParameterLayout layout) {
        if (noise == null) {
            return layers;
        }
        int offset = layout.parameterCount();
        return layers.with(NoiseLayer.bind(layers.output(), noise, layout), offset);
    }

    /** The layers without a last activation that is the loss's own link: the loss works from what comes before it. */
    private static List<LayerSpec> withoutLink(List<LayerSpec> layers, Loss loss) {
        Activation link = loss.likelihood().link();
        boolean linear = link.equals(new Activation.Linear());
        int end = layers.size() - 1;
        LayerSpec last = layers.get(end);
        if (linear) {
            checkPlainOutputs(last, end, loss);
            return layers;
        }
        if (last.equals(link)) {
            return layers.subList(0, end);
        }
        if (last instanceof Activated activated && activated.activation().equals(link)) {
            List<LayerSpec> stripped = new ArrayList<>(layers);
            stripped.set(end, activated.withActivation(new Activation.Linear()));
            return stripped;
        }
        checkNoOtherActivation(last, Integer.toString(end), link, loss);
        if (branches(last).stream().anyMatch(branch -> endsIn(branch, link))) {
            throw new IllegalArgumentException("model.layers." + end + ": expected branches that do not end in "
                    + link.label() + ", which the loss applies to what they give together, got one that does");
        }
        return layers;
    }

    /** A loss that has no activation of its own may still need outputs as they come. */
    private static void checkPlainOutputs(LayerSpec last, int place, Loss loss) {
        if (!loss.likelihood().takesPlainOutputs()) {
            return;
        }
        checkNoOtherActivation(last, Integer.toString(place), new Activation.Linear(), loss);
        if (last instanceof Concat concat) {
            for (int i = 0; i < concat.branches().size(); i++) {
                List<LayerSpec> branch = concat.branches().get(i);
                if (!branch.isEmpty()) {
                    checkNoOtherActivation(
                            branch.get(branch.size() - 1),
                            place + ".concat." + i + "." + (branch.size() - 1),
                            new Activation.Linear(),
                            loss);
                }
            }
        }
    }

    /** The loss works from what is before its own activation; another one would bend or cut that. */
    private static void checkNoOtherActivation(LayerSpec last, String place, Activation link, Loss loss) {
        Activation activation = last instanceof Activation itself
                ? itself
                : last instanceof Activated activated ? activated.activation() : new Activation.Linear();
        if (!activation.equals(new Activation.Linear())) {
            throw new IllegalArgumentException("model.layers." + place + ": expected no " + name(activation)
                    + " before the loss " + name(loss) + ", which takes the last layer's outputs as they are and makes "
                    + (link.equals(new Activation.Softmax()) || link.equals(new Activation.Sigmoid())
                            ? "probabilities of them by " + name(link)
                            : "predictions of them itself")
                    + "; leave it out");
        }
    }

    /** As job files have it, where they do. */
    private static String name(Object layerOrLoss) {
        SpecName name = layerOrLoss.getClass().getAnnotation(SpecName.class);
        return name == null ? layerOrLoss.getClass().getSimpleName() : name.value();
    }

    private static boolean endsIn(List<LayerSpec> layers, Activation link) {
        if (layers.isEmpty()) {
            return false;
        }
        LayerSpec last = layers.get(layers.size() - 1);
        return last.equals(link)
                || last instanceof Activated activated && activated.activation().equals(link)
                || branches(last).stream().anyMatch(branch -> endsIn(branch, link));
    }

    private static List<List<LayerSpec>> branches(LayerSpec layer) {
        if (layer instanceof Residual residual) {
            return List.of(residual.layers(), residual.shortcut());
        }
        return layer instanceof Concat concat ? concat.branches() : List.of();
    }

    /** What this network was bound from. */
    public ModelSpec spec() {
        return spec;
    }

    /**
     * The layers of each member as they were bound: without a last activation that is the loss's link, which the loss
     * applies itself.
     */
    public List<LayerSpec> layersBeforeLink() {
        return withoutLink(spec.layers(), spec.loss());
    }

    /** The loss. */
    public Loss loss() {
        return spec.loss();
    }

    /** What the outputs mean. */
    public Likelihood likelihood() {
        return spec.likelihood();
    }

    /** The figures that say how good it is. */
    public MetricSet metrics() {
        return likelihood().metrics(output());
    }

    /** The networks of an ensemble, each the layers as one; a single one if it is none. */
    public List<SequenceLayer> members() {
        return members;
    }

    /** The layers in order, member after member, for a summary. */
    public List<Layer> layers() {
        return members.stream().flatMap(member -> member.layers().stream()).toList();
    }

    /** Place of the last layer of each network that the specification names: none that stands for noise. */
    public int lastLayer() {
        return members.get(0).layers().size() - (loss().noise() == null ? 1 : 2);
    }

    /**
     * The weights of the last layer of each network.
     *
     * @throws IllegalArgumentException if it is not linear, naming it
     */
    public List<Layer.Weights> lastWeights() {
        List<Layer.Weights> weights = new ArrayList<>();
        for (SequenceLayer member : members) {
            Layer last = member.layers().get(lastLayer());
            Layer.Weights own = last.linearWeights();
            if (own == null) {
                throw new IllegalArgumentException(
                        "expected a dense layer without an activation of its own as the last one, got " + last.name());
            }
            weights.add(own);
        }
        return weights;
    }

    /** Shape of a row of features. */
    public Shape input() {
        return members.get(0).input();
    }

    /** Shape of a row of the output, before and after the loss's link. */
    public Shape output() {
        return members.get(0).output();
    }

    /** The trainable tensors in the order of their offsets. */
    public List<ParameterRange> parameters() {
        return parameters;
    }

    /** The distributions over weights, which is what some of the tensors hold. */
    public List<Posterior> posteriors() {
        return posteriors;
    }

    /** The running statistics in the order of their offsets. */
    public List<StatisticsRange> buffers() {
        return buffers;
    }

    /** Length of the parameter vector. */
    public int parameterCount() {
        return parameterCount;
    }

    /** Length of the buffer vector. */
    public int bufferCount() {
        return bufferCount;
    }

    /** Length of the vector of moments that a step gives beside its gradient; see {@link Gradient.Node#moments()}. */
    public int momentCount() {
        return momentCount;
    }

    /**
     * Whether a training pass needs statistics of all shards together; see {@link dev.lockstep.nn.param.StepExchange}.
     */
    public boolean globalStatistics() {
        return buffers.stream().anyMatch(StatisticsRange::global);
    }

    /**
     * Checks that the network can tell where rows of unequal length end: that its first layers see steps, and that a
     * loss which compares step by step sees those of the rows.
     *
     * @throws IllegalArgumentException naming the shape, or both numbers of steps
     */
    public void checkSteps(RowLayout rows) {
        Shape features = rows.features();
        if (rows.sequences() && features.rank() == 1 && !takesTokens()) {
            throw new IllegalArgumentException("data.train.length: rows of shape " + features
                    + " have no steps that could be valid or not; expected a shape [steps, features], such as "
                    + Shape.of(features.size(), 1) + ", or an embedding as the first layer");
        }
        if (output().rank() != 2 || !rows.sequences() && rowEnds.isEmpty()) {
            return;
        }
        int known = rows.sequences() ? features.dimension(0) : rowEnds.get(0);
        int steps = output().dimension(0);
        if (steps != known) {
            throw new IllegalArgumentException("the loss: expected the rows' " + known + " steps, got " + steps
                    + "; where rows have lengths of their own (data.train.length, or maskZero of an embedding) and"
                    + " targets for each step, layers must keep the steps: stride 1 and padding same");
        }
    }

    /** Whether its first layers read sparse rows entry by entry; others get them whole, a batch at a time. */
    public boolean readsEntries() {
        return members.stream().allMatch(Layer::readsEntries);
    }

    /**
     * How gradients are kept: those of first layers of which a step uses few rows as rows, unless distributions over
     * weights need them all.
     *
     * @param rows how rows are packed
     */
    public GradientLayout gradientLayout(RowLayout rows) {
        boolean entries = readsEntries() && rows.allowsEntries();
        List<RowTensor> tensors = posteriors.isEmpty()
                ? members.stream()
                        .flatMap(member -> member.rowTensors(entries).stream())
                        .toList()
                : List.of();
        return new GradientLayout(parameterCount, tensors);
    }

    /** Which features its first layers take. */
    private NumberRange numbers() {
        return members.stream().map(Layer::numbers).reduce(NumberRange.ANY, NumberRange::narrower);
    }

    /** Whether features are the indexes of tokens, which cannot be scaled. */
    public boolean takesTokens() {
        return numbers().whole();
    }

    /**
     * What rows must hold for this network to work with them.
     *
     * @param scaled whether it sees the features scaled, not as they stand in the rows
     */
    public RowRules rowRules(boolean scaled) {
        NumberRange features = scaled ? NumberRange.ANY : numbers();
        int targetSteps = output().rank() == 2 ? output().dimension(0) : 1;
        return new RowRules(features, !rowEnds.isEmpty(), loss().targets(), targetSteps);
    }

    /** New parameters and buffers, drawn from the streams of a seed. */
    public Parameters initialize(long seed) {
        Parameters initial = new Parameters(new float[parameterCount], new float[bufferCount]);
        for (int i = 0; i < parameters.size(); i++) {
            parameters.get(i).initialize(seed, i, initial.theta());
        }
        buffers.forEach(range -> range.initialize(initial.buffers()));
        return initial;
    }
}
