package dev.lockstep.spark.chaos;

import java.io.IOException;

/**
 * Something that goes wrong while a model is trained. A kind of fault is a record, so that a schedule is data: it can
 * be drawn from a seed, compared and shown before anything happens.
 */
interface Fault {
    /**
     * Makes it happen, and {@linkplain DisturbedTraining#injected tells}. Does nothing if its victim is not there, or
     * has ended by itself meanwhile.
     */
    void inject(DisturbedTraining training) throws IOException, InterruptedException;
}
