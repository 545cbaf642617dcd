package dev.lockstep.spark.doctor;

import java.util.Locale;

/**
 * The speed of one way of training.
 *
 * @param way what it is, as settings that ask for it
 * @param measured whether it was tried; else it follows from what the ranks computed
 * @param millisAStep time of a step, without validation
 * @param stepsInEpoch steps that make an epoch
 */
public record Pace(String way, boolean measured, double millisAStep, long stepsInEpoch) {
    /** Time of an epoch, without validation. */
    public double secondsAnEpoch() {
        return millisAStep * stepsInEpoch / 1e3;
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%s: %s%.2f ms a step, %.2f s an epoch of %d steps",
                way,
                measured ? "" : "some ",
                millisAStep,
                secondsAnEpoch(),
                stepsInEpoch);
    }
}
