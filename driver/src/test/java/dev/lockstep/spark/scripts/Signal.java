package dev.lockstep.spark.scripts;

import java.io.IOException;

/** A POSIX signal that Java itself does not send. */
public enum Signal {
    /** Stops a process until it is continued. */
    STOP,
    /** Continues a stopped process. */
    CONT,
    /** Asks a process to end. */
    TERM,
    /** Ends a process at once. */
    KILL;

    /**
     * Sends the signal, and waits until it is sent.
     *
     * @return whether there was such a process to send it to
     */
    public boolean send(ProcessHandle process) throws IOException, InterruptedException {
        return new ProcessBuilder("kill", "-" + name(), String.valueOf(process.pid()))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
