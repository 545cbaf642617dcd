package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Activations;
import dev.lockstep.nn.kernel.Convolution;
import dev.lockstep.nn.kernel.ConvolutionShape;
import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.kernel.SimdActivations;
import dev.lockstep.nn.kernel.product.ConvolutionPlan.Part;
import dev.lockstep.nn.kernel.product.ConvolutionPlan.Weights;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@link Convolution} as an implicit matrix product on {@link ConvolutionTiles}: the weights are packed into panels
 * once a call, the images are read where they lie, or in a copy of one image with its padding around it. No matrix of
 * windows is ever made.
 */
public final class SimdConvolution implements Convolution {
    private final Map<ConvolutionShape, ConvolutionPlan> plans = new HashMap<>();
    private final Activations activations = new SimdActivations();
    private final ImageFrame frame = new ImageFrame();
    private final ConvolutionChains chains = new ConvolutionChains();
    private final ConvolutionSums sums = new ConvolutionSums(frame);
    private final Matrix source = new Matrix();
    private float[] packed = new float[0];
    private float[] gradient = new float[0];

    private ConvolutionPlan plan(ConvolutionShape shape) {
        ConvolutionPlan plan = plans.get(shape);
        if (plan == null) {
            plan = new ConvolutionPlan(shape);
            plans.put(shape, plan);
        }
        packed = Buffers.atLeast(packed, plan.packedSize);
        return plan;
    }

    @Override
    public void forward(
            ConvolutionShape shape, Matrix x, Matrix w, Matrix y, Epilogue epilogue, @Nullable Vector bias) {
        ConvolutionPlan plan = plan(shape);
        for (Weights weights : plan.forwardWeights) {
            packForward(shape, weights, w);
        }
        frame.begin(plan);
        chains.begin(packed, epilogue == Epilogue.OVERWRITE ? null : bias, y);
        int rows = shape.rows(y);
        for (int row = 0; row < rows; row++) {
            int out = y.offset() + row * shape.outputSize();
            frame.take(x.array(), x.offset() + row * shape.inputSize());
            chains.take(frame.values(), frame.offset(), out);
            for (Part part : plan.forward) {
                chains.run(part);
            }
            if (epilogue == Epilogue.BIAS_RELU) {
                activations.relu(y.array(), out, y.array(), out, shape.outputSize());
            }
        }
    }

    private void packForward(ConvolutionShape shape, Weights weights, Matrix w) {
        int columns = shape.groupFilters();
        for (int j = 0, width; j < columns; j += width) {
            width = ConvolutionTiles.width(columns - j);
            int from = w.index(0, weights.group() * columns + j);
            int panel = weights.packed() + j * weights.lines();
            int used = Math.min(width, columns - j);
            Packing.panel(source.at(w.array(), from, weights.lines(), used, w.stride()), width, packed, panel);
        }
    }

    @Override
    public void inputGradient(ConvolutionShape shape, Matrix dy, Matrix w, Matrix dx) {
        ConvolutionPlan plan = plan(shape);
        for (Weights weights : plan.backwardWeights) {
            packBackward(shape, weights, w);
        }
        int outHeight = shape.vertical().output();
        int line = shape.horizontal().output() * shape.filters();
        int left = plan.marginLeft * shape.filters();
        int widened = left + line + plan.marginRight * shape.filters();
        boolean copied = widened > line;
        if (copied) {
            gradient = Buffers.atLeast(gradient, outHeight * widened);
            Arrays.fill(gradient, 0, outHeight * widened, 0f);
        }
        chains.begin(packed, null, dx);
        int rows = shape.rows(dy);
        for (int row = 0; row < rows; row++) {
            int image = dy.offset() + row * shape.outputSize();
            for (int oh = 0; copied && oh < outHeight; oh++) {
                System.arraycopy(dy.array(), image + oh * line, gradient, oh * widened + left, line);
            }
            int out = dx.offset() + row * shape.inputSize();
            chains.take(copied ? gradient : dy.array(), copied ? 0 : image, out);
            for (Part part : plan.backward) {
                chains.run(part);
            }
        }
    }

    /** The weights of each place as a matrix [filters, channels]. */
    private void packBackward(ConvolutionShape shape, Weights weights, Matrix w) {
        int filters = shape.groupFilters();
        int columns = shape.groupChannels();
        for (int j = 0, width; j < columns; j += width) {
            width = ConvolutionTiles.width(columns - j);
            int panel = weights.packed() + j * weights.lines();
            int used = Math.min(width, columns - j);
            for (int tap : weights.taps()) {
                int from = w.index(tap * columns + j, weights.group() * filters);
                Packing.panel(source.transposedAt(w.array(), from, used, filters, w.stride()), width, packed, panel);
                panel += filters * width;
            }
        }
    }

    @Override
    public void weightGradient(ConvolutionShape shape, Segments shards, Matrix x, Matrix dy, Matrix dw) {
        sums.run(plan(shape), shards, x, dy, dw);
    }
}
