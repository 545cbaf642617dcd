package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.kernel.Reductions;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Conv2d;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.MaxPool2d;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the vector is cut into buckets and slices. */
class VectorSlicesTest {
    private static final List<LayerSpec> LENET = List.of(
            new Conv2d(20, 5, null, null),
            new MaxPool2d(2),
            new Conv2d(50, 5, null, null),
            new MaxPool2d(2),
            new Dense(500, new Activation.Relu()),
            new Dense(10));
    private static final int CONVOLUTIONS = 20 * 25 + 20 + 50 * 20 * 25 + 50;

    /** The dense layers are on their way while the gradients of the convolutions are computed. */
    @Test
    void lenetsConvolutionsAreABucketOfTheirOwn() {
        List<ParameterTensor> tensors = tensors(Shape.of(28, 28, 1), LENET);
        VectorSlices slices = VectorSlices.bucketed(tensors, 2);
        assertThat(slices.count()).isEqualTo(4);
        assertThat(slices.of(0)).containsExactly(0, 2);
        assertThat(slices.of(1)).containsExactly(1, 3);
        assertThat(slices.from(2)).isEqualTo(CONVOLUTIONS);
        assertThat(VectorSlices.whole(tensors, 2).count()).isEqualTo(2);
        assertThat(VectorSlices.bucketed(tensors, 32).count())
                .as("short slices")
                .isEqualTo(32);
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "2, 2", "3, 2", "8, 1"})
    void aLongTensorIsCutIntoEqualBuckets(int ranks, int buckets) {
        List<ParameterTensor> tensors = tensors(Shape.of(2000), List.of(new Dense(2000)));
        VectorSlices slices = VectorSlices.bucketed(tensors, ranks);
        assertThat(slices.count()).isEqualTo(buckets * ranks);
        int next = 0;
        for (int slice = 0; slice < slices.count(); slice++) {
            assertThat(slices.from(slice)).isEqualTo(next);
            assertThat(slices.from(slice) % Reductions.BLOCK).isZero();
            assertThat(slices.length(slice))
                    .isBetween(
                            4_002_000 / buckets / ranks - Reductions.BLOCK,
                            4_002_000 / buckets / ranks + Reductions.BLOCK);
            next = slices.to(slice);
        }
        assertThat(next).isEqualTo(4_002_000);
    }

    @Test
    void whatARankOwnsOfSeveralVectorsCanBePutBack() {
        VectorSlices slices = VectorSlices.bucketed(tensors(Shape.of(28, 28, 1), LENET), 3);
        int length = slices.to(slices.count() - 1);
        float[] vectors = new float[2 * length];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = i;
        }
        float[] copy = new float[vectors.length];
        for (int rank = 0; rank < 3; rank++) {
            float[] owned = slices.owned(rank, vectors);
            int first = slices.length(rank);
            assertThat(owned[0]).isEqualTo(slices.from(rank));
            assertThat(owned[first]).isEqualTo(length + slices.from(rank));
            assertThat(owned[2 * first]).isEqualTo(slices.from(rank + 3));
            slices.putOwned(rank, owned, copy);
        }
        assertThat(copy).isEqualTo(vectors);
    }

    private static List<ParameterTensor> tensors(Shape input, List<LayerSpec> layers) {
        return Network.bind(new ModelSpec(layers, new CrossEntropy()), input).parameters().stream()
                .map(range -> ParameterTensor.of(range, false))
                .toList();
    }
}
