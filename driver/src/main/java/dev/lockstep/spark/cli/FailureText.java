package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.spec.Excerpt;
import java.io.FileNotFoundException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A failure in one line, the root cause first, wherever it happened. */
final class FailureText {
    /** Spark's text about a task's exception when it could not bring the exception itself along. */
    private static final Pattern TASK_FAILURE = Pattern.compile(
            "most recent failure: Lost task [^\\n]*?\\): (?:([\\w.$]+(?:Exception|Error)): )?([^\\n]+)");

    /**
     * A task that Spark lost, its host and executor in brackets, because the disk for what does not fit in memory is
     * full.
     */
    private static final Pattern FULL_DISK =
            Pattern.compile("most recent failure: Lost task [^\\n]*?\\(([^()\\n]*)\\): [^\\n]*No space left on device");

    /** A task that Spark lost elsewhere than in the driver's own process. */
    private static final Pattern LOST_ON_EXECUTOR =
            Pattern.compile("most recent failure: Lost task [^\\n]*?executor (?!driver)");

    private static final int MOST_SHOWN = 4000;

    private FailureText() {}

    /** The line to show. */
    static String of(Throwable failure) {
        List<Throwable> chain = chain(failure);
        return ownWords(chain)
                .or(() -> fullDisk(chain))
                .or(() -> outOfMemory(chain))
                .or(() -> placeOfRoot(chain))
                .or(() -> lostTask(root(chain)))
                .orElseGet(() -> describe(root(chain)));
    }

    private static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable cause = failure; cause != null && !chain.contains(cause); cause = cause.getCause()) {
            chain.add(cause);
        }
        return chain;
    }

    private static Throwable root(List<Throwable> chain) {
        return chain.get(chain.size() - 1);
    }

    /**
     * What the outermost of our own exceptions says: it knows most about the place. One that only says what its cause
     * says is no more than an envelope.
     */
    private static Optional<String> ownWords(List<Throwable> chain) {
        return chain.stream()
                .filter(link -> link.getClass().getName().startsWith("dev.lockstep."))
                .filter(link -> link.getCause() == null
                        || !Objects.equals(link.getMessage(), link.getCause().getMessage()))
                .map(Throwable::getMessage)
                .filter(Objects::nonNull)
                .findFirst()
                .map(FailureText::firstLine);
    }

    private static Optional<String> fullDisk(List<Throwable> chain) {
        return chain.stream()
                .map(link -> FULL_DISK.matcher(String.valueOf(link.getMessage())))
                .filter(Matcher::find)
                .findFirst()
                .map(full -> "No space left on device: the disk for data that do not fit in memory (spark.local.dir) is"
                        + " full on "
                        + full.group(1));
    }

    private static Optional<String> outOfMemory(List<Throwable> chain) {
        boolean onExecutor = false;
        for (Throwable link : chain) {
            onExecutor |=
                    LOST_ON_EXECUTOR.matcher(String.valueOf(link.getMessage())).find();
            if (link instanceof OutOfMemoryError) {
                return Optional.of("out of memory (" + firstLine(String.valueOf(link.getMessage())) + "); "
                        + (onExecutor ? "--executor-memory" : "--driver-memory") + " gives more");
            }
        }
        return Optional.empty();
    }

    /** Whatever says what the root says, and where: a layer's name around what is wrong with its window. */
    private static Optional<String> placeOfRoot(List<Throwable> chain) {
        String said = root(chain).getMessage();
        return chain.stream()
                .filter(IllegalArgumentException.class::isInstance)
                .map(Throwable::getMessage)
                .filter(message -> said != null && message != null && message.contains(said))
                .findFirst()
                .map(FailureText::firstLine);
    }

    /** Spark's text about a task whose exception it could not bring along. */
    private static Optional<String> lostTask(Throwable root) {
        return Optional.ofNullable(root.getMessage())
                .map(TASK_FAILURE::matcher)
                .filter(Matcher::find)
                .map(task -> known(task.group(1)) ? task.group(2) : simpleName(task.group(1)) + ": " + task.group(2));
    }

    private static String describe(Throwable root) {
        if (root.getMessage() == null) {
            return root.getClass().getSimpleName() + " at " + place(root) + " (-v shows more)";
        }
        String message = firstLine(root.getMessage());
        if (root instanceof NoSuchFileException) {
            return message + ": no such file";
        }
        if (root instanceof FileSystemException files) {
            return firstLine(FileReason.of(files));
        }
        boolean plain = root instanceof IllegalArgumentException || root instanceof FileNotFoundException;
        return plain || known(root.getClass().getName())
                ? message
                : root.getClass().getSimpleName() + ": " + message;
    }

    /** Whether a message of this class speaks for itself. */
    private static boolean known(String className) {
        return className == null
                || className.startsWith("dev.lockstep.")
                || className.equals(IllegalArgumentException.class.getName())
                || className.startsWith("org.apache.spark.");
    }

    private static String simpleName(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }

    private static String place(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return trace.length == 0 ? "an unknown place" : trace[0].toString();
    }

    /** Everything before the first line break, as far as anyone would read it. */
    static String firstLine(String message) {
        String first = message.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse("");
        return Excerpt.of(first, MOST_SHOWN);
    }
}
