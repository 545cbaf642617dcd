package dev.lockstep.spark.chaos;

/** The run cannot begin or go on; the message is all that a person needs. */
final class ChaosException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ChaosException(String message) {
        super(message);
    }
}
