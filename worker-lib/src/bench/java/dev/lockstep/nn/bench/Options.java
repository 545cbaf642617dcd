package dev.lockstep.nn.bench;

/**
 * What to time.
 *
 * @param workload the network
 * @param adam Adam rather than SGD with momentum
 * @param batch rows a step
 * @param shards shards that a step's rows belong to
 * @param threads threads that share the shards
 * @param seconds how long to measure, after a warm-up at least as long
 * @param infer forward passes alone
 */
record Options(Workload workload, boolean adam, int batch, int shards, int threads, int seconds, boolean infer) {

    static Options parse(String[] arguments) {
        Workload workload = Workload.W1;
        boolean adam = true;
        int batch = 0;
        int shards = 1;
        int threads = 1;
        int seconds = 10;
        boolean infer = false;
        for (int i = 0; i < arguments.length; i++) {
            String name = arguments[i];
            if (name.equals("--infer")) {
                infer = true;
                continue;
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(name + " needs a value");
            }
            String value = arguments[++i];
            switch (name) {
                case "--workload" -> workload = Workload.of(value);
                case "--optimizer" -> adam = isAdam(value);
                case "--batch" -> batch = positive(name, value);
                case "--shards" -> shards = positive(name, value);
                case "--threads" -> threads = positive(name, value);
                case "--seconds" -> seconds = positive(name, value);
                default ->
                    throw new IllegalArgumentException("unknown option " + name + "; known are --workload,"
                            + " --optimizer, --batch, --shards, --threads, --seconds and --infer");
            }
        }
        if (threads > 1 && (infer || threads > shards)) {
            throw new IllegalArgumentException("--threads: expected at most one for each of " + shards
                    + " shards in training, and one in inference, got " + threads);
        }
        return new Options(workload, adam, batch == 0 ? workload.batch() : batch, shards, threads, seconds, infer);
    }

    private static boolean isAdam(String value) {
        return switch (value) {
            case "adam" -> true;
            case "sgd" -> false;
            default -> throw new IllegalArgumentException("--optimizer: expected sgd or adam, got " + value);
        };
    }

    private static int positive(String name, String value) {
        try {
            int number = Integer.parseInt(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": expected a whole number above 0, got " + value, e);
        }
        throw new IllegalArgumentException(name + ": expected a whole number above 0, got " + value);
    }
}
