package dev.lockstep.nn.kernel;

import java.util.SplittableRandom;

/** Operands of the benchmarks. */
public final class Values {
    private Values() {}

    /** Numbers in [-1, 1), the same in every run. */
    public static float[] uniform(int length) {
        SplittableRandom random = new SplittableRandom(length);
        float[] x = new float[length];
        for (int i = 0; i < length; i++) {
            x[i] = 2f * (random.nextInt() >>> 8) * 0x1p-24f - 1f;
        }
        return x;
    }

    /** Where each of {@code shards} shards of equal size begins among the rows, and where the last one ends. */
    public static int[] rowStart(int rows, int shards) {
        int[] rowStart = new int[shards + 1];
        for (int shard = 0; shard <= shards; shard++) {
            rowStart[shard] = (int) ((long) rows * shard / shards);
        }
        return rowStart;
    }
}
