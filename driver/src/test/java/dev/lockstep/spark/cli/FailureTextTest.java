package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.spec.SpecException;
import dev.lockstep.spark.config.JobException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

class FailureTextTest {
    @Test
    void ourOwnMessageWhereverItIsInTheChain() {
        assertThat(FailureText.of(new JobException("job.yaml:3", "a: b", new SpecException("a", "b"))))
                .isEqualTo("job.yaml:3: a: b");
        ModelException root = new ModelException("rows.csv", "row 3: expected a number, got \"x\"");
        assertThat(FailureText.of(new SparkException(
                        "Job aborted due to stage failure:\n Task 0 ...", new RuntimeException("wrapped", root))))
                .isEqualTo("rows.csv: row 3: expected a number, got \"x\"");
    }

    @Test
    void theOneWhoSaysWhereIfTheRootSaysWhatAlone() {
        IllegalArgumentException root = new IllegalArgumentException("a window does not fit");
        assertThat(FailureText.of(new IllegalArgumentException("conv2d_1: a window does not fit (input [3])", root)))
                .isEqualTo("conv2d_1: a window does not fit (input [3])");
        assertThat(FailureText.of(new IllegalArgumentException("java.lang.Exception", root)))
                .isEqualTo("a window does not fit");
    }

    @Test
    void aTasksFailureThatCameAsText() {
        String text =
                "Job aborted due to stage failure: Task 0 in stage 1.0 failed 4 times, most recent failure: Lost task"
                        + " 0.3 in stage 1.0 (TID 7) (10.0.0.1 executor 2): ";
        assertThat(FailureText.of(new SparkException(text
                        + "dev.lockstep.spark.ingest.IngestException: rows.csv: row 3: wrong\n\tat a.b.C(D.java:1)\n")))
                .isEqualTo("rows.csv: row 3: wrong");
        assertThat(FailureText.of(new SparkException(text + "java.lang.ArithmeticException: / by zero\n\tat a.b.C")))
                .isEqualTo("ArithmeticException: / by zero");
        assertThat(FailureText.of(new SparkException(
                        text + "java.io.IOException: No space left on device\n\tat a.b.C",
                        new IOException("No space left on device"))))
                .isEqualTo("No space left on device: the disk for data that do not fit in memory (spark.local.dir) is"
                        + " full on 10.0.0.1 executor 2");
        assertThat(FailureText.of(
                        new SparkException(text + "ExecutorLostFailure (executor 2 exited)\nDriver stacktrace:")))
                .isEqualTo("ExecutorLostFailure (executor 2 exited)");
    }

    @Test
    void othersBySimpleNameAndFirstLine() {
        assertThat(FailureText.of(new IllegalStateException("one\ntwo"))).isEqualTo("IllegalStateException: one");
        assertThat(FailureText.of(new RuntimeException("outer", new IllegalArgumentException("dense_1: expected [3]"))))
                .isEqualTo("dense_1: expected [3]");
        assertThat(FailureText.of(new IOException("disk full"))).isEqualTo("IOException: disk full");
        assertThat(FailureText.of(new NoSuchFileException("a/b"))).isEqualTo("a/b: no such file");
        assertThat(FailureText.of(new FileNotFoundException("File a does not exist")))
                .isEqualTo("File a does not exist");
        assertThat(FailureText.of(new NullPointerException()))
                .startsWith("NullPointerException at dev.lockstep.spark.cli.FailureTextTest.")
                .endsWith(" (-v shows more)");
    }

    @Test
    void outOfMemoryWhereverItIsInTheChain() {
        OutOfMemoryError root = new OutOfMemoryError("Java heap space");
        String expected = "out of memory (Java heap space); --driver-memory gives more";
        assertThat(FailureText.of(root)).isEqualTo(expected);
        assertThat(FailureText.of(new CompletionException("checkpoint", root))).isEqualTo(expected);
        String lost = "most recent failure: Lost task 0.3 in stage 1.0 (TID 7) (10.0.0.1 executor ";
        assertThat(FailureText.of(new SparkException(lost + "driver): ", root))).isEqualTo(expected);
        assertThat(FailureText.of(new SparkException(lost + "2): ", root)))
                .isEqualTo("out of memory (Java heap space); --executor-memory gives more");
    }

    @Test
    void aChainThatBitesItsTail() {
        RuntimeException first = new RuntimeException("first");
        RuntimeException second = new RuntimeException("second", first);
        first.initCause(second);
        assertThat(FailureText.of(first)).isEqualTo("RuntimeException: second");
    }
}
