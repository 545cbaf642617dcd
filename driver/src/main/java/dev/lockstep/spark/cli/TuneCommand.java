package dev.lockstep.spark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.MlflowSpec;
import dev.lockstep.spark.config.SearchSpec;
import dev.lockstep.spark.ingest.Sources;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.report.MlflowRun;
import dev.lockstep.spark.train.Trials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code lockstep tune}: trains a job with other settings, and says which are best. */
@Command(
        name = "tune",
        mixinStandardHelpOptions = true,
        description = "Train a job with the settings in its search section, in one application, and keep the best."
                + " Prints a table; writes trials.json and best.yaml to output.dir. Started again, it skips"
                + " finished trials.")
final class TuneCommand extends SparkCommand {
    private static final String BEST = "best.yaml";

    @Parameters(paramLabel = "JOB.yaml", description = "The job file, with a search section.")
    private String file;

    @Mixin
    private JobOptions options;

    TuneCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        JobSpec job = job(file, options.settings());
        SearchSpec search = job.search();
        if (search == null) {
            throw new JobException(
                    file,
                    "search: missing, expected the settings to try, such as {over: {train.batchSize: [32," + " 128]}}");
        }
        if (job.data().validation() == null) {
            throw new JobException(file, "search: the validation loss compares the trials; add data.validation");
        }
        String location = job.outputDirectory(file);
        checkDirectory("output.dir", location);
        List<Trial> trials = trials(job, search, location);
        Sources.check(job.data(), configuration());
        SparkSession spark = session("tune " + file);
        try (MlflowRun tracked = tracked(job, location)) {
            TrialRuns runs = new TrialRuns(spark, search.parallel(), configuration(), this::say, tracked);
            List<Trial> left = trials;
            for (int epochs : rounds(job, search, trials.size())) {
                runs.run(left.stream().map(trial -> trial.of(epochs)).toList());
                left = left.stream()
                        .sorted(Comparator.comparingDouble(
                                trial -> trial.of(epochs).loss()))
                        .limit(goingOn(search, left.size()))
                        .toList();
            }
            int code = report(location, trials, left.get(0));
            TrialRun best = left.get(0).last();
            if (tracked != null) {
                tracked.saved(model(best.directory()).description().sha256(), best.directory(), best.measures());
            }
            return code;
        }
    }

    /** The run that the trials' runs are part of; null without a server. */
    private @Nullable MlflowRun tracked(JobSpec job, String location) throws IOException {
        MlflowSpec spec = job.output() == null ? null : job.output().mlflow();
        if (spec == null) {
            return null;
        }
        MlflowRun run = new MlflowRun(spec, job, FileSystems.directory(location, configuration()), this::say, null);
        run.begin();
        return run;
    }

    private void say(String line) {
        streams().err().println(Excerpt.visible(line));
    }

    /** All are read before the first one trains, so that a key that is wrong costs nothing. */
    private List<Trial> trials(JobSpec job, SearchSpec search, String location) {
        List<Map<String, JsonNode>> settings = Trials.of(search);
        List<Trial> trials = new ArrayList<>();
        for (int i = 0; i < settings.size(); i++) {
            List<String> all = new ArrayList<>(options.settings());
            settings.get(i).forEach((key, value) -> all.add(key + "=" + value));
            all.add("search=null");
            all.add("checkpoint=null");
            Trial trial = new Trial(i, settings.get(i), all, location, this::parse);
            rounds(job, search, settings.size()).forEach(trial::of);
            trials.add(trial);
        }
        return trials;
    }

    private JobSpec parse(List<String> settings) {
        return job(file, settings);
    }

    /** How many epochs each round of a search trains. */
    private static List<Integer> rounds(JobSpec job, SearchSpec search, int trials) {
        int all = job.train().epochs();
        List<Integer> rounds = new ArrayList<>();
        SearchSpec.Halving halving = search.halving();
        if (halving != null) {
            int left = trials;
            for (long epochs = halving.epochs(); epochs < all && left > 1; epochs *= halving.factor()) {
                rounds.add((int) epochs);
                left = goingOn(search, left);
            }
        }
        rounds.add(all);
        return rounds;
    }

    private static int goingOn(SearchSpec search, int trials) {
        SearchSpec.Halving halving = search.halving();
        return halving == null ? trials : Math.max(1, (trials + halving.factor() - 1) / halving.factor());
    }

    private int report(String location, List<Trial> trials, Trial best) throws IOException {
        FileDirectory directory = FileSystems.directory(location, configuration());
        byte[] json = (TrialTable.json(trials).toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
        directory.write("trials.json", out -> out.write(json));
        if (Double.isInfinite(best.last().loss())) {
            printLines(TrialTable.lines(trials));
            throw new JobException(
                    file, "no trial finished with a loss; " + best.last().failure());
        }
        List<String> settings = new ArrayList<>(best.settings());
        settings.removeIf(setting -> setting.startsWith("search=") || setting.startsWith("checkpoint="));
        JsonNode tree = JobFile.tree(text(file), file, settings);
        ((ObjectNode) tree).remove("search");
        ((ObjectNode) tree.get("output")).put("dir", location + "/best");
        YAMLFactory yaml = YAMLFactory.builder()
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .build();
        byte[] written = new ObjectMapper(yaml).writeValueAsBytes(tree);
        directory.write(BEST, out -> out.write(written));
        String bestJob = directory.location(BEST);
        List<String> lines = new ArrayList<>(TrialTable.lines(trials));
        lines.add("best trial " + best.number() + ": "
                + best.values().entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + TrialTable.shown(entry.getValue()))
                        .collect(Collectors.joining(" "))
                + " job " + bestJob + " model " + best.last().directory());
        ObjectNode object = object().put("best", best.number()).put("job", bestJob);
        object.put("model", best.last().directory()).set("trials", TrialTable.json(trials));
        print(object, lines);
        return 0;
    }
}
