package dev.lockstep.nn.train;

import org.jspecify.annotations.Nullable;

/** A rank cannot continue because another one has failed; the cause, if known, is that one's. */
public final class PeerFailureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message that names the other rank or its address where it is known. */
    public PeerFailureException(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
