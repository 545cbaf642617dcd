package dev.lockstep.spark.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.GradientRows;
import dev.lockstep.nn.param.GradientSlice;
import dev.lockstep.nn.param.GradientVector;
import dev.lockstep.nn.param.RowTensor;
import dev.lockstep.nn.train.GradientFormat;
import dev.lockstep.nn.train.StepSum;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Gradient sums on their way from the executors to the driver. */
class SumCodecTest {
    /** Four parameters in an array, then rows 1 and 999,999 of a table, then one parameter more. */
    @Test
    void rowsTravelWithoutThoseInBetween() {
        RowTensor table = new RowTensor(4, 1_000_000, 2);
        GradientRows rows =
                new GradientRows(table, new int[] {1, 999_999}, new float[] {1, -0f, 3, 4}, 0, 2, 4, table.end());
        GradientVector gradient = new GradientVector(List.of(
                new GradientSlice(new float[] {9, 5, 6, 7, 8}, 1, 0, 4),
                rows,
                new GradientSlice(new float[] {10}, 0, table.end(), table.end() + 1)));
        LossSum losses = new LossSum(5, 6, 7, 10, 8, 9);
        StepSum sum = new StepSum(gradient, GradientFormat.FLOAT32, new double[] {0.1, 0.2}, losses);
        List<ShardTree.Partial<StepSum>> nodes = List.of(
                new ShardTree.Partial<>(new ShardTree.Node(0, 2), sum),
                new ShardTree.Partial<>(new ShardTree.Node(2, 3), null));

        byte[] bytes = SumCodec.STEPS.encode(nodes);
        List<ShardTree.Partial<StepSum>> decoded = SumCodec.STEPS.decode(bytes);

        assertThat(bytes).hasSizeLessThan(250);
        assertThat(SumCodec.STEPS.bytes(nodes)).isEqualTo(bytes.length);
        assertThat(decoded).hasSize(2);
        assertThat(decoded.get(1)).isEqualTo(nodes.get(1));
        StepSum read = decoded.get(0).sum();
        assertThat(read.losses()).isEqualTo(losses);
        assertThat(read.moments()).containsExactly(0.1, 0.2);
        GradientSlice first = (GradientSlice) read.gradient().pieces().get(0);
        assertThat(first.values()).containsExactly(5, 6, 7, 8);
        GradientRows readRows = (GradientRows) read.gradient().pieces().get(1);
        assertThat(readRows.tensor()).isEqualTo(table);
        assertThat(readRows.numbers()).containsExactly(1, 999_999);
        assertThat(readRows.values()).isEqualTo(rows.values());
        assertThat(read.gradient().piece(table.end()).from()).isEqualTo(table.end());
        assertThat(read.gradient().to()).isEqualTo(table.end() + 1);
    }
}
