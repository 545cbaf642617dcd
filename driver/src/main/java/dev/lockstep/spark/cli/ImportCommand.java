package dev.lockstep.spark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.onnx.read.ImportOptions;
import dev.lockstep.nn.spec.SpecException;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.report.ModelBundle;
import dev.lockstep.spark.report.ModelCard;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep import}: a model of another program as a saved model. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description =
                "Make a model from an ONNX file, or from a safetensors file of PyTorch: to evaluate it, predict on"
                        + " Spark, serve it, or start a training from it.")
final class ImportCommand extends SparkCommand {
    @Parameters(paramLabel = "FILE", description = "The file to read: with --job safetensors, otherwise ONNX.")
    private String file;

    @Option(names = "--output", required = true, paramLabel = "MODEL", description = "Directory of the model.")
    private String directory;

    @Option(
            names = "--loss",
            paramLabel = "LOSS",
            description = "The loss that defines what the outputs mean, as in a job file: crossEntropy, '{huber: 2}'."
                    + " Default: crossEntropy after a softmax, binaryCrossEntropy after a sigmoid, otherwise"
                    + " meanSquaredError.")
    private @Nullable String loss;

    @Option(
            names = "--shape",
            split = ",",
            paramLabel = "N",
            description =
                    "Shape of a row: for an ONNX file in the order of the file, such as 3,32,32; for safetensors with"
                            + " the channels last: 32,32,3. Default: from the ONNX file.")
    private int @Nullable [] shape;

    @Option(
            names = "--job",
            paramLabel = "JOB.yaml",
            description = "A job with the network and the loss for a safetensors file, which contains only numbers.")
    private @Nullable String job;

    @Option(
            names = "--names",
            paramLabel = "MAP.yaml",
            description = "Which module of the safetensors file each layer is: a map such as {dense_1: fc1, lstm_2:"
                    + " 'rnn:1'}. Default: modules have the names of layers.")
    private @Nullable String names;

    @Option(
            names = "--license",
            paramLabel = "NAME",
            description = "The licence of the model, for its card and its SBOM. Default: unknown.")
    private @Nullable String license;

    @Option(
            names = "--classes",
            split = ",",
            paramLabel = "NAME",
            description = "Names of the classes in the order of the outputs. Default: no names.")
    private @Nullable List<String> classes;

    @Option(
            names = "--features",
            split = ",",
            paramLabel = "NAME",
            description = "Names of the columns that are the features, in order: predict and serve then find them by"
                    + " name. Default: all columns of a table, in its order.")
    private @Nullable List<String> features;

    @Option(
            names = "--result",
            paramLabel = "NAME",
            description = "The output to import. Default: the only output of floats.")
    private @Nullable String result;

    @Option(names = "--overwrite", description = "Replace an existing model.")
    private boolean overwrite;

    ImportCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        checkOptions();
        ForeignModel foreign = ForeignModel.read(file, configuration());
        SavedModel model = named(job == null ? foreign.onnx(options()) : tensors(foreign, job));
        checkDirectory("--output", directory);
        FileDirectory target = FileSystems.directory(directory, configuration());
        List<String> files = target.list();
        if (!ModelBundle.FILES.containsAll(files) || files.contains(ModelCard.NAME) && !ModelCard.isCard(target)) {
            throw new JobException(
                    "--output " + directory, "contains files that are not part of a model; choose another directory");
        }
        if (!overwrite && !files.isEmpty()) {
            throw new JobException("--output " + directory, "already contains a model; --overwrite replaces it");
        }
        ModelBundle.write(target, model, foreign.origin(license));
        String sha256 = model.description().sha256();
        print(
                object().put("model", directory).put("sha256", sha256),
                List.of("model " + directory + " sha256 " + sha256));
        return 0;
    }

    private void checkOptions() {
        if (job == null && (names != null || file.endsWith(".safetensors"))) {
            throw new JobException(
                    file, "a safetensors file holds no network; expected --job JOB.yaml with its layers and its loss");
        }
        if (job != null && (loss != null || result != null)) {
            throw new JobException(loss != null ? "--loss" : "--result", "is for ONNX files; the job says it here");
        }
        if (job != null && shape == null) {
            throw new JobException("--shape", "missing: a safetensors file does not say what a row is");
        }
    }

    /** The model with names of its columns, where they are given. */
    private SavedModel named(SavedModel model) {
        if (features == null) {
            return model;
        }
        ModelDescription description = model.description();
        int width = description.input().size();
        if (description.encoding() != null || features.size() != width) {
            throw new JobException(
                    "--features",
                    description.encoding() != null
                            ? "the file has columns with types already"
                            : "expected " + width + " names, got " + features.size());
        }
        ModelDescription.Columns columns =
                new ModelDescription.Columns(description.classes(), description.targets(), features, null);
        return SavedModel.of(model.network(), model.parameters(), description.scaling(), description.seed(), columns)
                .with(description.decided());
    }

    private ImportOptions options() {
        return new ImportOptions(
                result,
                loss == null ? null : loss(loss),
                shape == null ? null : Shape.of(shape),
                classes == null ? List.of() : classes);
    }

    private SavedModel tensors(ForeignModel foreign, String network) throws IOException {
        Map<String, String> modules = new LinkedHashMap<>();
        if (names != null) {
            JsonNode map = JobFile.part(text(names), names);
            if (!map.isObject()) {
                throw new JobException(names, "expected a map of layers to modules, such as dense_1: fc1");
            }
            for (Iterator<String> layers = map.fieldNames(); layers.hasNext(); ) {
                String layer = layers.next();
                JsonNode module = map.get(layer);
                if (!module.isValueNode() || module.isNull()) {
                    throw new JobException(names, layer + ": expected the name of a module");
                }
                modules.put(layer, module.asText());
            }
        }
        return foreign.tensors(
                job(network, List.of()),
                Shape.of(Objects.requireNonNull(shape)),
                modules,
                classes == null ? List.of() : classes,
                streams());
    }

    private static Loss loss(String text) {
        try {
            return SpecMapper.bind(JobFile.part(text, "--loss"), Loss.class, "");
        } catch (SpecException e) {
            throw new JobException("--loss", e.getMessage(), e);
        }
    }
}
