package dev.lockstep.spark.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.spark.bench.CostModel.Cluster;
import dev.lockstep.spark.bench.CostModel.Work;
import org.junit.jupiter.api.Test;

/** Against arithmetic by hand. */
class CostModelTest {
    /** 100 µs a way, 10 µs a message, 1 ns a byte, 0.5 ns a parameter; a job of 30 ms, 1 ms a task, 2 ns a byte. */
    private static final CostModel MODEL = new CostModel(100e-6, 10e-6, 1e-9, 0.5e-9, 30e-3, 1e-3, 2e-9);

    /** A million parameters, momentum, 20 ms of arithmetic. */
    private static final Work WORK = new Work(1_000_000, 1, 20e-3);

    private static final double GBIT = 125e6;

    @Test
    void aloneNothingIsSent() {
        // 20 ms + 0.5 ms
        assertThat(MODEL.allReduce(WORK, new Cluster(1, 1, GBIT), 4)).isEqualTo(20.5e-3, within(1e-12));
    }

    @Test
    void theProcessorBoundsAFastLink() {
        // A slice is 250,000 parameters, 4 messages; 3 others: 12 messages. 3,000,000 bytes each way.
        // 20.5 ms + 2 (0.1 ms + 0.12 ms + 3 ms)
        Cluster cluster = new Cluster(4, 1, Double.POSITIVE_INFINITY);
        assertThat(MODEL.allReduce(WORK, cluster, 4)).isEqualTo(26.94e-3, within(1e-12));
        // Two ranks a core: 41 ms + 2 (0.1 ms + 0.24 ms + 6 ms)
        Cluster shared = new Cluster(4, 2, Double.POSITIVE_INFINITY);
        assertThat(MODEL.allReduce(WORK, shared, 4)).isEqualTo(53.68e-3, within(1e-12));
    }

    @Test
    void theLinkBoundsTheProcessor() {
        // 20.5 ms + 2 (0.22 ms + 24 ms)
        Cluster cluster = new Cluster(4, 1, GBIT);
        assertThat(MODEL.allReduce(WORK, cluster, 4)).isEqualTo(68.94e-3, within(1e-12));
        // Half the bytes there, all of them back: 20.5 ms + 2 * 0.22 ms + 12 ms + 24 ms
        assertThat(MODEL.allReduce(WORK, cluster, 2)).isEqualTo(56.94e-3, within(1e-12));
    }

    @Test
    void throughTheDriver() {
        // 20 ms + 30 ms + 4 ms + 5 * 4 MB * (2 ns + 8 ns)
        Cluster cluster = new Cluster(4, 1, GBIT);
        assertThat(MODEL.byDriver(WORK, cluster)).isEqualTo(254e-3, within(1e-12));
        // Parameters and momentum, every eighth step: 20 ms + (34 ms + 5 * 8 MB * 10 ns) / 8
        assertThat(MODEL.averaging(WORK, cluster, 8)).isEqualTo(74.25e-3, within(1e-12));
    }
}
