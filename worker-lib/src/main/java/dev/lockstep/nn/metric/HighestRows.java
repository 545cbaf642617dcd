package dev.lockstep.nn.metric;

/**
 * The rows of a sum that have the highest ranks, the highest first; of equal ranks the earlier rows. Bounded, and the
 * same however the shards are divided.
 *
 * @param most how many rows are kept
 * @param fields numbers of a row; the first one is its rank
 */
record HighestRows(int most, int fields) {

    /**
     * Makes room for a row.
     *
     * @return where its numbers begin, the rank being there; -1 if it is not among the highest
     */
    int place(MetricSum sum, double rank) {
        int rows = count(sum);
        if (rows < most) {
            for (int i = 0; i < fields; i++) {
                sum.append(0);
            }
            rows++;
        } else if (!(rank > sum.get((most - 1) * fields))) {
            return -1;
        }
        int at = (rows - 1) * fields;
        for (; at > 0 && sum.get(at - fields) < rank; at -= fields) {
            for (int i = 0; i < fields; i++) {
                sum.set(at + i, sum.get(at - fields + i));
            }
        }
        sum.set(at, rank);
        return at;
    }

    /** How many rows there are. */
    int count(MetricSum sum) {
        return sum.size() / fields;
    }

    void merge(MetricSum left, MetricSum right) {
        for (int from = 0; from < right.size(); from += fields) {
            int to = place(left, right.get(from));
            for (int i = 1; to >= 0 && i < fields; i++) {
                left.set(to + i, right.get(from + i));
            }
        }
    }
}
