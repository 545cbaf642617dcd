package dev.lockstep.nn.layer.recurrent;

import dev.lockstep.nn.kernel.Elementwise;
import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.kernel.Gemm;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.layer.InputGradient;
import dev.lockstep.nn.layer.LayerReplica;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.layer.Workspace;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Tensor;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@link RecurrentLayer} in one thread: the input's part of many steps is one product, the recurrent part one product a
 * step. Keeps inputs, gates and states of all steps; {@code tanh(c)} of an LSTM is computed again.
 */
final class RecurrentReplica implements LayerReplica {
    /**
     * So many sums are computed by one product for the steps to come: the second cache keeps them until their step,
     * which all of a long sequence would leave.
     */
    private static final int SUMS_AHEAD = 64 * 1024;

    private final RecurrentLayer layer;
    private final RecurrentCell cell;
    private final Gemm gemm;
    private final SequencePlan plan;
    private final RecurrentState state;
    private final RecurrentState.Step step = new RecurrentState.Step();
    private final StateDropout.Masks masks;
    private final boolean sequences;
    /** Whether the states before the first step are not 0. */
    private boolean continues;

    private final Tensor y;
    private final InputGradient inputGradient;
    private final float[] orderedInputs;
    private final float[] orderedGradients;
    private final float[] transposedRecurrent;
    private final Matrix left = new Matrix();
    private final Matrix right = new Matrix();
    private final Matrix product = new Matrix();
    private final Vector bias = new Vector();
    private final Vector sums = new Vector();
    private final Segments shards = new Segments();

    RecurrentReplica(RecurrentLayer layer, Workspace workspace) {
        this.layer = layer;
        cell = layer.cell();
        gemm = workspace.gemm();
        sequences = layer.output().rank() == 2;
        int steps = layer.input().dimension(0);
        int maxLines = Math.multiplyExact(workspace.maxRows(), steps);
        plan = new SequencePlan(workspace.maxRows(), steps);
        state = new RecurrentState(cell, workspace.maxRows(), maxLines);
        masks = new StateDropout.Masks(layer.dropout(), cell.units(), workspace.maxRows(), state.outputs().length);
        y = workspace.allocate(layer.output());
        inputGradient = new InputGradient(workspace, layer.input());
        orderedInputs = new float[Math.multiplyExact(maxLines, cell.joined())];
        for (int i = cell.joined() - 1; i < orderedInputs.length; i += cell.joined()) {
            orderedInputs[i] = 1f;
        }
        orderedGradients = new float[Math.multiplyExact(maxLines, cell.columns())];
        transposedRecurrent = new float[cell.units() * cell.columns()];
    }

    // ---- forward

    @Override
    public Tensor forward(Pass pass, Parameters parameters, Tensor x) {
        boolean carried = continues;
        continues = pass.continues();
        if (continues) {
            state.begin(plan.start(plan.steps() - 1), plan.rows());
        } else if (carried) {
            state.beginAnew();
        }
        plan.plan(pass);
        masks.draw(pass, plan);
        plan.toLines(x, cell.in(), state.inputs());
        int ready = 0;
        for (int t = 0; t < plan.steps(); t++) {
            if (t == ready) {
                ready = inputPart(parameters, t);
            }
            recurrentPart(parameters, t);
            step.at(cell, state, plan.active(t), plan.start(t), before(t));
            cell.forward(step, bias.at(parameters.theta(), cell.recurrentBias(), cell.units()));
        }
        if (sequences) {
            plan.fromLines(state.outputs(), state.stateOffset(0), cell.units(), y);
        } else {
            lastStates();
        }
        return y;
    }

    /**
     * Computes {@code x W + b} for a step and those after it, as far as {@link #SUMS_AHEAD}; returns the first step
     * that is left.
     */
    private int inputPart(Parameters parameters, int t) {
        int line = plan.start(t);
        int end = t + 1;
        while (end < plan.steps() && (plan.start(end + 1) - line) * (long) cell.columns() <= SUMS_AHEAD) {
            end++;
        }
        int lines = plan.start(end) - line;
        int columns = cell.columns();
        gemm.multiply(
                left.at(state.inputs(), line * cell.in(), lines, cell.in()),
                right.at(parameters.theta(), cell.weight(), cell.in(), columns),
                product.at(state.gates(), line * columns, lines, columns),
                Epilogue.BIAS,
                bias.at(parameters.theta(), cell.bias(), columns));
        return end;
    }

    /** Index of the states before a step: those of the step before it, or the zeros. */
    private int before(int step) {
        return step == 0 ? 0 : state.stateOffset(plan.start(step - 1));
    }

    /** Adds {@code h' U} to the gates' sums, or keeps it apart; before the first step of a sequence it is 0. */
    private void recurrentPart(Parameters parameters, int t) {
        int columns = cell.columns();
        int rows = plan.active(t);
        int at = plan.start(t) * columns;
        float[] recurrent = cell.separatesRecurrent() ? state.recurrent() : state.gates();
        if (t > 0 || continues) {
            masks.apply(state.outputs(), before(t), rows);
            gemm.multiply(
                    left.at(masks.states(state.outputs()), before(t), rows, cell.units()),
                    right.at(parameters.theta(), cell.recurrentWeight(), cell.units(), columns),
                    product.at(recurrent, at, rows, columns),
                    cell.separatesRecurrent() ? Epilogue.OVERWRITE : Epilogue.ACCUMULATE,
                    null);
        } else if (cell.separatesRecurrent()) {
            Arrays.fill(recurrent, at, at + rows * columns, 0f);
        }
    }

    private void lastStates() {
        int units = cell.units();
        for (int place = 0; place < plan.rows(); place++) {
            int to = y.rowOffset(plan.row(place));
            int length = plan.length(place);
            if (length == 0) {
                Arrays.fill(y.array(), to, to + units, 0f);
            } else {
                int from = state.stateOffset(plan.start(length - 1) + place);
                System.arraycopy(state.outputs(), from, y.array(), to, units);
            }
        }
    }

    // ---- backward

    @Override
    public @Nullable Tensor backward(
            Pass pass, Parameters parameters, Tensor x, Tensor dy, boolean wanted, Gradient gradient) {
        throughTime(pass, parameters, dy);
        weightGradients(gradient);
        if (!wanted) {
            return null;
        }
        gemm.multiply(
                left.at(state.gates(), 0, plan.lines(), cell.columns()),
                right.transposedAt(parameters.theta(), cell.weight(), cell.in(), cell.columns()),
                product.at(state.inputs(), 0, plan.lines(), cell.in()),
                Epilogue.OVERWRITE,
                null);
        Tensor dx = inputGradient.besides(dy);
        plan.fromLines(state.inputs(), 0, cell.in(), dx);
        return dx;
    }

    /** Turns gates into the gradients by their sums, from the last step to the first. */
    private void throughTime(Pass pass, Parameters parameters, Tensor dy) {
        state.clearGradients(plan.rows());
        if (!sequences) {
            for (int place = 0; place < plan.rows(); place++) {
                int from = dy.rowOffset(plan.row(place));
                System.arraycopy(dy.array(), from, state.dOutput(), place * cell.units(), cell.units());
            }
        }
        float[] dSums = cell.separatesRecurrent() ? state.recurrent() : state.gates();
        // Once for all steps, each of which would do it again.
        Kernels.get()
                .elementwise()
                .transpose(
                        cell.units(),
                        cell.columns(),
                        parameters.theta(),
                        cell.recurrentWeight(),
                        transposedRecurrent,
                        0);
        for (int t = plan.steps() - 1; t >= 0; t--) {
            int rows = plan.active(t);
            if (sequences) {
                addOutputGradients(dy, t);
            }
            cell.backward(step.at(cell, state, rows, plan.start(t), before(t)));
            if (t > 0 && pass.training() && layer.truncate() > 0 && t % layer.truncate() == 0) {
                state.clearGradients(rows);
            } else if (t > 0) {
                toStateBefore(dSums, t);
            }
        }
    }

    /** The gradient by the state before a step, through the recurrent product. */
    private void toStateBefore(float[] dSums, int t) {
        int rows = plan.active(t);
        boolean add = cell.separatesRecurrent();
        gemm.multiply(
                left.at(dSums, plan.start(t) * cell.columns(), rows, cell.columns()),
                right.at(transposedRecurrent, 0, cell.columns(), cell.units()),
                product.at(masks.gradients(state.dOutput()), 0, rows, cell.units()),
                add && !masks.drops() ? Epilogue.ACCUMULATE : Epilogue.OVERWRITE,
                null);
        if (masks.drops()) {
            masks.chain(state.dOutput(), rows, add);
        }
    }

    private void addOutputGradients(Tensor dy, int t) {
        Elementwise kernels = Kernels.get().elementwise();
        int units = cell.units();
        for (int place = 0; place < plan.active(t); place++) {
            int from = dy.rowOffset(plan.row(place)) + t * units;
            kernels.add(dy.array(), from, state.dOutput(), place * units, units);
        }
    }

    private void weightGradients(Gradient gradient) {
        orderInputs();
        float[] byGates = inOrder(state.gates());
        for (int i = 0; i < gradient.count(); i++) {
            Gradient.Node node = gradient.node(i);
            if (cell.separatesRecurrent()) {
                sumProducts(node, 0, cell.in(), byGates, cell.weight());
                sumColumns(node, byGates, 0, cell.columns(), cell.bias());
            } else {
                sumProducts(node, 0, cell.joined(), byGates, cell.weight());
            }
        }
        if (cell.separatesRecurrent()) {
            float[] byRecurrent = inOrder(state.recurrent());
            for (int i = 0; i < gradient.count(); i++) {
                Gradient.Node node = gradient.node(i);
                sumProducts(node, cell.in(), cell.units(), byRecurrent, cell.recurrentWeight());
                sumColumns(node, byRecurrent, cell.columns() - cell.units(), cell.units(), cell.recurrentBias());
            }
        }
    }

    /** Lines {@code [x, h', 1]} in the order of the sums. */
    private void orderInputs() {
        float[] states = masks.states(state.outputs());
        order(state.inputs(), cell.in(), orderedInputs, cell.joined());
        for (int i = 0; i < plan.lines(); i++) {
            int line = plan.lineBefore(i);
            int from = line < 0 ? 0 : state.stateOffset(line);
            System.arraycopy(states, from, orderedInputs, i * cell.joined() + cell.in(), cell.units());
        }
    }

    /** Gradients by the gates' sums in the order of the sums over lines, copied if need be. */
    private float[] inOrder(float[] gradients) {
        if (plan.inOrder()) {
            return gradients;
        }
        order(gradients, cell.columns(), orderedGradients, cell.columns());
        return orderedGradients;
    }

    private void order(float[] lines, int width, float[] ordered, int stride) {
        for (int i = 0; i < plan.lines(); i++) {
            System.arraycopy(lines, plan.lineInOrder(i) * width, ordered, i * stride, width);
        }
    }

    private void sumProducts(Gradient.Node node, int firstInput, int inputs, float[] gradients, int weight) {
        gemm.weightGradient(
                shards.at(plan.shardLines(), node.from(), node.to()),
                left.at(orderedInputs, firstInput, plan.lines(), inputs, cell.joined()),
                right.at(gradients, 0, plan.lines(), cell.columns()),
                product.at(node.array(weight), node.index(weight), inputs, cell.columns()));
    }

    private void sumColumns(Gradient.Node node, float[] gradients, int firstColumn, int columns, int to) {
        gemm.columnSums(
                shards.at(plan.shardLines(), node.from(), node.to()),
                left.at(gradients, firstColumn, plan.lines(), columns, cell.columns()),
                sums.at(node.array(to), node.index(to), columns));
    }
}
