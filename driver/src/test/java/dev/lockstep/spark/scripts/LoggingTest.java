package dev.lockstep.spark.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;

/** What {@code scripts/lockstep} lets Spark's log say. */
class LoggingTest {
    private static final Path QUIET = Path.of("..", "conf", "spark", "log4j2.properties");

    @Test
    void aTasksFatalErrorIsOneLine() {
        assertThat(lastWords(new OutOfMemoryError("Java heap space")))
                .isEqualTo(
                        "error: out of memory (Java heap space); --driver-memory gives more" + System.lineSeparator());
        assertThat(lastWords(new InternalError("in a kernel", new IllegalStateException("cause"))))
                .isEqualTo("error: java.lang.InternalError: in a kernel" + System.lineSeparator());
    }

    @Test
    void aWarningIsOneLine() {
        assertThat(logged("org.apache.spark.SparkContext", new IllegalStateException("deep\ndown")))
                .matches("[0-9:]{8} WARN SparkContext: first line" + System.lineSeparator());
    }

    /** Seen on a slow machine: "ERROR Inbox: Ignoring error", before anything else happened. */
    @Test
    void whatSparkItselfIgnoresIsNotLogged() {
        try (LoggerContext context = new LoggerContext("quiet", null, QUIET.toUri())) {
            context.start();
            assertThat(context.getConfiguration()
                            .getLoggerConfig("org.apache.spark.rpc.netty.Inbox")
                            .getLevel())
                    .isEqualTo(Level.OFF);
            assertThat(context.getConfiguration()
                            .getLoggerConfig("org.apache.spark.rpc.netty.Dispatcher")
                            .getLevel())
                    .isEqualTo(Level.ERROR);
        }
    }

    private static String lastWords(Throwable failure) {
        return logged("org.apache.spark.util.SparkUncaughtExceptionHandler", failure);
    }

    /** What the one appender of a logger prints of a warning of two lines with a failure. */
    private static String logged(String name, Throwable failure) {
        try (LoggerContext context = new LoggerContext("quiet", null, QUIET.toUri())) {
            context.start();
            LoggerConfig logger = context.getConfiguration().getLoggerConfig(name);
            assertThat(logger == context.getConfiguration().getRootLogger() || !logger.isAdditive())
                    .isTrue();
            assertThat(logger.getAppenders()).hasSize(1);
            return logger.getAppenders()
                    .values()
                    .iterator()
                    .next()
                    .getLayout()
                    .toSerializable(Log4jLogEvent.newBuilder()
                            .setLoggerName(name)
                            .setLevel(Level.WARN)
                            .setMessage(new SimpleMessage("first line\nand more"))
                            .setThrown(failure)
                            .build())
                    .toString();
        }
    }
}
