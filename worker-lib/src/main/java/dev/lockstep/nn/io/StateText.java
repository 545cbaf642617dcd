package dev.lockstep.nn.io;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.train.EpochMetrics;
import dev.lockstep.nn.train.TrainState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * All of a state but its vectors, as texts. Doubles are hexadecimal ({@link Double#toHexString}), which is exact and
 * the same on every JDK.
 */
final class StateText {
    private static final String STEP = "step";
    private static final String EPOCH = "epoch";
    private static final String STEP_IN_EPOCH = "stepInEpoch";
    private static final String EPOCH_LOSSES = "epochLosses";
    private static final String HISTORY = "history";

    private StateText() {}

    /** Adds the state's entries to a map. */
    static void put(TrainState state, Map<String, String> texts) {
        texts.put(STEP, Long.toString(state.step()));
        texts.put(EPOCH, Integer.toString(state.epoch()));
        texts.put(STEP_IN_EPOCH, Long.toString(state.stepInEpoch()));
        LossSum losses = state.epochLosses();
        texts.put(
                EPOCH_LOSSES,
                join(
                        losses.rows(),
                        losses.loss(),
                        losses.weight(),
                        losses.rowWeight(),
                        losses.score(),
                        losses.scoreWeight()));
        StringJoiner history = new StringJoiner("\n");
        for (EpochMetrics epoch : state.history()) {
            history.add(epoch.epoch() + " "
                    + join(
                            epoch.step(),
                            epoch.loss(),
                            epoch.score(),
                            epoch.validationLoss(),
                            epoch.validationScore(),
                            epoch.divergence(),
                            epoch.learningRate()));
        }
        texts.put(HISTORY, history.toString());
    }

    private static String join(long first, double... others) {
        StringJoiner joined = new StringJoiner(" ").add(Long.toString(first));
        for (double other : others) {
            joined.add(Double.toHexString(other));
        }
        return joined.toString();
    }

    /**
     * The state of these texts with the vectors of another.
     *
     * @throws ModelException if an entry is missing or cannot be
     */
    static TrainState get(Map<String, String> texts, TrainState vectors, String place) {
        String key = STEP;
        try {
            long step = Long.parseLong(text(texts, key));
            key = EPOCH;
            int epoch = Integer.parseInt(text(texts, key));
            key = STEP_IN_EPOCH;
            long stepInEpoch = Long.parseLong(text(texts, key));
            key = EPOCH_LOSSES;
            String[] sums = words(text(texts, key), 6);
            LossSum losses = new LossSum(
                    Double.parseDouble(sums[1]),
                    Double.parseDouble(sums[2]),
                    Long.parseLong(sums[0]),
                    Double.parseDouble(sums[3]),
                    Double.parseDouble(sums[4]),
                    Double.parseDouble(sums[5]));
            key = HISTORY;
            List<EpochMetrics> history = history(text(texts, key));
            if (epoch < 0 || history.size() != epoch || stepInEpoch < 0 || stepInEpoch > step) {
                throw new ModelException(
                        place,
                        "step " + step + ", epoch " + epoch + ", step " + stepInEpoch + " of the epoch and "
                                + history.size() + " completed epochs do not belong together");
            }
            return new TrainState(
                    step,
                    epoch,
                    stepInEpoch,
                    vectors.parameters(),
                    vectors.optimizerState(),
                    vectors.outerMomentum(),
                    vectors.residuals(),
                    losses,
                    history,
                    vectors.best());
        } catch (IllegalArgumentException e) {
            throw new ModelException(place, key + ": " + e.getMessage(), e);
        }
    }

    private static List<EpochMetrics> history(String text) {
        List<EpochMetrics> history = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] words = words(line, 8);
            history.add(new EpochMetrics(
                    Integer.parseInt(words[0]),
                    Long.parseLong(words[1]),
                    Double.parseDouble(words[2]),
                    Double.parseDouble(words[3]),
                    Double.parseDouble(words[4]),
                    Double.parseDouble(words[5]),
                    Double.parseDouble(words[6]),
                    Double.parseDouble(words[7])));
        }
        return List.copyOf(history);
    }

    private static String text(Map<String, String> texts, String key) {
        String text = texts.get(key);
        if (text == null) {
            throw new IllegalArgumentException("missing");
        }
        return text;
    }

    private static String[] words(String line, int count) {
        String[] words = line.split(" ", -1);
        if (words.length != count) {
            throw new IllegalArgumentException("expected " + count + " numbers, got \"" + line + "\"");
        }
        return words;
    }
}
