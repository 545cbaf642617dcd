package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The loss of each row of a pass, before any summation.
 *
 * @param loss weighted loss
 * @param weight weight the loss was multiplied with: row weight times class weight times unmasked steps
 * @param score weighted count of right answers, or weighted squared error ({@link Likelihood#score()} says which)
 * @param scoreWeight weight the score was multiplied with: the same without the class weight
 * @param heads room for each head, where a loss has several; empty: it has not
 */
public record RowLosses(double[] loss, double[] weight, double[] score, double[] scoreWeight, List<Head> heads) {

    /** Room for a number of rows of a loss with one head. */
    public RowLosses(int maxRows) {
        this(maxRows, List.of());
    }

    /** Room for a number of rows of a loss with several heads. */
    RowLosses(int maxRows, List<Head> heads) {
        this(new double[maxRows], new double[maxRows], new double[maxRows], new double[maxRows], heads);
    }

    /**
     * A head's share of a pass: the losses of its rows, and views of its part of outputs, targets and scaling. A view
     * is made when it is asked for of something else than before, so that step after step over the same arrays
     * allocates nothing.
     */
    static final class Head {
        private final HeadsLikelihood.Part part;
        private final Loss loss;
        private final double weight;
        private final RowLosses losses;
        private final View output = new View();
        private final View target = new View();
        private final View gradient = new View();
        private @Nullable Scaling scaled;
        private @Nullable Scaling scaling;

        /**
         * Room for a head.
         *
         * @param part where it is
         * @param loss of its outputs
         * @param weight of the loss
         * @param maxRows most rows of a pass
         */
        Head(HeadsLikelihood.Part part, Loss loss, double weight, int maxRows) {
            this.part = part;
            this.loss = loss;
            this.weight = weight;
            losses = loss.newRows(maxRows);
        }

        /** The last part of a tensor that was asked for. */
        private static final class View {
            private @Nullable Tensor whole;
            private @Nullable Tensor own;

            /** The part, if it is of this tensor. */
            @Nullable
            Tensor of(Tensor all) {
                return whole == all ? own : null;
            }

            Tensor keep(Tensor all, Tensor made) {
                whole = all;
                own = made;
                return made;
            }
        }

        HeadsLikelihood.Part part() {
            return part;
        }

        Loss loss() {
            return loss;
        }

        /** Factor of its loss. */
        double weight() {
            return weight;
        }

        /** Loss, weight and score of each row. */
        RowLosses losses() {
            return losses;
        }

        /** Its part of outputs. */
        Tensor outputs(Tensor all) {
            Tensor known = output.of(all);
            return known == null ? output.keep(all, part.outputs(all)) : known;
        }

        /** Its part of targets. */
        Tensor targets(Tensor all) {
            Tensor known = target.of(all);
            return known == null ? target.keep(all, part.targets(all)) : known;
        }

        /** Its part of gradients by the outputs. */
        Tensor gradients(Tensor all) {
            Tensor known = gradient.of(all);
            return known == null ? gradient.keep(all, part.outputs(all)) : known;
        }

        /** Its part of a scaling of all targets; null where its own are not scaled. */
        @Nullable
        Scaling scaling(@Nullable Scaling all) {
            if (scaled != all) {
                scaling = part.scaling(all);
                scaled = all;
            }
            return scaling;
        }
    }
}
