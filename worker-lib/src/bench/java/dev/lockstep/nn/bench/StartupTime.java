package dev.lockstep.nn.bench;

import dev.lockstep.nn.io.SavedModel;
import java.nio.file.Path;
import java.util.List;

/**
 * The time from {@code main} to the first prediction of a saved model, and how much of it reading the model took, in
 * milliseconds; {@code scripts/bench-startup} runs it. A plain program: it does nothing before that it could do later.
 */
public final class StartupTime {
    private static final double NANOS_A_MILLI = 1e6;

    private StartupTime() {}

    /** Takes the directory of the model. */
    public static void main(String[] arguments) {
        long begin = System.nanoTime();
        SavedModel model = SavedModel.load(Path.of(arguments[0]));
        long read = System.nanoTime();
        int width = model.description().input().size();
        model.predictor(1).predict(List.of(new float[width]));
        long end = System.nanoTime();
        System.out.println(millis(end - begin) + " " + millis(read - begin));
    }

    private static double millis(long nanos) {
        return nanos / NANOS_A_MILLI;
    }
}
