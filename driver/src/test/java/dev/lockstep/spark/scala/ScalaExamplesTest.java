package dev.lockstep.spark.scala;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.spark.SparkTest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import scala.tools.nsc.Settings;
import scala.tools.nsc.interpreter.IMain;
import scala.tools.nsc.interpreter.shell.ReplReporterImpl;

/** What {@code docs/guides/spark-ml.md} pastes into spark-shell: Scala's own interpreter compiles and runs it. */
class ScalaExamplesTest extends SparkTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    @Test
    void whatIsPastedIntoSparkShellRuns() throws Exception {
        StringBuilder code = new StringBuilder("val spark = org.apache.spark.sql.SparkSession.active\n");
        Matcher block = Pattern.compile("```scala\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PROJECT.resolve("docs/guides/spark-ml.md")));
        int blocks = 0;
        while (block.find()) {
            code.append(block.group(1));
            blocks++;
        }
        assertThat(blocks).isEqualTo(3);
        code.append("val sound = model.sha256().length == 64 && model.transform(test).count() > 0\n");
        Settings settings = new Settings();
        settings.classpath()
                .value_$eq(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        StringWriter said = new StringWriter();
        IMain shell = new IMain(settings, new ReplReporterImpl(settings, new PrintWriter(said, true)));
        try {
            // Each call takes as long as compiling all of them.
            String example = code.toString()
                    .replace("conf/examples", PROJECT.resolve("conf/examples").toString());
            assertThat(shell.interpret(example).toString())
                    .as(() -> example + said)
                    .isEqualTo("Success");
            assertThat(said.toString()).contains("val sound: Boolean = true");
        } finally {
            shell.close();
        }
    }
}
