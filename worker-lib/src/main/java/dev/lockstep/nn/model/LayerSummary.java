package dev.lockstep.nn.model;

import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.param.ParameterRange;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A layer as a line of a table.
 *
 * @param name the layer's name
 * @param output shape of a row of its output
 * @param tensors its own trainable tensors with their shapes; those of layers inside it have their own names
 * @param parameters how many numbers are trained in it, those of layers inside it included
 */
public record LayerSummary(String name, String output, String tensors, int parameters) {

    /** The layers of a network in order. */
    public static List<LayerSummary> of(Network network) {
        return network.layers().stream().map(layer -> of(network, layer)).toList();
    }

    private static LayerSummary of(Network network, Layer layer) {
        String prefix = layer.name() + ".";
        String tensors = network.parameters().stream()
                .filter(range -> range.name().startsWith(prefix))
                .map(range -> tensor(range, prefix))
                .collect(Collectors.joining(", "));
        return new LayerSummary(layer.name(), layer.output().toString(), tensors, layer.parameters());
    }

    private static String tensor(ParameterRange range, String prefix) {
        return range.name().substring(prefix.length()) + " " + range.shape();
    }
}
