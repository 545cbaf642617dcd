package dev.lockstep.spark.live;

import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * A training as its page shows it, in Spark's event log: what a history server shows of it later. Spark writes and
 * reads it as a bean, so neither the name of the class nor those of its properties may change. A history server without
 * this class leaves such events out.
 */
public final class LiveSnapshot implements SparkListenerEvent {
    private int number;
    private String run = "{}";

    /** To be filled. */
    public LiveSnapshot() {}

    /**
     * A training.
     *
     * @param number its number among those of the application
     * @param run what the page shows, a JSON object
     */
    LiveSnapshot(int number, String run) {
        this.number = number;
        this.run = run;
    }

    /** The training's number among those of the application. */
    public int getNumber() {
        return number;
    }

    /** Sets the training's number. */
    public void setNumber(int number) {
        this.number = number;
    }

    /** What the page shows, a JSON object. */
    public String getRun() {
        return run;
    }

    /** Sets what the page shows. */
    public void setRun(String run) {
        this.run = run;
    }
}
