package dev.lockstep.spark.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultScheduleTest {
    private static List<List<PlannedFault>> runs(long seed, int count) {
        return Stream.generate(new FaultSchedule(seed)::nextRun).limit(count).toList();
    }

    @Test
    void theSeedDecidesAll() {
        assertThat(runs(1, 20)).isEqualTo(runs(1, 20)).doesNotHaveDuplicates();
        assertThat(runs(1, 1)).isNotEqualTo(runs(2, 1));
    }

    @Test
    void everyKindOfFaultComes() {
        List<PlannedFault> faults = runs(1, 100).stream().flatMap(List::stream).toList();
        assertThat(faults)
                .<Class<?>>extracting(planned -> planned.fault().getClass())
                .contains(
                        KillDriver.class,
                        KillExecutor.class,
                        StopExecutor.class,
                        KillWorker.class,
                        CancelDriver.class,
                        KillJob.class);
        assertThat(faults).extracting(PlannedFault::afterCheckpoint).contains(true, false);
        List<KillDriver> deaths = faults.stream()
                .map(PlannedFault::fault)
                .filter(KillDriver.class::isInstance)
                .map(KillDriver.class::cast)
                .toList();
        assertThat(deaths).extracting(KillDriver::whileWriting).contains(true, false);
        assertThat(deaths)
                .<Class<?>>extracting(death -> death.damage().getClass())
                .contains(CheckpointDamage.None.class, CheckpointDamage.Cut.class, CheckpointDamage.FlipBit.class);
    }

    @Test
    void anExecutorIsStoppedForLongerThanTheNetworkTimeout() {
        assertThat(runs(3, 100).stream().flatMap(List::stream).map(PlannedFault::fault))
                .filteredOn(StopExecutor.class::isInstance)
                .extracting(fault -> ((StopExecutor) fault).time())
                .isNotEmpty()
                .allMatch(time -> time.compareTo(DisturbedTraining.NETWORK_TIMEOUT.plus(Duration.ofSeconds(3))) > 0);
    }
}
