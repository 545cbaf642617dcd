package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.train.ModelEvaluation;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep evaluate}: how good a saved model is on a job's test rows. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description =
                "Measure a saved model on the test rows of a job, or on its validation rows if it has no test rows.")
final class EvaluateCommand extends SparkCommand {
    @Parameters(paramLabel = "MODEL", description = "Directory of the model.")
    private String directory;

    @Option(
            names = "--job",
            required = true,
            paramLabel = "JOB.yaml",
            description = "The job file that names the rows.")
    private String file;

    @Mixin
    private JobOptions options;

    @Mixin
    private SamplingOptions sampling;

    @Option(names = "--json", description = "Print one JSON object with every digit instead of a line for a person.")
    private boolean json;

    EvaluateCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        JobSpec job = job(file, options.settings());
        SavedModel model = model(directory);
        boolean test = job.data().test() != null;
        if (!test && job.data().validation() == null) {
            throw new JobException(file, "data: expected test or validation rows to evaluate on, got neither");
        }
        ModelEvaluation evaluation =
                new ModelEvaluation(session("evaluate " + directory), job, model, sampling.samples(), line -> streams()
                        .err()
                        .println("note: " + Excerpt.visible(line)));
        EvaluationSum sum = test ? evaluation.test() : evaluation.validation();
        Measures measures =
                Measures.of(sum.losses(), model.network().likelihood().score());
        Map<String, Object> figures = model.network().metrics().figures(sum.sums());
        String data = test ? "test" : "validation";
        if (json) {
            streams().out().println(measures.json(data, figures));
            return 0;
        }
        streams().out().println(data + " " + measures.line());
        String probabilistic = Measures.probabilistic(figures);
        if (!probabilistic.isEmpty()) {
            streams().out().println(data + " " + probabilistic);
        }
        return 0;
    }
}
