package dev.lockstep.spark.bench;

/**
 * How long a synchronous step takes, from what its parts cost. With {@code n} parameters, {@code P} ranks on machines
 * of their own, links of {@code w} bytes a second in each direction, {@code s} ranks a core (1 on a real cluster) and
 * {@code C} for a rank's arithmetic:
 *
 * <pre>{@code
 * all-reduce  T = s C + s n a + sum over the two ways, there with g bytes a parameter and back with 4, of
 *                 l + s m (P - 1) ceil(n / (65,536 P)) + max(s k b, b / w)       where b = n g (P - 1) / P
 * averaging   T = s C + (J + j P + (1 + P) v (d + 1 / w)) / H                    where v = 4 n (1 + optimiser slots)
 * by driver   the same with H = 1 and v = 4 n
 * }</pre>
 *
 * <p>All-reduce: everyone sends each owner of a slice its gradients for it and gets the new parameters back. Driver:
 * the state goes out as a broadcast, whose blocks executors pass on, and everyone's result comes in over the driver's
 * one link. With one rank nothing is sent.
 *
 * @param phaseSeconds {@code l}: waking up at the end of a way
 * @param messageSeconds {@code m}: a message, sent and received, whatever its length
 * @param byteSeconds {@code k}: processor time to send and to receive a byte
 * @param parameterSeconds {@code a}: adding up and updating a parameter
 * @param jobSeconds {@code J}: a Spark job
 * @param taskSeconds {@code j}: a task of it
 * @param driverByteSeconds {@code d}: a byte through the driver
 */
record CostModel(
        double phaseSeconds,
        double messageSeconds,
        double byteSeconds,
        double parameterSeconds,
        double jobSeconds,
        double taskSeconds,
        double driverByteSeconds) {

    /** Floats a message. */
    private static final int CHUNK = 1 << 16;

    /** Bytes of a parameter that travels whole. */
    static final double WHOLE = Float.BYTES;

    /**
     * Where a step is taken.
     *
     * @param ranks how many ranks, {@code P}
     * @param ranksPerCore how many of them share a core, {@code s}; at least 1
     * @param bytesPerSecond what the link of each machine carries in each direction, {@code w}; infinite within a
     *     machine
     */
    record Cluster(int ranks, double ranksPerCore, double bytesPerSecond) {}

    /**
     * What a step does.
     *
     * @param parameters how many, {@code n}
     * @param slots vectors of the optimiser's state
     * @param computeSeconds arithmetic of a rank, {@code C}
     */
    record Work(long parameters, int slots, double computeSeconds) {}

    /**
     * Seconds of a step by all-reduce.
     *
     * @param gradientBytes bytes of a parameter's gradient on its way, {@code g}: 4 unless compressed
     */
    double allReduce(Work work, Cluster cluster, double gradientBytes) {
        double arithmetic = cluster.ranksPerCore() * (work.computeSeconds() + work.parameters() * parameterSeconds);
        if (cluster.ranks() == 1) {
            return arithmetic;
        }
        return arithmetic + way(work, cluster, gradientBytes) + way(work, cluster, WHOLE);
    }

    private double way(Work work, Cluster cluster, double bytesPerParameter) {
        double bytes = work.parameters() * bytesPerParameter * (cluster.ranks() - 1) / cluster.ranks();
        double sending = cluster.ranksPerCore() * messageSeconds * messages(work.parameters(), cluster.ranks());
        double moving = Math.max(cluster.ranksPerCore() * byteSeconds * bytes, bytes / cluster.bytesPerSecond());
        return phaseSeconds + sending + moving;
    }

    /** How many messages a rank sends one way, and as many that it receives. */
    static double messages(long parameters, int ranks) {
        return (ranks - 1.0) * Math.ceil((double) parameters / ((double) CHUNK * ranks));
    }

    /** Seconds of a step in gradient mode through the driver. */
    double byDriver(Work work, Cluster cluster) {
        return cluster.ranksPerCore() * work.computeSeconds() + job(WHOLE * work.parameters(), cluster);
    }

    /**
     * Seconds of a step in averaging mode.
     *
     * @param localSteps steps between two averages, {@code H}
     */
    double averaging(Work work, Cluster cluster, int localSteps) {
        double state = WHOLE * work.parameters() * (1 + work.slots());
        return cluster.ranksPerCore() * work.computeSeconds() + job(state, cluster) / localSteps;
    }

    private double job(double bytes, Cluster cluster) {
        double moved = (1 + cluster.ranks()) * bytes;
        return jobSeconds + taskSeconds * cluster.ranks() + moved * (driverByteSeconds + 1 / cluster.bytesPerSecond());
    }
}
