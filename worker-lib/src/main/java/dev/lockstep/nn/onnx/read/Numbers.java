package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.Parameters;
import java.util.ArrayList;
import java.util.List;

/** The vectors of a network, filled layer by layer. */
final class Numbers {
    private Numbers() {}

    /**
     * Puts the numbers of layers where a network has them.
     *
     * @param members the layers of each network of an ensemble
     * @param noise what stands behind each one's layers: the noise of the targets, where it is learned
     */
    static Parameters of(Network network, List<List<Step>> members, List<float[]> noise) {
        List<float[]> theta = new ArrayList<>();
        List<float[]> buffers = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            theta.addAll(Step.tensors(members.get(i)));
            theta.add(noise.get(i));
            buffers.add(Step.statistics(members.get(i)));
        }
        return new Parameters(joined(theta, network.parameterCount()), joined(buffers, network.bufferCount()));
    }

    private static float[] joined(List<float[]> parts, int expected) {
        float[] all = new float[expected];
        int at = 0;
        for (float[] part : parts) {
            if (at + part.length > expected) {
                throw new IllegalArgumentException("expected " + expected + " numbers, got more");
            }
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        if (at != expected) {
            throw new IllegalArgumentException("expected " + expected + " numbers, got " + at);
        }
        return all;
    }
}
