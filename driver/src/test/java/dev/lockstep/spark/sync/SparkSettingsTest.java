package dev.lockstep.spark.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

/** What is said before the start of settings of Spark under which all ranks cannot, or should not, run as they do. */
class SparkSettingsTest {

    @Test
    void dynamicAllocationExcludesAllReduceAndTheSettingToChangeIsNamed() {
        assertThat(ExecutorProcesses.obstacleToAllReduce(with("spark.dynamicAllocation.enabled", true)))
                .contains("spark.dynamicAllocation.enabled=true; set it to false", "spark.executor.instances");
        assertThat(ExecutorProcesses.obstacleToAllReduce(with("spark.dynamicAllocation.enabled", false)))
                .isNull();
    }

    @Test
    void speculationIsNoObstacleButALossOfTime() {
        SparkConf speculating = with("spark.speculation", true);
        assertThat(ExecutorProcesses.obstacleToAllReduce(speculating)).isNull();
        assertThat(TaskSlots.warnings(speculating))
                .singleElement()
                .asString()
                .startsWith("spark.speculation=true")
                .endsWith("false is faster");
        assertThat(TaskSlots.warnings(with("spark.speculation", false))).isEmpty();
    }

    @Test
    void theDefaultsAreFine() {
        SparkConf defaults = new SparkConf(false);
        assertThat(ExecutorProcesses.obstacleToAllReduce(defaults)).isNull();
        assertThat(TaskSlots.warnings(defaults)).isEmpty();
    }

    private static SparkConf with(String name, boolean value) {
        return new SparkConf(false).set(name, Boolean.toString(value));
    }
}
