package dev.lockstep.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScalingTest {
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(2, 2), Shape.of(1), true, false);

    @Test
    void refusesWhatMakesNoSense() {
        assertThatThrownBy(() -> Scaling.of(1, 0)).hasMessage("std: expected numbers above 0, got 0.0 at 0");
        assertThatThrownBy(() -> Scaling.of(Double.NaN, 1)).hasMessage("mean: expected finite numbers, got NaN at 0");
        assertThatThrownBy(() -> new Scaling(new float[2], new float[] {1}))
                .hasMessage("std: expected 2 numbers as mean has, got 1");
        assertThatThrownBy(() -> new Scaling(new float[3], new float[] {1, 1, 1}).checkedFor(Shape.of(2, 2)))
                .hasMessage("scaling: expected 1, 2 or 4 numbers for features of shape [2, 2], got 3");
        assertThat(Scaling.NONE.checkedFor(Shape.of(2, 2))).isSameAs(Scaling.NONE);
    }

    @Test
    void isStoredExactly() throws Exception {
        Scaling scaling = new Scaling(new float[] {0.1f, 1e-30f, -3}, new float[] {1 / 3f, 255, Float.MIN_VALUE});
        String json = SpecMapper.json().writeValueAsString(scaling);
        assertThat(SpecMapper.json().readValue(json, Scaling.class)).isEqualTo(scaling);
    }

    @Test
    void scalesTheRowsInUse() {
        Batch batch = new Batch(LAYOUT, 3, 1);
        batch.beginShard();
        batch.addRow(new float[] {1, 2, 3, 4, 9, 1}, 0, 0);
        batch.addRow(new float[] {5, 6, 7, 8, 9, 1}, 0, 0);
        batch.endShard();
        new Scaling(new float[] {1, 2}, new float[] {2, 3}).apply(batch);
        assertThat(batch.features().array()).containsExactly(0, 0, 1, 2 / 3f, 2, 4 / 3f, 3, 2, 0, 0, 0, 0);
    }

    @Test
    void standardisesByTheRowsOfAllShards() {
        int rows = 5000;
        Random random = new Random(1);
        float[] values = new float[rows * LAYOUT.width()];
        for (int row = 0; row < rows; row++) {
            values[row * 6] = (float) (1000 + random.nextGaussian());
            values[row * 6 + 1] = (float) (3 * random.nextGaussian());
            values[row * 6 + 2] = 7;
            values[row * 6 + 3] = random.nextInt(2);
            values[row * 6 + 5] = 1;
        }
        Moments expected = ShardTree.mergeAll(
                1,
                shard -> Moments.ofFeatures(
                        CanonicalOrder.shards(LAYOUT, values, rows, 1, 3).get(0), LAYOUT),
                Moments::merge);
        List<MemoryShard> shards = CanonicalOrder.shards(LAYOUT, values, rows, 7, 3);
        Moments moments = ShardTree.mergeAll(7, shard -> Moments.ofFeatures(shards.get(shard), LAYOUT), Moments::merge);
        assertThat(moments.count()).isEqualTo(rows);
        for (int column = 0; column < 4; column++) {
            double mean = 0;
            for (int row = 0; row < rows; row++) {
                mean += values[row * 6 + column] / (double) rows;
            }
            double variance = 0;
            for (int row = 0; row < rows; row++) {
                double difference = values[row * 6 + column] - mean;
                variance += difference * difference / rows;
            }
            assertThat(moments.mean(column)).isCloseTo(mean, within(1e-9));
            assertThat(moments.variance(column)).isCloseTo(variance, within(1e-9));
            assertThat(expected.variance(column)).isCloseTo(variance, within(1e-9));
        }
        Scaling scaling = Scaling.standardise(moments);
        assertThat(scaling.mean()[2]).isEqualTo(7);
        assertThat(scaling.std()[2]).isEqualTo(1);
        assertThat(scaling.std()[0]).isCloseTo(1, within(0.05f));
    }

    /** Valid steps alone, those of all places together. */
    @Test
    void stepsOfRowsOfUnequalLengthAreMeasuredTogether() {
        RowLayout layout = new RowLayout(Shape.of(3, 2), Shape.of(1), false, true);
        float[] rows = {
            1, 10, 3, 20, 99, Float.NaN, 0, 2,
            5, 30, 1e9f, 7, 7, 7, 0, 1,
            8, 8, 8, 8, 8, 8, 0, 0
        };
        MemoryShard shard = CanonicalOrder.shards(layout, rows, 3, 1, 3).get(0);
        Moments moments = Moments.ofFeatures(shard, layout);
        assertThat(moments.columns()).isEqualTo(2);
        assertThat(moments.count()).isEqualTo(3);
        assertThat(moments.mean(0)).isCloseTo(3, within(1e-12));
        assertThat(moments.mean(1)).isCloseTo(20, within(1e-12));
        assertThat(moments.variance(0)).isCloseTo(8 / 3.0, within(1e-12));
    }

    @Test
    void aShardWithoutRowsHasNoMoments() {
        List<MemoryShard> shards = CanonicalOrder.shards(LAYOUT, new float[6], 1, 2, 3);
        assertThat(Moments.ofFeatures(shards.get(0), LAYOUT)).isNull();
        assertThat(ShardTree.mergeAll(2, shard -> Moments.ofFeatures(shards.get(shard), LAYOUT), Moments::merge)
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aDescriptionWithoutNumbersIsRefused() throws Exception {
        assertThatThrownBy(
                        () -> SpecMapper.bind(SpecMapper.json().readTree("{\"std\": [1]}"), Scaling.class, "scaling"))
                .hasMessageContaining("scaling.mean: missing");
    }
}
