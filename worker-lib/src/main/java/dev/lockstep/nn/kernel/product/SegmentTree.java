package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.tensor.Segments;
import java.util.Arrays;

/**
 * The canonical binary tree over segments of rows as a program for a stack of partial results: for each segment that
 * has rows, push its own result, then {@link #merges} times replace the two topmost by their sum. One value is left at
 * the end.
 *
 * <p>A range of n segments is split at the largest power of two below n, absent nodes are passed over. That is a binary
 * counter: after leaf number t (from 0) as many merges follow as t ends in one bits, and at the end what is left merges
 * from the right.
 *
 * <p>A segment of more than {@value #LONGEST_CHAIN} terms is several leaves: a float that has added up that many can
 * hardly take in another one. Each but the last has as many rows as come to that many terms, and they merge along such
 * a tree of their own, so that a segment ends as one value.
 */
final class SegmentTree {
    /** The greatest depth the stack can reach: one entry for each bit of a segment count, and one to push. */
    static final int MAX_DEPTH = 33 + 12;

    /** The most terms that a chain adds up. */
    static final int LONGEST_CHAIN = 1 << 20;

    private int[] first = new int[16];
    private int[] end = new int[16];
    private int[] merges = new int[16];
    private final boolean[] present = new boolean[MAX_DEPTH];
    private int leaves;
    private int depth;
    private int top;

    /** Makes the program for some segments each of whose rows is one term. */
    void plan(Segments segments) {
        plan(segments, 1);
    }

    /**
     * Makes the program for some segments.
     *
     * @param terms how many terms of a sum a row stands for
     */
    void plan(Segments segments, int terms) {
        int mostRows = Math.max(1, LONGEST_CHAIN / Math.max(1, terms));
        leaves = 0;
        depth = 0;
        top = 0;
        int stacked = 0;
        for (int t = 0; t < segments.count(); t++) {
            boolean rows = segments.start(t + 1) > segments.start(t);
            if (rows) {
                addSegment(segments.start(t), segments.start(t + 1), mostRows, stacked);
                stacked++;
            }
            present[top++] = rows;
            for (int bits = t; (bits & 1) != 0; bits >>= 1) {
                stacked -= mergeTop();
            }
        }
        while (top > 1) {
            stacked -= mergeTop();
        }
    }

    /** Makes the program for one segment of {@code rows} rows, which counts as present even if there are none. */
    void planOne(int rows) {
        leaves = 0;
        addLeaf(0, rows);
        depth = 1;
    }

    /** Adds the leaves of a segment, behind which the merges bring them together. */
    private void addSegment(int firstRow, int endRow, int mostRows, int stacked) {
        int waiting = 0;
        int from = firstRow;
        for (int block = 0; from < endRow; block++) {
            int to = endRow - from > mostRows ? from + mostRows : endRow;
            addLeaf(from, to);
            from = to;
            waiting++;
            depth = Math.max(depth, stacked + waiting);
            for (int bits = block; (bits & 1) != 0; bits >>= 1) {
                merges[leaves - 1]++;
                waiting--;
            }
        }
        merges[leaves - 1] += waiting - 1;
    }

    private void addLeaf(int firstRow, int endRow) {
        if (leaves == first.length) {
            first = Arrays.copyOf(first, 2 * leaves);
            end = Arrays.copyOf(end, 2 * leaves);
            merges = Arrays.copyOf(merges, 2 * leaves);
        }
        first[leaves] = firstRow;
        end[leaves] = endRow;
        merges[leaves] = 0;
        leaves++;
    }

    /** Merges the two topmost nodes; returns how many values left the stack: 1 if both were present. */
    private int mergeTop() {
        top--;
        boolean both = present[top] && present[top - 1];
        present[top - 1] |= present[top];
        if (both) {
            merges[leaves - 1]++;
        }
        return both ? 1 : 0;
    }

    /** Returns how many segments have rows. */
    int leaves() {
        return leaves;
    }

    /** Returns the greatest number of values on the stack. */
    int depth() {
        return depth;
    }

    /** Returns the first row of a leaf. */
    int first(int leaf) {
        return first[leaf];
    }

    /** Returns one past the last row of a leaf. */
    int end(int leaf) {
        return end[leaf];
    }

    /** Returns how many merges follow the push of a leaf. */
    int merges(int leaf) {
        return merges[leaf];
    }
}
