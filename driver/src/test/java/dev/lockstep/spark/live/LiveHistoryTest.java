package dev.lockstep.spark.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.Browser;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.train.SmallJob;
import dev.lockstep.spark.train.TrainingJob;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.history.FsHistoryProvider;
import org.apache.spark.deploy.history.HistoryServer;
import org.apache.spark.deploy.history.HistoryServer$;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that has ended, in Spark's own history server, which knows its event log alone. */
class LiveHistoryTest {
    private static String get(String address) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
        return HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()
                .send(request, BodyHandlers.ofString())
                .body();
    }

    /** Trains in an application whose UI is off, and returns the application's id. */
    private static String train(Path folder, Path log) throws Exception {
        Path rows = SmallJob.write(folder, 2, 4);
        JobSpec job = SmallJob.job(rows.toString(), "csv", SmallJob.Mode.ALLREDUCE);
        SparkSession spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .config("spark.eventLog.enabled", "true")
                .config("spark.eventLog.dir", log.toUri().toString())
                .getOrCreate();
        try {
            new TrainingJob(spark, job, new TrainingListener() {}).run();
            return spark.sparkContext().applicationId();
        } finally {
            spark.stop();
        }
    }

    @Test
    @Tag("compat")
    void theHistoryServerShowsTheTraining(@TempDir Path folder) throws Exception {
        Path log = Files.createDirectory(folder.resolve("log"));
        String application = train(folder, log);
        SparkConf conf = new SparkConf()
                .set("spark.history.fs.logDirectory", log.toUri().toString())
                .set("spark.history.ui.port", "0")
                .set("spark.ui.port", "0");
        FsHistoryProvider provider = new FsHistoryProvider(conf);
        HistoryServer server = new HistoryServer(conf, provider, HistoryServer$.MODULE$.createSecurityManager(conf), 0);
        server.initialize();
        server.bind();
        try {
            provider.checkForLogs();
            String address = "http://localhost:" + server.boundPort() + "/history/" + application + "/";
            assertThat(get(address + "jobs/"))
                    .as("the tab in Spark's other pages")
                    .contains("/lockstep/");
            JsonNode runs =
                    new ObjectMapper().readTree(get(address + "lockstep/runs/")).get("runs");
            assertThat(runs).hasSize(1);
            assertThat(runs.get(0).get("state").asText()).isEqualTo("ended");
            assertThat(runs.get(0).get("epochs").size())
                    .isEqualTo(runs.get(0).get("epochsPlanned").asInt())
                    .isPositive();
            assertThat(runs.get(0).get("stepLosses").size()).isPositive();
            Browser.assumeThere();
            String page = Browser.show(address + "lockstep/", 1600, folder);
            assertThat(page).contains("data-errors=\"0\"", "data-runs=\"1\"", "data-overflows=\"false\"", ">ended<");
            assertThat(Browser.count("<canvas", page)).isGreaterThan(4);
        } finally {
            server.stop();
        }
    }
}
