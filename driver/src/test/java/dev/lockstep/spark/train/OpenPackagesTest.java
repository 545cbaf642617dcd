package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OpenPackagesTest {
    @Test
    void namesTheOptionsThatAreMissing() {
        assertThat(OpenPackages.notice()).as("tests run as spark-submit does").isNull();
        assertThat(OpenPackages.notice(List.of("java.nio", "sun.nio.ch")))
                .isEqualTo("this JVM was started without --add-opens=java.base/java.nio=ALL-UNNAMED"
                        + " --add-opens=java.base/sun.nio.ch=ALL-UNNAMED, which Spark needs when rows do not fit into"
                        + " memory");
    }
}
