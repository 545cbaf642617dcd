package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Two rounds of each rule against figures worked out by hand; all of them are exact in binary. */
class OuterOptimizerTest {
    private final float[] theta = {1, -2};
    private final float[] velocity = {0, 0};

    private void round(OuterOptimizer outer, float... displacement) {
        float[] mean = new float[theta.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = theta[i] + displacement[i];
        }
        outer.update(theta, mean, velocity);
    }

    @Test
    void thePlainMean() {
        OuterOptimizer plain = new OuterOptimizer.Plain();
        round(plain, 0.5f, 1);
        assertThat(theta).containsExactly(1.5f, -1);
        assertThat(plain.keepsVelocity()).isFalse();
    }

    @Test
    void nesterovStepsAlongTheDisplacementAndItsMomentum() {
        OuterOptimizer nesterov = new OuterOptimizer.Nesterov(0.5, 0.25);
        round(nesterov, 1, -1);
        // v = -+1, step 0.5 (1 + 0.25)
        assertThat(theta).containsExactly(1.625f, -2.625f);
        assertThat(velocity).containsExactly(-1, 1);
        round(nesterov, 1, 0);
        // v = -1.25 and 0.25, steps 0.5 (1 + 0.3125) and 0.5 (0.0625)
        assertThat(theta).containsExactly(2.28125f, -2.65625f);
        assertThat(velocity).containsExactly(-1.25f, 0.25f);
    }

    @Test
    void blockMomentumFiltersTheDisplacements() {
        OuterOptimizer bmuf = new OuterOptimizer.Bmuf(0.5, 0.75);
        round(bmuf, 1, -1);
        assertThat(theta).containsExactly(1.5f, -2.5f);
        assertThat(velocity).containsExactly(-0.5f, 0.5f);
        round(bmuf, 1, 0);
        // v = -0.375 - 0.5 and 0.375
        assertThat(theta).containsExactly(2.375f, -2.875f);
        assertThat(velocity).containsExactly(-0.875f, 0.375f);
    }

    @Test
    void defaultsAndRanges() {
        assertThat(new OuterOptimizer.Nesterov(null, null)).isEqualTo(new OuterOptimizer.Nesterov(0.7, 0.9));
        assertThat(new OuterOptimizer.Bmuf(null, null).over(8)).isEqualTo(new OuterOptimizer.Bmuf(1.0, 0.875));
        assertThat(new OuterOptimizer.Bmuf(null, null).over(1)).isEqualTo(new OuterOptimizer.Bmuf(1.0, 0.0));
        assertThat(new OuterOptimizer.Bmuf(null, 0.5).over(8)).isEqualTo(new OuterOptimizer.Bmuf(1.0, 0.5));
        TrainingPlan plan = new TrainingPlan(1, 4, 100, 10, 1);
        assertThat(new Synchronizer.Averaging(plan, 2, new OuterOptimizer.Bmuf(null, null), null).outer())
                .isEqualTo(new OuterOptimizer.Bmuf(null, 0.75));
        assertThatThrownBy(() -> new OuterOptimizer.Bmuf(0.0, null)).hasMessageContaining("learningRate");
        assertThatThrownBy(() -> new OuterOptimizer.Bmuf(null, 1.5)).hasMessageContaining("momentum");
    }
}
