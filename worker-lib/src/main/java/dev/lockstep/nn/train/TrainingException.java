package dev.lockstep.nn.train;

/** Training cannot go on; the message says where and why. */
public final class TrainingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message that names epoch, step and shard where they are known. */
    public TrainingException(String message) {
        super(message);
    }
}
