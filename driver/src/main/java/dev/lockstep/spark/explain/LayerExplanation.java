package dev.lockstep.spark.explain;

import dev.lockstep.nn.layer.Activated;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Bidirectional;
import dev.lockstep.nn.layer.ColumnEmbeddings;
import dev.lockstep.nn.layer.Concat;
import dev.lockstep.nn.layer.Embedding;
import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.RecurrentSpec;
import dev.lockstep.nn.layer.Residual;
import dev.lockstep.nn.layer.SimpleRnn;
import dev.lockstep.nn.layer.Variational;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A layer with its shapes.
 *
 * @param name its name in the network, or within the layer that holds it
 * @param depth how many layers it lies in
 * @param formula what it computes
 * @param values the settings that the formula has symbols for
 * @param activation what its activation computes; null where it has none but the identity
 * @param input shape of a row of its input
 * @param output shape of a row of its output
 * @param tensors its tensors with their shapes
 * @param parameters how many numbers are trained in it
 * @param multiplyAdds multiplications of weights, each with an addition, for one row; half the floating-point
 *     operations of its products
 */
record LayerExplanation(
        String name,
        int depth,
        Formula formula,
        List<String> values,
        @Nullable Formula activation,
        Shape input,
        Shape output,
        String tensors,
        int parameters,
        long multiplyAdds) {

    /** The layers of a network in order, those inside others behind these. */
    static List<LayerExplanation> all(List<LayerSpec> specs, Shape input) {
        List<LayerExplanation> all = new ArrayList<>();
        add(all, specs, input, 0, new ArrayList<>());
        return all;
    }

    /**
     * Appends the layers of a sequence.
     *
     * @param before what has been bound before, in order, so that layers have the names that they have in the network
     */
    private static void add(
            List<LayerExplanation> all,
            List<LayerSpec> specs,
            Shape input,
            int depth,
            List<Consumer<ParameterLayout>> before) {
        Shape shape = input;
        for (LayerSpec spec : specs) {
            ParameterLayout layout = new ParameterLayout();
            before.forEach(bound -> bound.accept(layout));
            Layer layer = spec.bind(shape, layout);
            all.add(of(spec, layer, layout.parameters(), depth));
            Shape here = shape;
            // Others hold layers without names of their own.
            boolean named = spec instanceof Residual || spec instanceof Concat;
            List<Consumer<ParameterLayout>> outer = new ArrayList<>(before);
            String kind = layer.name().substring(0, layer.name().lastIndexOf('_'));
            outer.add(own -> own.nameLayer(kind));
            inside(spec).forEach(branch -> add(all, branch, here, depth + 1, named ? outer : new ArrayList<>()));
            before.add(own -> spec.bind(here, own));
            shape = layer.output();
        }
    }

    /** The sequences of layers that a layer holds. */
    private static List<List<LayerSpec>> inside(LayerSpec spec) {
        if (spec instanceof Residual residual) {
            return List.of(residual.layers(), residual.shortcut());
        }
        if (spec instanceof Concat concat) {
            return concat.branches();
        }
        if (spec instanceof Variational variational) {
            return List.of(List.of(variational.layer()));
        }
        // One layer for each direction.
        return spec instanceof Bidirectional both ? List.of(List.of(both.layer()), List.of(both.layer())) : List.of();
    }

    private static LayerExplanation of(LayerSpec spec, Layer layer, List<ParameterRange> ranges, int depth) {
        Formula formula = Formulas.of(spec);
        List<ParameterRange> own = ranges.stream()
                .filter(range -> range.name().startsWith(layer.name() + "."))
                .toList();
        String tensors = own.stream()
                .map(range -> range.name().substring(layer.name().length() + 1) + " " + range.shape())
                .collect(Collectors.joining(", "));
        return new LayerExplanation(
                layer.name(),
                depth,
                formula,
                Formulas.values(formula, spec),
                activation(spec),
                layer.input(),
                layer.output(),
                tensors,
                layer.parameters(),
                inside(spec).isEmpty() ? multiplyAdds(spec, layer, own) : 0);
    }

    private static @Nullable Formula activation(LayerSpec spec) {
        Activation activation = new Activation.Linear();
        if (spec instanceof Activated activated && inside(spec).isEmpty()) {
            activation = activated.activation();
        } else if (spec instanceof SimpleRnn recurrent) {
            activation = recurrent.activation();
        }
        return activation.equals(new Activation.Linear()) ? null : Formulas.of(activation);
    }

    /** Each weight is used once a place: of an image, of a sequence, or once. */
    private static long multiplyAdds(LayerSpec spec, Layer layer, List<ParameterRange> own) {
        if (spec instanceof Embedding || spec instanceof ColumnEmbeddings) {
            return 0;
        }
        long weights = own.stream()
                .filter(range -> range.role() == ParameterRole.WEIGHT
                        || range.role() == ParameterRole.POSTERIOR
                                && range.tensor().equals("mean"))
                .filter(range -> range.shape().rank() > 1)
                .mapToLong(range -> range.shape().size())
                .sum();
        long places = spec instanceof RecurrentSpec
                ? layer.input().dimension(0)
                : layer.output().size() / layer.output().last();
        return weights * places;
    }
}
