package dev.lockstep.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.VariationalDense;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Networks that share their weights predict as the formula says; their training is held by the checks of all layers.
 */
class SharedEnsembleTest {
    private static final Loss NOISY = new GaussianNll(GaussianNll.Variance.LEARNED, null);

    private static Network bind(Ensemble ensemble) {
        ModelSpec spec = new ModelSpec(
                List.of(new Dense(3, new Activation.Tanh()), new BatchNorm(), new Dropout(0.5), new Dense(1)),
                NOISY,
                null,
                null,
                null,
                ensemble);
        return Network.bind(spec, Shape.of(2));
    }

    private static Parameters learned(Network network) {
        float[] theta = new float[network.parameterCount()];
        for (int i = 0; i < theta.length; i++) {
            theta[i] = (float) Math.sin(1.7 * i + 0.3);
        }
        return new Parameters(theta, new float[] {0.1f, 0.5f, -0.2f, 1.5f, 0.3f, 0.8f});
    }

    /** Tensors: W 2x3, r 2x2, s 2x3, b 2x3; gain 3, shift 3; W 3x1, r 2x3, s 2x1, b 2x1; noise 1. */
    private static double output(Parameters learned, int member, double[] x) {
        float[] theta = learned.theta();
        float[] buffers = learned.buffers();
        double y = theta[39 + member];
        for (int j = 0; j < 3; j++) {
            double z = 0;
            for (int i = 0; i < 2; i++) {
                z += x[i] * theta[6 + 2 * member + i] * theta[3 * i + j];
            }
            double h = Math.tanh(z * theta[10 + 3 * member + j] + theta[16 + 3 * member + j]);
            double normal = (h - buffers[2 * j]) / Math.sqrt(buffers[2 * j + 1] + 1e-5);
            double n = normal * theta[22 + j] + theta[25 + j];
            y += n * theta[31 + 3 * member + j] * theta[28 + j] * theta[37 + member];
        }
        return y;
    }

    @Test
    void predictionsAreThoseOfTheFormula() {
        Network network = bind(new Ensemble(2, true));
        assertThat(network.parameterCount()).isEqualTo(42);
        Parameters learned = learned(network);
        Predictor predictor = new Predictor(network, learned, Scaling.NONE, 1, 0, 2, false);
        Tensor predicted = predictor.predict(List.of(new float[] {0.4f, -1.1f}));
        double[] x = {0.4f, -1.1f};
        double[] outputs = {output(learned, 0, x), output(learned, 1, x)};
        double mean = (outputs[0] + outputs[1]) / 2;
        assertThat((double) predicted.array()[predicted.offset()]).isCloseTo(mean, within(1e-5));
        assertThat((double) predictor.uncertainty().epistemicVariance(0, 0))
                .isCloseTo((outputs[0] - mean) * (outputs[0] - mean), within(1e-5))
                .isGreaterThan(1e-3);
    }

    /** Numbers around 1, with a deviation of one half, tell the networks apart from the first step on. */
    @Test
    void theyBeginApart() {
        int members = 500;
        float[] wide = bind(new Ensemble(members, true)).initialize(3).theta();
        double sum = 0;
        double squares = 0;
        for (int i = 6; i < 6 + 2 * members; i++) {
            sum += wide[i];
            squares += wide[i] * wide[i];
        }
        double mean = sum / (2 * members);
        assertThat(mean).isCloseTo(1, within(0.05));
        assertThat(Math.sqrt(squares / (2 * members) - mean * mean)).isCloseTo(0.5, within(0.05));
        Network network = bind(new Ensemble(16, true));
        Predictor predictor = new Predictor(network, network.initialize(3), Scaling.NONE, 1, 0, 1, false);
        predictor.predict(List.of(new float[] {1, 2}));
        assertThat(predictor.uncertainty().epistemicVariance(0, 0)).isPositive();
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new Ensemble(1, true)).hasMessage("members: expected at least 2, got 1");
        Ensemble shared = new Ensemble(2, true);
        assertThatThrownBy(() -> Network.bind(
                        new ModelSpec(List.of(new BatchNorm()), new MeanSquaredError(), null, null, null, shared),
                        Shape.of(2)))
                .hasMessageStartingWith("model.ensemble.shared: expected a dense layer");
        assertThatThrownBy(() -> Network.bind(
                        new ModelSpec(
                                List.of(new Dense(2), new VariationalDense(1, null, null, null, null, null)),
                                new MeanSquaredError(),
                                null,
                                null,
                                null,
                                shared),
                        Shape.of(2)))
                .hasMessageContaining("got variationalDense_1");
    }
}
