package dev.lockstep.nn.train;

/** Training or an evaluation cannot continue; the message says where and why. */
public class TrainingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message that names epoch, step and shard where they are known. */
    public TrainingException(String message) {
        super(message);
    }

    /**
     * Of numbers that have grown too large.
     *
     * @param what has such a number
     * @param number the number
     * @param when after or in which step
     */
    static TrainingException notFinite(String what, double number, String when) {
        return new TrainingException(what + " is not finite (" + number + ") " + when
                + "; a smaller learning rate or scaled features often help");
    }
}
