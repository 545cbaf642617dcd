package dev.lockstep.nn.metric;

/** Sorts without moving: a merge sort of indexes, stable, of numbers in the order of {@link Double#compare}. */
final class RisingOrder {
    private RisingOrder() {}

    /** The indexes of the numbers from the least to the greatest. */
    static int[] of(double[] numbers) {
        int[] order = new int[numbers.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        int[] other = new int[order.length];
        for (int width = 1; width < order.length; width *= 2) {
            for (int from = 0; from < order.length; from += 2 * width) {
                int middle = Math.min(from + width, order.length);
                merge(numbers, order, other, from, middle, Math.min(middle + width, order.length));
            }
            int[] sorted = other;
            other = order;
            order = sorted;
        }
        return order;
    }

    private static void merge(double[] numbers, int[] order, int[] merged, int from, int middle, int to) {
        int left = from;
        int right = middle;
        for (int at = from; at < to; at++) {
            boolean takeLeft =
                    left < middle && (right >= to || Double.compare(numbers[order[left]], numbers[order[right]]) <= 0);
            merged[at] = takeLeft ? order[left++] : order[right++];
        }
    }
}
