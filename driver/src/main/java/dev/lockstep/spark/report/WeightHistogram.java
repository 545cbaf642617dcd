package dev.lockstep.spark.report;

import com.google.protobuf.CodedOutputStream;
import dev.lockstep.nn.param.ParameterRange;
import java.io.IOException;

/**
 * How the numbers of a tensor are spread, in bins of equal width.
 *
 * @param from where the first bin begins
 * @param to where the last bin ends
 * @param bins how many numbers are in each
 * @param sum of all numbers
 * @param squares sum of their squares
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record WeightHistogram(float from, float to, int[] bins, double sum, double squares) {
    private static final int BINS = 40;

    // Fields of HistogramProto of TensorFlow's summary.proto.
    private static final int MIN = 1;
    private static final int MAX = 2;
    private static final int NUMBER = 3;
    private static final int SUM = 4;
    private static final int SUM_OF_SQUARES = 5;
    private static final int LIMITS = 6;
    private static final int COUNTS = 7;

    /** The spread of a tensor. */
    static WeightHistogram of(ParameterRange range, float[] theta) {
        float from = Float.POSITIVE_INFINITY;
        float to = Float.NEGATIVE_INFINITY;
        double sum = 0;
        double squares = 0;
        for (int i = range.offset(); i < range.end(); i++) {
            from = Math.min(from, theta[i]);
            to = Math.max(to, theta[i]);
            sum += theta[i];
            squares += (double) theta[i] * theta[i];
        }
        int[] bins = new int[BINS];
        float width = to - from;
        for (int i = range.offset(); i < range.end(); i++) {
            bins[width == 0 ? BINS / 2 : Math.min((int) ((theta[i] - from) / width * BINS), BINS - 1)]++;
        }
        // All equal: a bin of some width around them.
        return width == 0
                ? new WeightHistogram(from - 0.5f, to + 0.5f, bins, sum, squares)
                : new WeightHistogram(from, to, bins, sum, squares);
    }

    /** How many numbers there are. */
    int count() {
        int count = 0;
        for (int bin : bins) {
            count += bin;
        }
        return count;
    }

    /** The mean of the numbers. */
    double mean() {
        return sum / count();
    }

    /** Their standard deviation. */
    double deviation() {
        return Math.sqrt(Math.max(0, squares / count() - mean() * mean()));
    }

    /** A {@code HistogramProto}. */
    byte[] message() throws IOException {
        return EventRecord.message(out -> {
            out.writeDouble(MIN, from);
            out.writeDouble(MAX, to);
            out.writeDouble(NUMBER, count());
            out.writeDouble(SUM, sum);
            out.writeDouble(SUM_OF_SQUARES, squares);
            double[] limits = new double[bins.length];
            double[] counts = new double[bins.length];
            for (int i = 0; i < bins.length; i++) {
                limits[i] = from + (i + 1) * ((double) to - from) / bins.length;
                counts[i] = bins[i];
            }
            writePacked(out, LIMITS, limits);
            writePacked(out, COUNTS, counts);
        });
    }

    private static void writePacked(CodedOutputStream out, int field, double[] values) throws IOException {
        out.writeByteArray(field, EventRecord.message(packed -> {
            for (double value : values) {
                packed.writeDoubleNoTag(value);
            }
        }));
    }
}
