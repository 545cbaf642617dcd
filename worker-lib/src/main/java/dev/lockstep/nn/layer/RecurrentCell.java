package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.Kernels;

/**
 * What one recurrent layer does in one step: the sums {@code x W + b} of all gates are given, the recurrent part and
 * the new state are to come. {@code W [in, gates units]}, {@code U [units, gates units]} and {@code b [gates units]}
 * lie one after the other, so that they are one matrix {@code [in + units + 1, gates units]} for inputs {@code [x, h',
 * 1]}.
 *
 * @param kind which formulas
 * @param in size of a step's input
 * @param units size of the state
 * @param weight where {@code W} begins among the parameters
 * @param bias where {@code b [gates units]} begins
 * @param recurrentBias where the candidate's recurrent bias {@code [units]} of a GRU begins; unused by others
 */
record RecurrentCell(Kind kind, int in, int units, int weight, int bias, int recurrentBias) {

    /** The cells that there are. */
    enum Kind {
        /** {@code h = tanh(s)}. */
        TANH(1),
        /** {@code h = max(s, 0)}. */
        RELU(1),
        /** See {@link Lstm}. */
        LSTM(4),
        /** See {@link Gru}. */
        GRU(3);

        private final int gates;

        Kind(int gates) {
            this.gates = gates;
        }

        /** How many gates it has. */
        int gates() {
            return gates;
        }
    }

    /** Columns of {@code W} and {@code U}. */
    int columns() {
        return kind.gates() * units;
    }

    /** How long {@code [x, h', 1]} is. */
    int joined() {
        return in + units + 1;
    }

    /** Where {@code U} begins among the parameters. */
    int recurrentWeight() {
        return weight + in * columns();
    }

    /** Whether the cell has a second state beside its output. */
    boolean keepsCell() {
        return kind == Kind.LSTM;
    }

    /** Whether the recurrent product {@code h' U} enters the step apart from {@code x W + b}. */
    boolean separatesRecurrent() {
        return kind == Kind.GRU;
    }

    /**
     * Computes the states of a step.
     *
     * @param state the arrays
     * @param theta read
     * @param rows rows that take part
     * @param line their first line
     * @param before their first place among the states before the step
     */
    void forward(RecurrentState state, float[] theta, int rows, int line, int before) {
        Kernels kernels = Kernels.get();
        int at = state.stateOffset(line);
        int gatesAt = line * columns();
        switch (kind) {
            case TANH -> kernels.activations().tanh(state.gates(), gatesAt, state.outputs(), at, rows * units);
            case RELU -> kernels.activations().relu(state.gates(), gatesAt, state.outputs(), at, rows * units);
            case LSTM ->
                kernels.recurrent()
                        .lstm(
                                rows,
                                units,
                                state.gates(),
                                gatesAt,
                                state.cells(),
                                before,
                                state.cells(),
                                at,
                                state.outputs(),
                                at);
            case GRU ->
                kernels.recurrent()
                        .gru(
                                rows,
                                units,
                                state.gates(),
                                gatesAt,
                                state.recurrent(),
                                gatesAt,
                                theta,
                                recurrentBias,
                                state.outputs(),
                                before,
                                state.outputs(),
                                at);
        }
    }

    /**
     * Computes the gradients by the gates' sums of a step from those by its states; see {@link #forward} for the
     * arguments. For a GRU the gradient by the state is overwritten with what reaches the state before directly.
     */
    void backward(RecurrentState state, int rows, int line, int before) {
        Kernels kernels = Kernels.get();
        int at = state.stateOffset(line);
        int gatesAt = line * columns();
        switch (kind) {
            case TANH -> {
                System.arraycopy(state.dOutput(), 0, state.gates(), gatesAt, rows * units);
                kernels.activations().tanhBackward(state.outputs(), at, state.gates(), gatesAt, rows * units);
            }
            case RELU -> {
                System.arraycopy(state.dOutput(), 0, state.gates(), gatesAt, rows * units);
                kernels.activations().reluBackward(state.outputs(), at, state.gates(), gatesAt, rows * units);
            }
            case LSTM ->
                kernels.recurrent()
                        .lstmBackward(
                                rows,
                                units,
                                state.gates(),
                                gatesAt,
                                state.cells(),
                                before,
                                state.cells(),
                                at,
                                state.dOutput(),
                                0,
                                state.dCell(),
                                0);
            case GRU ->
                kernels.recurrent()
                        .gruBackward(
                                rows,
                                units,
                                state.gates(),
                                gatesAt,
                                state.recurrent(),
                                gatesAt,
                                state.outputs(),
                                before,
                                state.dOutput(),
                                0);
        }
    }
}
