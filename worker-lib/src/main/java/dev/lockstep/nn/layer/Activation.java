package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.Activations;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * An activation function: a layer of its own ({@code - relu}) or part of another ({@code dense: {activation: relu}}).
 * Works on {@code rows} rows of {@code width} elements; element-wise but for {@link Softmax}.
 */
public sealed interface Activation extends LayerSpec {

    /**
     * Computes {@code y = f(x)}.
     *
     * @param x read: rows of {@code width} elements, without gaps
     * @param y overwritten; may be {@code x}
     */
    void forward(float[] x, int xOffset, float[] y, int yOffset, int rows, int width);

    /**
     * Computes {@code dx = f'(x) dy}.
     *
     * @param known read: the output, or the input where {@link #differentiatesInput()}
     * @param dy read and overwritten with {@code dx}
     */
    void backward(float[] known, int knownOffset, float[] dy, int dyOffset, int rows, int width);

    /** Whether the derivative is computed from the input; otherwise from the output, and the input is not needed. */
    default boolean differentiatesInput() {
        return false;
    }

    /**
     * Whether a unit can die: whether the derivative is 0 at some outputs, so that no gradient passes. It is computed
     * from the output then.
     */
    default boolean canDie() {
        return false;
    }

    /** The name it goes by in job files. */
    default String label() {
        return getClass().getAnnotation(SpecName.class).value();
    }

    /**
     * Checks that it can work on rows of a shape.
     *
     * @param layer name of the layer that it is or belongs to
     * @param values shape of a row of its input, which is that of its output
     * @throws IllegalArgumentException if it cannot, naming the layer and the shape
     */
    default void check(String layer, Shape values) {}

    @Override
    default boolean readsStepByStep() {
        return true;
    }

    @Override
    default Layer bind(Shape input, ParameterLayout layout) {
        String name = layout.nameLayer(label());
        check(name, input);
        return new ActivationLayer(name, input, this);
    }

    private static Activations kernels() {
        return Kernels.get().activations();
    }

    /** {@code y = x}. */
    @SpecName("linear")
    record Linear() implements Activation {
        @Override
        public void forward(float[] x, int xOffset, float[] y, int yOffset, int rows, int width) {
            if (x != y || xOffset != yOffset) {
                System.arraycopy(x, xOffset, y, yOffset, rows * width);
            }
        }

        @Override
        public void backward(float[] known, int knownOffset, float[] dy, int dyOffset, int rows, int width) {
            // The derivative is 1.
        }
    }

    /** {@code y = max(x, 0)}; derivative 0 at 0 (Nair and Hinton 2010). */
    @SpecName("relu")
    record Relu() implements Activation {
        @Override
        public boolean canDie() {
            return true;
        }

        @Override
        public void forward(float[] x, int xOffset, float[] y, int yOffset, int rows, int width) {
            kernels().relu(x, xOffset, y, yOffset, rows * width);
        }

        @Override
        public void backward(float[] known, int knownOffset, float[] dy, int dyOffset, int rows, int width) {
            kernels().reluBackward(known, knownOffset, dy, dyOffset, rows * width);
        }
    }

    /** {@code y = 1 / (1 + exp(-x))}, {@code y' = y (1 - y)}. */
    @SpecName("sigmoid")
    record Sigmoid() implements Activation {
        @Override
        public boolean canDie() {
            return true;
        }

        @Override
        public void forward(float[] x, int xOffset, float[] y, int yOffset, int rows, int width) {
            kernels().sigmoid(x, xOffset, y, yOffset, rows * width);
        }

        @Override
        public void backward(float[] known, int knownOffset, float[] dy, int dyOffset, int rows, int width) {
            kernels().sigmoidBackward(known, knownOffset, dy, dyOffset, rows * width);
        }
    }

    /** {@code y = tanh(x)}, {@code y' = 1 - y^2}. */
    @SpecName("tanh")
    record Tanh() implements Activation {
        @Override
        public boolean canDie() {
            return true;
        }

        @Override
        public void forward(float[] x, int xOffset, float[] y, int yOffset, int rows, int width) {
            kernels().tanh(x, xOffset, y, yOffset, rows * width);
        }

        @Override
        public void backward(float[] known, int knownOffset, float[] dy, int dyOffset, int rows, int width) {
            kernels().tanhBackward(known, knownOffset, dy, dyOffset, rows * width);
        }
    }

    /**
     * {@code y = x} above 0, {@code alpha x} below; derivative alpha at 0 (Maas et al. 2013).
     *
     * @param alpha slope below 0, at least 0; 0.01 unless given
     */
    @SpecName("leakyRelu")
    record LeakyRelu(Double alpha) implements Activation {
        public LeakyRelu {
            alpha = alpha == null ? 0.01 : Expect.notNegativeFloat("alpha", alpha);
        }

        @Override
        public boolean differentiatesInput() {
            return true;
        }

        @Override
        public void forward(float[] x, int xOffset, float[] y, int yOffset, int rows, int width) {
            kernels().leakyRelu(alpha.floatValue(), x, xOffset, y, yOffset, rows * width);
        }

        @Override
        public void backward(float[] known, int knownOffset, float[] dy, int dyOffset, int rows, int width) {
            kernels().leakyReluBackward(alpha.floatValue(), known, knownOffset, dy, dyOffset, rows * width);
        }
    }

    /**
     * {@code y = x} above 0, {@code alpha (exp(x) - 1)} below (Clevert et al. 2016).
     *
     * @param alpha minus the limit at minus infinity, at least 0; 1 unless given
     */
    @SpecName("elu")
    record Elu(Double alpha) implements Activation {
        public Elu {
            alpha = alpha == null ? 1.0 : Expect.notNegativeFloat("alpha", alpha);
        }

        @Override
        public boolean differentiatesInput() {
            return true;
        }

        @Override
        public void forward(float[] x, int xOffset, float[] y, int yOffset, int rows, int width) {
            kernels().elu(alpha.floatValue(), x, xOffset, y, yOffset, rows * width);
        }

        @Override
        public void backward(float[] known, int knownOffset, float[] dy, int dyOffset, int rows, int width) {
            kernels().eluBackward(alpha.floatValue(), known, knownOffset, dy, dyOffset, rows * width);
        }
    }

    /** {@code y = x Phi(x)}, Phi being the normal distribution function: the exact form (Hendrycks and Gimpel 2016). */
    @SpecName("gelu")
    record Gelu() implements Activation {
        @Override
        public boolean differentiatesInput() {
            return true;
        }

        @Override
        public void forward(float[] x, int xOffset, float[] y, int yOffset, int rows, int width) {
            kernels().gelu(x, xOffset, y, yOffset, rows * width);
        }

        @Override
        public void backward(float[] known, int knownOffset, float[] dy, int dyOffset, int rows, int width) {
            kernels().geluBackward(known, knownOffset, dy, dyOffset, rows * width);
        }
    }

    /** {@code y = x / (1 + exp(-x))}, also called swish (Elfwing et al. 2018). */
    @SpecName("silu")
    record Silu() implements Activation {
        @Override
        public boolean differentiatesInput() {
            return true;
        }

        @Override
        public void forward(float[] x, int xOffset, float[] y, int yOffset, int rows, int width) {
            kernels().silu(x, xOffset, y, yOffset, rows * width);
        }

        @Override
        public void backward(float[] known, int knownOffset, float[] dy, int dyOffset, int rows, int width) {
            kernels().siluBackward(known, knownOffset, dy, dyOffset, rows * width);
        }
    }

    /** {@code y = log(1 + exp(x))}, {@code y' = 1 / (1 + exp(-x))} (Dugas et al. 2001). */
    @SpecName("softplus")
    record Softplus() implements Activation {
        @Override
        public boolean differentiatesInput() {
            return true;
        }

        @Override
        public void forward(float[] x, int xOffset, float[] y, int yOffset, int rows, int width) {
            kernels().softplus(x, xOffset, y, yOffset, rows * width);
        }

        @Override
        public void backward(float[] known, int knownOffset, float[] dy, int dyOffset, int rows, int width) {
            kernels().softplusBackward(known, knownOffset, dy, dyOffset, rows * width);
        }
    }

    /** {@code y = x / (1 + |x|)}, {@code y' = 1 / (1 + |x|)^2 = (1 - |y|)^2} (Glorot and Bengio 2010). */
    @SpecName("softsign")
    record Softsign() implements Activation {
        @Override
        public void forward(float[] x, int xOffset, float[] y, int yOffset, int rows, int width) {
            kernels().softsign(x, xOffset, y, yOffset, rows * width);
        }

        @Override
        public void backward(float[] known, int knownOffset, float[] dy, int dyOffset, int rows, int width) {
            kernels().softsignBackward(known, knownOffset, dy, dyOffset, rows * width);
        }
    }

    /**
     * {@code y_j = exp(x_j) / sum_k exp(x_k)} over each row's last axis; {@code dx_j = y_j (dy_j - sum_k y_k dy_k)}.
     */
    @SpecName("softmax")
    record Softmax() implements Activation {
        @Override
        public void forward(float[] x, int xOffset, float[] y, int yOffset, int rows, int width) {
            for (int row = 0; row < rows; row++) {
                Kernels.get().softmax().softmax(x, xOffset + row * width, y, yOffset + row * width, width);
            }
        }

        @Override
        public void backward(float[] known, int knownOffset, float[] dy, int dyOffset, int rows, int width) {
            for (int row = 0; row < rows; row++) {
                Kernels.get()
                        .softmax()
                        .softmaxBackward(known, knownOffset + row * width, dy, dyOffset + row * width, width);
            }
        }
    }

    /** {@code y = exp(x)}, {@code y' = y}: turns the logarithm of a rate into the rate. */
    @SpecName("exponential")
    record Exponential() implements Activation {
        @Override
        public void forward(float[] x, int xOffset, float[] y, int yOffset, int rows, int width) {
            kernels().exp(x, xOffset, y, yOffset, rows * width);
        }

        @Override
        public void backward(float[] known, int knownOffset, float[] dy, int dyOffset, int rows, int width) {
            Kernels.get().elementwise().multiply(known, knownOffset, dy, dyOffset, dy, dyOffset, rows * width);
        }
    }

    /**
     * The first half of each row's last axis is a mean and stays as it is, the second half becomes a variance: {@code y
     * = softplus(x) + 1e-6}, {@code y' = sigmoid(x)}.
     */
    @SpecName("meanAndVariance")
    record MeanAndVariance() implements Activation {
        /** Least variance. */
        public static final double FLOOR = 1e-6;

        @Override
        public void check(String layer, Shape values) {
            if (values.last() % 2 != 0) {
                throw new IllegalArgumentException(layer
                        + ": expected an even number of values for meanAndVariance, a mean and a variance each, got "
                        + values);
            }
        }

        @Override
        public void forward(float[] x, int xOffset, float[] y, int yOffset, int rows, int width) {
            int half = width / 2;
            for (int row = 0; row < rows; row++) {
                int from = xOffset + row * width;
                int to = yOffset + row * width;
                System.arraycopy(x, from, y, to, half);
                kernels().softplus(x, from + half, y, to + half, half);
                for (int j = to + half; j < to + width; j++) {
                    y[j] += (float) FLOOR;
                }
            }
        }

        @Override
        public void backward(float[] known, int knownOffset, float[] dy, int dyOffset, int rows, int width) {
            int half = width / 2;
            for (int row = 0; row < rows; row++) {
                int at = dyOffset + row * width + half;
                kernels().softplusBackward(known, knownOffset + row * width + half, dy, at, half);
            }
        }

        @Override
        public boolean differentiatesInput() {
            return true;
        }
    }

    /** An {@link Activation} as a layer of its own: {@code y = f(x)} along the last axis. */
    record ActivationLayer(String name, Shape input, Activation activation) implements Layer {

        @Override
        public Shape output() {
            return input;
        }

        @Override
        public LayerReplica replica(Workspace workspace) {
            return new ActivationReplica(workspace);
        }

        private final class ActivationReplica implements LayerReplica {
            private final Tensor y;
            private final int rowsPerRow = input.size() / input.last();

            ActivationReplica(Workspace workspace) {
                y = workspace.allocate(input);
            }

            @Override
            public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
                activation.forward(x.array(), x.offset(), y.array(), 0, pass.rows() * rowsPerRow, input.last());
                return y;
            }

            @Override
            public @Nullable Tensor backward(
                    Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
                if (!wanted) {
                    return null;
                }
                Tensor known = activation.differentiatesInput() ? x : y;
                int rows = pass.rows() * rowsPerRow;
                activation.backward(known.array(), known.offset(), dy.array(), dy.offset(), rows, input.last());
                return dy;
            }
        }
    }
}
