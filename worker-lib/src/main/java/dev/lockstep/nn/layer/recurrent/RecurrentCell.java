package dev.lockstep.nn.layer.recurrent;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.layer.Gru;
import dev.lockstep.nn.layer.Lstm;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;

/**
 * One step of a recurrent layer: the sums {@code x W + b} of all gates are given, the recurrent part and the new state
 * are to come. {@code W [in, gates units]}, {@code U [units, gates units]} and {@code b [gates units]} lie one after
 * the other, so that they are one matrix {@code [in + units + 1, gates units]} for inputs {@code [x, h', 1]}.
 *
 * @param kind which formulas
 * @param in size of a step's input
 * @param units size of the state
 * @param weight where {@code W} begins among the parameters
 * @param bias where {@code b [gates units]} begins
 * @param recurrentBias where the candidate's recurrent bias {@code [units]} of a GRU begins; unused by others
 */
public record RecurrentCell(Kind kind, int in, int units, int weight, int bias, int recurrentBias) {

    /** The cells that there are. */
    public enum Kind {
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
     * @param step what it works on
     * @param recurrentBias read: the candidate's recurrent bias {@code [units]} of a GRU
     */
    void forward(RecurrentState.Step step, Vector recurrentBias) {
        Kernels kernels = Kernels.get();
        Matrix gates = step.gates();
        Matrix output = step.output();
        int count = output.rows() * units;
        switch (kind) {
            case TANH ->
                kernels.activations().tanh(gates.array(), gates.offset(), output.array(), output.offset(), count);
            case RELU ->
                kernels.activations().relu(gates.array(), gates.offset(), output.array(), output.offset(), count);
            case LSTM -> kernels.recurrent().lstm(gates, step.previousCell(), step.cell(), output);
            case GRU -> kernels.recurrent().gru(gates, step.recurrent(), recurrentBias, step.previousOutput(), output);
        }
    }

    /**
     * Computes the gradients by the gates' sums of a step from those by its states. For a GRU the gradient by the state
     * is overwritten with what reaches the state before directly.
     */
    void backward(RecurrentState.Step step) {
        Kernels kernels = Kernels.get();
        Matrix gates = step.gates();
        Matrix output = step.output();
        Matrix dOutput = step.dOutput();
        int count = output.rows() * units;
        switch (kind) {
            case TANH -> {
                System.arraycopy(dOutput.array(), dOutput.offset(), gates.array(), gates.offset(), count);
                kernels.activations()
                        .tanhBackward(output.array(), output.offset(), gates.array(), gates.offset(), count);
            }
            case RELU -> {
                System.arraycopy(dOutput.array(), dOutput.offset(), gates.array(), gates.offset(), count);
                kernels.activations()
                        .reluBackward(output.array(), output.offset(), gates.array(), gates.offset(), count);
            }
            case LSTM ->
                kernels.recurrent().lstmBackward(gates, step.previousCell(), step.cell(), dOutput, step.dCell());
            case GRU -> kernels.recurrent().gruBackward(gates, step.recurrent(), step.previousOutput(), dOutput);
        }
    }
}
