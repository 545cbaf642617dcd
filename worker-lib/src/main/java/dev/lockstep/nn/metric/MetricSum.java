package dev.lockstep.nn.metric;

import java.util.Arrays;

/**
 * The numbers that a metric sums up; only the metric knows what they mean. Some metrics keep more the more rows they
 * see.
 */
public final class MetricSum {
    private double[] values;
    private int size;

    /** So many zeros. */
    MetricSum(int size) {
        this(new double[size], size);
    }

    private MetricSum(double[] values, int size) {
        this.values = values;
        this.size = size;
    }

    /** A sum from the numbers that {@link #toArray} gave. */
    public static MetricSum of(double[] values) {
        return new MetricSum(values.clone(), values.length);
    }

    /** How many numbers there are. */
    public int size() {
        return size;
    }

    /** A copy of the numbers, to be sent or stored. */
    public double[] toArray() {
        return Arrays.copyOf(values, size);
    }

    double get(int index) {
        return values[index];
    }

    void set(int index, double value) {
        values[index] = value;
    }

    void add(int index, double value) {
        values[index] += value;
    }

    /** Adds the other's numbers, place by place. */
    void addAll(MetricSum other) {
        for (int i = 0; i < size; i++) {
            values[i] += other.values[i];
        }
    }

    void append(double value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.max(16, Math.addExact(size, size / 2)));
        }
        values[size++] = value;
    }

    /** Takes the other's numbers in place of its own. */
    void become(MetricSum other) {
        values = other.values;
        size = other.size;
    }
}
