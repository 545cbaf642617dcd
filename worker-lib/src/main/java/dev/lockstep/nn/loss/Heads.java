package dev.lockstep.nn.loss;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Several losses of one network, each of some of its outputs and with target columns of its own (multi-task learning;
 * Caruana 1997): {@code l = sum_h w_h l_h}. The first head has the first outputs and the first target columns, the next
 * one those behind them. Gradient of a head's outputs: {@code w_h} times that of its loss.
 *
 * <p>A row's loss weighs what the row weighs: class weights of a head are factors of its loss, and not divided out
 * again as they are where it is the only one. The score is the first head's. Where weights are distributions, a head's
 * likelihood counts {@code w_h / d_h} times, with {@code d_h} the targets that its loss averages over.
 *
 * <p>Output {@code [sum of the heads' outputs]}, target {@code [sum of their columns]}.
 *
 * @param heads by name, in their order
 */
@SpecName("heads")
public record Heads(@JsonValue Map<String, Head> heads) implements Loss {

    /**
     * One of the losses.
     *
     * @param loss of its outputs
     * @param outputs how many outputs it has
     * @param label the columns of its target; the one that is called as the head is unless given
     * @param weight {@code w}; 1 unless given
     * @param classes names of its classes in the order of their indexes; null: they are called by their index
     */
    public record Head(
            @JsonProperty(required = true) Loss loss,
            @JsonProperty(required = true) Integer outputs,
            @Nullable List<String> label,
            Double weight,
            @Nullable List<String> classes)
            implements Serializable {
        /** Checks. */
        public Head {
            Expect.present("loss", loss);
            Expect.atLeast("outputs", Expect.present("outputs", outputs), 1);
            label = label == null ? null : Expect.notEmpty("label", label);
            weight = weight == null ? 1 : Expect.positive("weight", weight);
            classes = classes == null ? null : Expect.notEmpty("classes", classes);
            if (!loss.targetColumns().isEmpty()) {
                throw new IllegalArgumentException("loss: expected one loss, got heads again");
            }
            if (loss.noise() != null) {
                throw new IllegalArgumentException("loss: a variance that is learned or given takes all outputs of a"
                        + " network; expected variance: predicted");
            }
            if (loss.balances()) {
                throw new IllegalArgumentException("loss: classWeights: balanced is for the only loss of a network;"
                        + " expected a factor for each class");
            }
        }

        /** Its outputs are all that the loss sees, its target is the column that is called as it is. */
        @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
        public Head(Loss loss, int outputs) {
            this(loss, outputs, null, null, null);
        }
    }

    /** Heads by name. */
    @JsonCreator
    public static Heads of(Map<String, Head> heads) {
        return new Heads(heads);
    }

    /** Checks. */
    public Heads {
        heads = Collections.unmodifiableMap(new LinkedHashMap<>(heads));
        if (heads.isEmpty()) {
            throw new IllegalArgumentException("expected at least one head, got none");
        }
        Set<String> columns = new HashSet<>();
        heads.forEach((name, head) -> {
            if (name.isBlank()) {
                throw new IllegalArgumentException("expected a name for each head, got a blank one");
            }
            checkClasses(name, head);
            for (String column : label(name, head)) {
                if (!columns.add(column)) {
                    throw new IllegalArgumentException(name + ".label: column " + column
                            + " is a target already; expected columns that no other head has");
                }
            }
        });
    }

    private static void checkClasses(String name, Head head) {
        List<String> classes = head.classes();
        if (classes == null) {
            return;
        }
        if (!classifies(name, head)) {
            throw new IllegalArgumentException(
                    name + ".classes: its loss predicts numbers; expected none, or a loss of classes");
        }
        int expected = Math.max(2, head.outputs());
        if (classes.size() != expected) {
            throw new IllegalArgumentException(name + ".classes: expected " + expected + " names for " + head.outputs()
                    + " outputs, got " + classes.size());
        }
        if (new HashSet<>(classes).size() != classes.size()) {
            throw new IllegalArgumentException(name + ".classes: expected each name once, got " + classes);
        }
    }

    private static List<String> label(String name, Head head) {
        return head.label() == null ? List.of(name) : head.label();
    }

    private static boolean classifies(String name, Head head) {
        return head.loss().likelihood().classifies(label(name, head).size());
    }

    private static int classes(String name, Head head) {
        return classifies(name, head) ? Math.max(2, head.outputs()) : 0;
    }

    @Override
    public List<TargetColumn> targetColumns() {
        List<TargetColumn> columns = new ArrayList<>();
        heads.forEach((name, head) -> {
            int classes = classes(name, head);
            label(name, head).forEach(column -> columns.add(new TargetColumn(column, classes, head.classes())));
        });
        return columns;
    }

    @Override
    public void check(Shape output, Shape target, int classes) {
        int outputs = heads.values().stream().mapToInt(Head::outputs).sum();
        if (output.rank() != 1 || output.size() != outputs) {
            throw new IllegalArgumentException("heads: expected a network with the output [" + outputs
                    + "], as many as the heads have together, got " + output);
        }
        int columns = targetColumns().size();
        if (target.size() != columns) {
            throw new IllegalArgumentException(
                    "heads: expected a target of the heads' " + columns + " columns, got " + target);
        }
        for (HeadsLikelihood.Part part : likelihood().parts()) {
            try {
                Objects.requireNonNull(heads.get(part.name()))
                        .loss()
                        .check(part.output(), part.target(), part.classes());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("head " + part.name() + ": " + e.getMessage(), e);
            }
        }
    }

    @Override
    public HeadsLikelihood likelihood() {
        List<HeadsLikelihood.Part> parts = new ArrayList<>();
        int outputAt = 0;
        int targetAt = 0;
        for (Map.Entry<String, Head> entry : heads.entrySet()) {
            Head head = entry.getValue();
            int columns = label(entry.getKey(), head).size();
            parts.add(new HeadsLikelihood.Part(
                    entry.getKey(),
                    head.loss().likelihood(),
                    outputAt,
                    Shape.of(head.outputs()),
                    targetAt,
                    Shape.of(columns),
                    classes(entry.getKey(), head),
                    head.classes()));
            outputAt += head.outputs();
            targetAt += columns;
        }
        return new HeadsLikelihood(parts);
    }

    @Override
    public RowLosses newRows(int maxRows) {
        return new RowLosses(
                maxRows,
                likelihood().parts().stream()
                        .map(part -> {
                            Head head = Objects.requireNonNull(heads.get(part.name()));
                            return new RowLosses.Head(part, head.loss(), head.weight(), maxRows);
                        })
                        .toList());
    }

    @Override
    public boolean scalesWithTargets() {
        return heads.values().stream().anyMatch(head -> head.loss().scalesWithTargets());
    }

    @Override
    public void evaluate(Pass pass, Tensor output, Tensor target, float[] weights, Tensor dOutput, RowLosses rows) {
        train(pass, output, target, null, weights, dOutput, rows);
    }

    @Override
    public void train(
            Pass pass,
            Tensor output,
            Tensor target,
            @Nullable Scaling scaling,
            float[] weights,
            Tensor dOutput,
            RowLosses rows) {
        for (int i = 0; i < rows.heads().size(); i++) {
            RowLosses.Head head = rows.heads().get(i);
            head.loss()
                    .train(
                            pass,
                            head.outputs(output),
                            head.targets(target),
                            head.scaling(scaling),
                            weights,
                            head.gradients(dOutput),
                            head.losses());
        }
        addUp(pass, weights, dOutput, rows);
    }

    @Override
    public void evaluateInOwnUnits(
            Pass pass,
            Tensor output,
            Tensor target,
            @Nullable Scaling scaling,
            float[] weights,
            Tensor dOutput,
            RowLosses rows) {
        for (int i = 0; i < rows.heads().size(); i++) {
            RowLosses.Head head = rows.heads().get(i);
            head.loss()
                    .evaluateInOwnUnits(
                            pass,
                            head.outputs(output),
                            head.targets(target),
                            head.scaling(scaling),
                            weights,
                            head.gradients(dOutput),
                            head.losses());
        }
        addUp(pass, weights, dOutput, rows);
    }

    /** Weighs the heads' losses and gradients; the score is the first one's. */
    private static void addUp(Pass pass, float[] weights, Tensor dOutput, RowLosses rows) {
        Arrays.fill(rows.loss(), 0, pass.rows(), 0);
        for (int i = 0; i < rows.heads().size(); i++) {
            RowLosses.Head head = rows.heads().get(i);
            double[] own = head.losses().loss();
            for (int row = 0; row < pass.rows(); row++) {
                rows.loss()[row] += head.weight() * own[row];
            }
            if (head.weight() != 1) {
                scale(head.gradients(dOutput), pass.rows(), (float) head.weight());
            }
        }
        RowLosses first = rows.heads().get(0).losses();
        for (int row = 0; row < pass.rows(); row++) {
            rows.weight()[row] = weights[row];
            rows.score()[row] = first.score()[row];
            rows.scoreWeight()[row] = first.scoreWeight()[row];
        }
    }

    private static void scale(Tensor gradients, int rows, float factor) {
        for (int row = 0; row < rows; row++) {
            int at = gradients.rowOffset(row);
            for (int i = at; i < at + gradients.shape().size(); i++) {
                gradients.array()[i] *= factor;
            }
        }
    }
}
