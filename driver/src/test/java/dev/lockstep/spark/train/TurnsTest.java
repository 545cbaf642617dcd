package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.TrainingListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaFutureAction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several trainings in one application. */
@Timeout(120)
class TurnsTest extends SparkTest {
    /** In local mode tasks see what this class sees. */
    private static volatile CountDownLatch said;

    private static final TrainingListener SILENT = new TrainingListener() {};

    @Test
    void firstComeFirstServed() throws Exception {
        Turns turns = new Turns();
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<?>> all = new ArrayList<>();
            all.add(threads.submit(() -> turns.take((before, nanos) -> {}, () -> {
                held.countDown();
                awaitUninterrupted(release);
                return order.add(0);
            })));
            held.await();
            for (int i = 1; i <= 5; i++) {
                int number = i;
                CountDownLatch waits = new CountDownLatch(1);
                all.add(threads.submit(() -> turns.take(
                        (before, nanos) -> {
                            assertThat(before).isBetween(1, number);
                            waits.countDown();
                        },
                        () -> order.add(number))));
                waits.await();
            }
            Future<?> givesUp = threads.submit(() -> turns.take(
                    (before, nanos) -> {
                        throw new IllegalStateException("cancelled");
                    },
                    () -> order.add(6)));
            assertThatThrownBy(givesUp::get).hasRootCauseMessage("cancelled");
            release.countDown();
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(order).containsExactly(0, 1, 2, 3, 4, 5);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Each stage of all-reduce needs both cores. */
    @Test
    @Tag("compat")
    void trainingsSideBySideHaveTheirBits() throws Exception {
        Path rows = SmallJob.write(directory, 2, 1);
        List<SmallJob.Mode> modes = List.of(
                SmallJob.Mode.ALLREDUCE, SmallJob.Mode.GRADIENT, SmallJob.Mode.ALLREDUCE, SmallJob.Mode.AVERAGING);
        ExecutorService threads = Executors.newFixedThreadPool(modes.size());
        try {
            List<Callable<String>> trainings = new ArrayList<>();
            for (SmallJob.Mode mode : modes) {
                trainings.add(() -> train(SmallJob.job(rows.toString(), "csv", mode), SILENT));
            }
            List<Future<String>> models = threads.invokeAll(trainings);
            for (int i = 0; i < modes.size(); i++) {
                assertThat(models.get(i).get())
                        .as(modes.get(i).name())
                        .isEqualTo(modes.get(i).sha256());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Both cores stay taken until the training has said what it waits for. */
    @Test
    void whatATrainingWaitsForIsSaid() throws Exception {
        Path rows = SmallJob.write(directory, 1, 1);
        said = new CountDownLatch(1);
        List<String> notices = Collections.synchronizedList(new ArrayList<>());
        JavaFutureAction<Void> other = jsc().parallelize(List.of(1, 2), 2).foreachAsync(i -> awaitUninterrupted(said));
        while (jsc().statusTracker().getActiveStageIds().length == 0) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        SmallJob.Mode mode = SmallJob.Mode.ALLREDUCE;
        String model = train(SmallJob.job(rows.toString(), "csv", mode), new TrainingListener() {
            @Override
            public void notice(String line) {
                notices.add(line);
                said.countDown();
            }
        });
        other.get();
        assertThat(model).isEqualTo(mode.sha256());
        assertThat(notices)
                .singleElement()
                .asString()
                .matches("waiting for task slots that other jobs of this application use: stage \\d+"
                        + " \\(foreachAsync at TurnsTest.java:\\d+\\), 2 tasks");
    }

    private String train(JobSpec job, TrainingListener listener) {
        return ModelFiles.sha256(
                new TrainingJob(spark, job, listener).run().model().parameters());
    }
}
