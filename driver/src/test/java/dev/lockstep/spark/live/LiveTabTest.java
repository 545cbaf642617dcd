package dev.lockstep.spark.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.nn.model.LayerFigures;
import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.Browser;
import dev.lockstep.spark.report.BrowserTab;
import dev.lockstep.spark.report.EpochReport;
import dev.lockstep.spark.report.TimeSpent;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.report.TrainingOverview;
import dev.lockstep.spark.report.TrainingSummary;
import dev.lockstep.spark.train.SmallJob;
import dev.lockstep.spark.train.TrainingJob;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The tab in Spark's UI, asked as a browser asks, and in a browser. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LiveTabTest {
    private static final int EPOCHS = 5;

    private SparkSession spark;

    @BeforeAll
    void start() {
        spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "true")
                .config("spark.ui.port", "0")
                .getOrCreate();
    }

    @AfterAll
    void stop() {
        spark.stop();
    }

    private String get(String path) throws Exception {
        URI address = URI.create(LiveTab.address(spark.sparkContext()) + path);
        HttpRequest request = HttpRequest.newBuilder(address).build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    /** The run of a name. */
    private JsonNode run(String name) throws Exception {
        for (JsonNode run : new ObjectMapper().readTree(get("runs/")).get("runs")) {
            if (run.get("name").asText().equals(name)) {
                return run;
            }
        }
        throw new AssertionError("no run " + name);
    }

    /** Trains for some epochs without rows. */
    private static void play(LiveRun run, int epochs) {
        run.preparing("reading rows.csv");
        run.started(new TrainingOverview(EPOCHS, 100, 6_000, 1_000, 4_711, 8, 2, 2, 0, 0, "gradient"));
        run.notice("a note <b>in bold</b>");
        for (int epoch = 1; epoch <= epochs; epoch++) {
            for (int step = 1; step <= 100; step++) {
                run.step(epoch, step, 100, 2.0 / (epoch * 100 + step));
            }
            run.ranks(List.of(new StepTimes(epoch * 1_000_000_000L, 1, 2), new StepTimes(5, 6, 7)));
            run.epoch(new EpochReport(
                    epoch,
                    epoch * 100L,
                    1.0 / epoch,
                    Map.of("accuracy", 0.5 + epoch / 20.0),
                    0.25 + Math.abs(epoch - 3),
                    Map.of("accuracy", 0.5),
                    Map.of(),
                    null,
                    1e-3,
                    1.5,
                    4000,
                    1 << 20,
                    new StepTimes(1_000_000_000L, 20_000_000L, 30_000_000L),
                    layers(epoch)));
        }
    }

    /** Of seven layers. */
    private static LayerFigures layers(int epoch) {
        Map<String, Double> figures = new LinkedHashMap<>();
        for (int layer = 1; layer <= 7; layer++) {
            figures.put("dense_" + layer, layer / (10.0 * epoch));
        }
        return new LayerFigures(figures, figures, figures);
    }

    @Test
    @Tag("compat")
    @Tag("java")
    void aTrainingIsShownByItself(@TempDir Path folder) throws Exception {
        Path rows = SmallJob.write(folder, 2, 4);
        JobSpec job = SmallJob.job(rows.toString(), "csv", SmallJob.Mode.ALLREDUCE);
        new TrainingJob(spark, job, new TrainingListener() {}).run();
        JsonNode run = run(job.output() == null ? rows.toString() : job.output().dir());
        assertThat(run.get("state").asText()).isEqualTo("ended");
        assertThat(run.get("words").asText()).isEqualTo("all epochs trained");
        assertThat(run.get("epochs").size()).isEqualTo(run.get("epochsPlanned").asInt());
        assertThat(run.get("step").asInt()).isEqualTo(run.get("steps").asInt()).isPositive();
        assertThat(run.get("stepLosses").size()).isPositive();
        for (JsonNode epoch : run.get("epochs")) {
            assertThat(epoch.at("/gradientNorm/dense_1").asDouble()).isPositive();
            assertThat(epoch.at("/updateRatio/dense_1").asDouble()).isPositive();
        }
        assertThat(run.get("ranks").size()).isEqualTo(2);
        assertThat(run.get("ranks").get(1).get("computeSeconds").asDouble()).isPositive();
        assertThat(get("")).contains("<title>Lockstep</title>");
        assertThat(get("../jobs/")).as("the tab in Spark's other pages").contains("/lockstep/");
    }

    @Test
    void whatFailsIsShown() throws Exception {
        LiveRun run = LiveTab.open(spark.sparkContext(), "fails");
        play(run, 2);
        JsonNode shown = run("fails");
        assertThat(shown.get("state").asText()).isEqualTo("training");
        assertThat(shown.get("bestEpoch").asInt()).isEqualTo(2);
        assertThat(shown.get("secondsLeft").asDouble()).isNotNegative();
        run.failed("the loss is not finite");
        assertThat(run("fails").get("state").asText()).isEqualTo("failed");
        assertThat(run("fails").get("words").asText()).isEqualTo("the loss is not finite");
    }

    /** Of many layers those that say most. */
    @Test
    void sixLayersAreShown() throws Exception {
        LiveRun run = LiveTab.open(spark.sparkContext(), "layers");
        play(run, 2);
        JsonNode last = run("layers").at("/epochs/1");
        assertThat(last.get("gradientNorm").fieldNames())
                .toIterable()
                .containsExactly("dense_1", "dense_2", "dense_3", "dense_4", "dense_5", "dense_7");
        assertThat(last.get("deadUnits").fieldNames())
                .toIterable()
                .containsExactly("dense_2", "dense_3", "dense_4", "dense_5", "dense_6", "dense_7");
    }

    /** Curves have points, nothing fails, nothing is asked of another machine, at any width. */
    @Test
    void aBrowserShowsIt(@TempDir Path folder) throws Exception {
        Browser.assumeThere();
        LiveRun run = LiveTab.open(spark.sparkContext(), "shown");
        play(run, EPOCHS);
        run.finished(new TrainingSummary(EPOCHS, 500, 7.5, "all epochs trained", EPOCHS, TimeSpent.UNKNOWN));
        for (int width : new int[] {500, 1600}) {
            String page = Browser.show(LiveTab.address(spark.sparkContext()), width, folder);
            // Loss of steps and epochs, accuracy, speed, time, three of layers, ranks, rate, bytes.
            assertThat(page)
                    .contains(
                            "data-errors=\"0\"",
                            "data-charts=\"11\"",
                            "data-overflows=\"false\"",
                            "data-foreign=\"0\"",
                            "a note &lt;b&gt;in bold&lt;/b&gt;",
                            ">best epoch<");
            assertThat(Browser.count("<canvas", page)).isEqualTo(11);
            assertThat(Browser.count("<tr class=\"best\"", page)).isOne();
        }
        try (BrowserTab tab = new BrowserTab(folder)) {
            for (int width : new int[] {400, 1600}) {
                for (boolean dark : new boolean[] {false, true}) {
                    tab.open(LiveTab.address(spark.sparkContext()), width, dark);
                    assertThat(tab.complaints()).as(width + " " + dark).isEmpty();
                }
            }
        }
    }

    @Test
    void aLongSeriesIsThinned() {
        Thinned<Integer> series = new Thinned<>(10);
        for (int i = 0; i < 1000; i++) {
            series.add(i);
            assertThat(series.items())
                    .hasSizeLessThanOrEqualTo(11)
                    .startsWith(0)
                    .endsWith(i);
        }
        List<Integer> items = series.items();
        assertThat(IntStream.range(2, items.size() - 1).mapToObj(i -> items.get(i) - items.get(i - 1)))
                .containsOnly(items.get(1));
    }
}
