package dev.lockstep.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Lstm;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What rows to be predicted have to be like. */
class PredictorTest {
    private static Predictor predictor() {
        Network network = Network.bind(
                new ModelSpec(List.of(new Lstm(3, false), new Dense(1)), new MeanSquaredError()), Shape.of(2, 1));
        return new Predictor(network, network.initialize(1), Scaling.NONE, 1, 0, 1, true);
    }

    @ParameterizedTest
    @ValueSource(floats = {-1, 3, 1.5f, Float.NaN})
    void aSequenceHasAWholeNumberOfSteps(float length) {
        assertThatThrownBy(() -> predictor().predict(List.of(new float[] {1, 2, length})))
                .hasMessage("expected a whole number of steps from 0 to 2, got " + length);
    }

    @Test
    void aSequenceMayBeEmptyOrWhole() {
        for (float length : new float[] {0, 2}) {
            float[] prediction =
                    predictor().predict(List.of(new float[] {1, 2, length})).array();
            assertThat(prediction[0]).isFinite();
        }
    }
}
