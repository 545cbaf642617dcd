package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.ConvolutionShape;
import dev.lockstep.nn.kernel.WindowAxis;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.tensor.Shape;

/**
 * A map {@code L(x)} that is linear in its input and in its weights: a matrix product or a convolution. A row of the
 * input is one or more lines of {@link #channels()}, one for each step or place; a row of the output is lines of
 * {@link #units()}; the weights are a matrix of such lines too. Immutable.
 */
sealed interface LinearMap permits LinearMap.Product, LinearMap.Windows {
    /** Shape of the weights; the last dimension is {@link #units()}. */
    Shape weights();

    /** Shape of a row of the output; the last dimension is {@link #units()}. */
    Shape output();

    /** Length of a line of the input: what one step or place has. */
    int channels();

    /** Lines of the input that a row has. */
    int inputLines();

    /** Whether it can do with the entries of a sparse input. */
    default boolean readsEntries() {
        return false;
    }

    /** What computes it in one thread. */
    LinearMapReplica replica(Workspace workspace);

    /** Length of a line of the output. */
    default int units() {
        return weights().last();
    }

    /** How many steps of a row's output are valid; see {@link Layer#validSteps}. */
    int validSteps(int length);

    /** Lines of the output that a row has. */
    default int outputLines() {
        return output().size() / units();
    }

    /** Whether a row's steps or places use the same weights. */
    default boolean sharesWeights() {
        return outputLines() > 1;
    }

    /**
     * A matrix product of each line.
     *
     * @param inputLines steps of a row, each of which is mapped alike; 1 where a row is mapped as a whole
     */
    record Product(int inputLines, Shape weights, Shape output) implements LinearMap {

        /** Maps a sequence {@code [steps, in]} step by step, and any other input as one vector. */
        static Product of(Shape input, int units) {
            boolean steps = input.rank() == 2;
            return new Product(
                    steps ? input.dimension(0) : 1,
                    Shape.of(steps ? input.last() : input.size(), units),
                    steps ? Shape.of(input.dimension(0), units) : Shape.of(units));
        }

        @Override
        public int channels() {
            return weights.dimension(0);
        }

        @Override
        public boolean readsEntries() {
            return inputLines == 1;
        }

        @Override
        public int validSteps(int length) {
            return output.rank() == 2 ? length : Layer.NO_STEPS;
        }

        @Override
        public LinearMapReplica replica(Workspace workspace) {
            return new LinearMapReplica.Product(this, workspace);
        }
    }

    /** A convolution of each row. */
    record Windows(ConvolutionShape shape, Shape weights, Shape output) implements LinearMap {

        /** Windows over an image {@code [height, width, channels]}; see {@link #sequence}. */
        static Windows image(String layer, Shape input, ConvolutionShape shape) {
            checkGroups(layer, input, shape);
            WindowAxis vertical = shape.vertical();
            WindowAxis horizontal = shape.horizontal();
            return new Windows(
                    shape,
                    Shape.of(vertical.kernel(), horizontal.kernel(), shape.groupChannels(), shape.filters()),
                    Shape.of(vertical.output(), horizontal.output(), shape.filters()));
        }

        /**
         * Windows over a sequence {@code [steps, features]}.
         *
         * @param layer name of the layer
         * @throws IllegalArgumentException if the groups do not divide channels and filters, naming the layer
         */
        static Windows sequence(String layer, Shape input, ConvolutionShape shape) {
            checkGroups(layer, input, shape);
            WindowAxis axis = shape.horizontal();
            return new Windows(
                    shape,
                    Shape.of(axis.kernel(), shape.groupChannels(), shape.filters()),
                    Shape.of(axis.output(), shape.filters()));
        }

        private static void checkGroups(String layer, Shape input, ConvolutionShape shape) {
            if (shape.channels() % shape.groups() != 0 || shape.filters() % shape.groups() != 0) {
                throw new IllegalArgumentException(layer + ": expected channels and filters that " + shape.groups()
                        + " groups divide, got input " + input + " and " + shape.filters() + " filters");
            }
        }

        @Override
        public int channels() {
            return shape.channels();
        }

        @Override
        public int validSteps(int length) {
            return (output.rank() == 2 ? shape.horizontal() : shape.vertical()).windows(length);
        }

        @Override
        public int inputLines() {
            return shape.places();
        }

        @Override
        public LinearMapReplica replica(Workspace workspace) {
            return new LinearMapReplica.Windows(this, workspace);
        }
    }

    /** The specification of a layer {@code y = f(L(x) + b)}. */
    sealed interface Spec extends LayerSpec.LayerWithWeights permits Dense, Conv1d, Conv2d {

        /** {@code f}. */
        Activation activation();

        /** Whether there is a {@code b}. */
        Boolean bias();

        /** How the weights begin. */
        Initializer initializer();

        /**
         * {@code L} for an input.
         *
         * @param name name of the layer
         * @throws IllegalArgumentException if the input does not fit, naming the layer
         */
        LinearMap map(String name, Shape input);

        @Override
        default Layer bind(Shape input, ParameterLayout layout) {
            return LinearLayer.bind(layout.nameLayer(kind()), input, this, layout);
        }
    }
}
