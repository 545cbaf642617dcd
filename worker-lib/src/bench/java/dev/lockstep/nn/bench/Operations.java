package dev.lockstep.nn.bench;

import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.RecurrentSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.ParameterRange;

/**
 * Floating-point operations of a network's matrix products, two a multiplication and addition; everything else is left
 * out, as is usual. A row takes every weight through one product for each of its positions: the steps of a recurrent
 * layer, the windows of a convolution, 1 in a dense layer.
 *
 * @param forward operations of a forward pass, a row
 * @param training operations of a training step, a row: forward, weight gradients and input gradients, the last of
 *     which the first layer does not compute
 */
record Operations(double forward, double training) {

    static Operations of(Network network) {
        double forward = 0;
        double unneeded = 0;
        for (int i = 0; i < network.layers().size(); i++) {
            Layer layer = network.layers().get(i);
            LayerSpec spec = network.spec().layers().get(i);
            boolean recurrent = spec instanceof RecurrentSpec;
            double positions = recurrent
                    ? layer.input().dimension(0)
                    : (double) layer.output().size() / layer.output().last();
            for (ParameterRange range : network.parameters()) {
                if (!range.name().startsWith(layer.name() + ".")
                        || range.shape().rank() < 2) {
                    continue;
                }
                double operations = 2 * positions * range.shape().size();
                forward += operations;
                if (i == 0 && range.name().endsWith(".weight")) {
                    unneeded = operations;
                }
            }
        }
        return new Operations(forward, 3 * forward - unneeded);
    }
}
