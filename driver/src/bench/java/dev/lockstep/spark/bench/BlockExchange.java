package dev.lockstep.spark.bench;

import dev.lockstep.nn.kernel.Kernels;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.BlockData;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.storage.TestBlockId;
import org.apache.spark.util.io.ChunkedByteBuffer;
import scala.Option;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * The exchange that BigDL uses (Dai et al. 2019), over Spark's block manager, with whole floats: two jobs a step. In
 * the first each rank gets all slices of the parameters, computes, and puts its gradient as a block for each slice; in
 * the second the owner of a slice gets all ranks' blocks for it, adds them up, takes the step and puts the new slice of
 * the parameters.
 */
final class BlockExchange extends Way.StepByStep {
    private static final float RATE = 1e-9f;

    private final Names names;
    private final JavaRDD<Integer> ranks;
    private final int rankCount;
    private long steps;

    BlockExchange(JavaSparkContext context, int parameters, int rankCount) {
        this.rankCount = rankCount;
        names = new Names(parameters, rankCount);
        ranks = context.parallelize(IntStream.range(0, rankCount).boxed().toList(), rankCount);
        Names blocks = names;
        ranks.foreach(slice -> {
            float[] zeros = new float[blocks.length(slice)];
            Blocks.put(blocks.parameters(0, slice), zeros, 0, zeros.length);
        });
    }

    /** The slices and the blocks that hold them. */
    private record Names(int parameters, int ranks) implements Serializable {
        int from(int slice) {
            return (int) ((long) parameters * slice / ranks);
        }

        int length(int slice) {
            return from(slice + 1) - from(slice);
        }

        BlockId parameters(long step, int slice) {
            return new TestBlockId("parameters-" + parameters + "-" + step + "-" + slice);
        }

        BlockId gradient(long step, int rank, int slice) {
            return new TestBlockId("gradient-" + parameters + "-" + step + "-" + rank + "-" + slice);
        }
    }

    @Override
    void step() {
        long step = steps++;
        Names blocks = names;
        int count = rankCount;
        ranks.foreach(rank -> {
            float[] theta = new float[blocks.parameters()];
            for (int slice = 0; slice < count; slice++) {
                Blocks.get(blocks.parameters(step, slice), theta, blocks.from(slice), blocks.length(slice));
            }
            float[] gradient = Gradients.of(theta, rank);
            for (int slice = 0; slice < count; slice++) {
                Blocks.put(blocks.gradient(step, rank, slice), gradient, blocks.from(slice), blocks.length(slice));
            }
        });
        ranks.foreach(slice -> {
            int length = blocks.length(slice);
            float[] sum = new float[length];
            float[] part = new float[length];
            for (int rank = 0; rank < count; rank++) {
                Blocks.get(blocks.gradient(step, rank, slice), part, 0, length);
                Kernels.get().elementwise().add(part, 0, sum, 0, length);
            }
            Blocks.get(blocks.parameters(step, slice), part, 0, length);
            Kernels.get().elementwise().axpy(-RATE, sum, 0, part, 0, length);
            Blocks.put(blocks.parameters(step + 1, slice), part, 0, length);
            forget(blocks, step, count);
        });
    }

    /** Removes what lies in this process and nobody reads any more. */
    private static void forget(Names blocks, long step, int count) {
        for (int slice = 0; slice < count; slice++) {
            Blocks.remove(blocks.parameters(step - 1, slice));
            for (int rank = 0; rank < count; rank++) {
                Blocks.remove(blocks.gradient(step - 1, rank, slice));
            }
        }
    }

    @Override
    public void close() {
        long last = steps;
        Names blocks = names;
        int count = rankCount;
        ranks.foreach(rank -> {
            forget(blocks, last, count);
            forget(blocks, last + 1, count);
        });
    }

    /** Floats in Spark's block manager. */
    private static final class Blocks {
        private static final ClassTag<Object> BYTES = ClassTag$.MODULE$.apply(byte[].class);

        private Blocks() {}

        static void put(BlockId block, float[] values, int from, int length) {
            ByteBuffer bytes = ByteBuffer.allocate(length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values, from, length);
            boolean stored = SparkEnv.get()
                    .blockManager()
                    .putBytes(block, new ChunkedByteBuffer(bytes), StorageLevel.MEMORY_ONLY_SER(), true, BYTES);
            if (!stored) {
                throw new IllegalStateException("no memory for block " + block);
            }
        }

        static void get(BlockId block, float[] into, int from, int length) {
            BlockManager blocks = SparkEnv.get().blockManager();
            Option<BlockData> local = blocks.getLocalBytes(block);
            if (local.isDefined()) {
                copy(local.get().toByteBuffer(), into, from, length);
                blocks.releaseLock(block, Option.empty());
                return;
            }
            Option<ChunkedByteBuffer> remote = blocks.getRemoteBytes(block);
            if (remote.isEmpty()) {
                throw new IllegalStateException("no block " + block);
            }
            copy(remote.get().toByteBuffer(), into, from, length);
        }

        private static void copy(ByteBuffer bytes, float[] into, int from, int length) {
            bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(into, from, length);
        }

        /** One at a time: tasks of a process forget the same blocks. */
        static synchronized void remove(BlockId block) {
            BlockManager blocks = SparkEnv.get().blockManager();
            if (blocks.getStatus(block).isDefined()) {
                blocks.removeBlock(block, true);
            }
        }
    }
}
