package dev.lockstep.nn.posterior;

import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.Horizon;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Spread;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Laplace's approximation for the last layer (MacKay 1992; Daxberger et al. 2021): its weights are {@code N(w, (H + p
 * I)^-1)} about those that were learned, {@code H} the {@link Curvature} of the training rows and {@code p} the
 * precision of a Gaussian prior. The network is the one that was trained; its predictive samples differ in the last
 * layer. One pass over the training rows, sums along the shard tree, and a matrix of as many rows as the layer has
 * weights and biases; of more than {@value Curvature#MOST_WEIGHTS} the product of two small ones that is nearest to it
 * (Ritter, Botev and Barber 2018).
 *
 * <p>Without a precision it is the one with the greatest marginal likelihood, by MacKay's fixed point {@code p = g /
 * |w|^2}, {@code g = n - p tr (H + p I)^-1} the effective number of parameters. The networks of an ensemble each have
 * their own.
 *
 * @param priorPrecision {@code p}, above 0; that of the greatest marginal likelihood unless given
 */
@SpecName("laplace")
public record Laplace(@Nullable Double priorPrecision) implements WeightPosterior {
    private static final int MOST_ITERATIONS = 100;
    private static final double TOLERANCE = 1e-4;
    private static final double LEAST_PRECISION = 1e-6;
    private static final double MOST_PRECISION = 1e12;

    /** Checks. */
    public Laplace {
        if (priorPrecision != null) {
            Expect.positive("priorPrecision", priorPrecision);
        }
    }

    @Override
    public void check(Network network, Optimizer optimizer, Horizon horizon) {
        WeightPosterior.super.check(network, optimizer, horizon);
        Curvature.check(network);
    }

    @Override
    public Fitted fit(Network network, Rows rows, Parameters learned) {
        CurvatureSum sum = rows.curvature(learned);
        if (sum == null) {
            return new Fitted(learned, "");
        }
        List<Layer.Weights> weights = network.lastWeights();
        int each = sum.values().length / weights.size();
        List<Spread.Block> blocks = new ArrayList<>();
        List<Fit> fits = new ArrayList<>();
        for (int member = 0; member < weights.size(); member++) {
            Layer.Weights layer = weights.get(member);
            Fit fit = fit(Curvature.information(layer, sum.values(), member * each), layer, learned.theta());
            blocks.add(fit.matrix().block(layer.offset()));
            fits.add(fit);
        }
        Spread.Form form = new Spread.Form(Spread.Draw.GAUSSIAN, blocks);
        float[] values = new float[form.size()];
        int at = 0;
        for (Fit fit : fits) {
            at = fit.matrix().copy(values, at);
        }
        return new Fitted(learned.with(new Spread(form, values)), notice(fits));
    }

    private static String notice(List<Fit> fits) {
        Fit first = fits.get(0);
        return String.format(
                Locale.ROOT,
                "train.posterior.laplace: precision of the prior %.4g, %.1f of %d weights of the last layer are"
                        + " determined by the rows%s",
                first.prior(),
                first.effective(),
                first.matrix().size(),
                fits.size() == 1 ? "" : " (the first of " + fits.size() + " networks)");
    }

    /**
     * The distribution of a layer's weights.
     *
     * @param prior its precision
     * @param effective number of parameters that the rows determine
     * @param matrix precision of the weights
     */
    private record Fit(double prior, double effective, PrecisionMatrix matrix) {}

    private Fit fit(PrecisionMatrix.Information information, Layer.Weights layer, float[] theta) {
        double squares = 0;
        for (int i = 0; i < layer.length(); i++) {
            double weight = theta[layer.offset() + i];
            squares += weight * weight;
        }
        double prior = priorPrecision == null ? 1 : priorPrecision;
        for (int iteration = 0; ; iteration++) {
            PrecisionMatrix matrix = information.plus(prior);
            double effective = layer.length() - prior * matrix.inverseTrace();
            double next = Math.min(Math.max(effective / squares, LEAST_PRECISION), MOST_PRECISION);
            if (priorPrecision != null || Math.abs(next - prior) <= TOLERANCE * prior || iteration == MOST_ITERATIONS) {
                return new Fit(prior, effective, matrix);
            }
            prior = next;
        }
    }
}
