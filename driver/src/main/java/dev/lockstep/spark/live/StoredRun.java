package dev.lockstep.spark.live;

import org.apache.spark.util.kvstore.KVIndex;

/** The last that is known of a training, in the store that a history server keeps of an application. */
public final class StoredRun {
    private int number;
    private String run = "{}";

    /** To be filled, as the store does on disk. */
    public StoredRun() {}

    StoredRun(LiveSnapshot snapshot) {
        number = snapshot.getNumber();
        run = snapshot.getRun();
    }

    /** The training's number among those of the application, which is its key. */
    @KVIndex
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
