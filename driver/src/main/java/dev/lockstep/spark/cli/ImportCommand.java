package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.onnx.read.ImportOptions;
import dev.lockstep.nn.onnx.read.OnnxImport;
import dev.lockstep.nn.spec.SpecException;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.io.FileSystems;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep import}: a model of another program as a saved model. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = "Make a model of an ONNX file: to evaluate it, predict on Spark, serve it, or train on from it.")
final class ImportCommand extends SparkCommand {
    private static final Set<String> FILES = Set.of(ModelFiles.DESCRIPTION, ModelFiles.WEIGHTS);

    @Parameters(paramLabel = "FILE.onnx", description = "The file to read.")
    private String file;

    @Option(names = "--output", required = true, paramLabel = "MODEL", description = "Directory of the model.")
    private String directory;

    @Option(
            names = "--loss",
            paramLabel = "LOSS",
            description = "What the outputs mean, as in a job file: crossEntropy, '{huber: 2}'. Default: crossEntropy"
                    + " after a softmax, binaryCrossEntropy after a sigmoid, otherwise meanSquaredError.")
    private @Nullable String loss;

    @Option(
            names = "--shape",
            split = ",",
            paramLabel = "N",
            description = "Shape of a row as the file has it, such as 3,32,32. Default: what the file says.")
    private int @Nullable [] shape;

    @Option(
            names = "--classes",
            split = ",",
            paramLabel = "NAME",
            description = "Names of the classes in the order of the outputs. Default: they have none.")
    private @Nullable List<String> classes;

    @Option(
            names = "--result",
            paramLabel = "NAME",
            description = "Which of the file's outputs is the model's. Default: the only one of floats.")
    private @Nullable String result;

    @Option(names = "--overwrite", description = "Replace a model that is there.")
    private boolean overwrite;

    ImportCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        SavedModel model = model();
        checkDirectory("--output", directory);
        FileDirectory target = FileSystems.directory(directory, configuration());
        List<String> files = target.list();
        if (!FILES.containsAll(files)) {
            throw new JobException(
                    "--output " + directory, "holds other files than a model's; choose another directory");
        }
        if (!overwrite && !files.isEmpty()) {
            throw new JobException("--output " + directory, "holds a model already; --overwrite replaces it");
        }
        ModelFiles.save(target, model);
        String sha256 = model.description().sha256();
        print(
                object().put("model", directory).put("sha256", sha256),
                List.of("model " + directory + " sha256 " + sha256));
        return 0;
    }

    private SavedModel model() throws IOException {
        byte[] onnx;
        try {
            onnx = FileSystems.read(file, configuration());
        } catch (IOException e) {
            throw new JobException(file, "cannot be read: " + FileReason.of(e), e);
        }
        ImportOptions options = new ImportOptions(
                result,
                loss == null ? null : loss(loss),
                shape == null ? null : Shape.of(shape),
                classes == null ? List.of() : classes);
        try {
            return OnnxImport.of(onnx, options);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new JobException(file, e.getMessage(), e);
        }
    }

    private static Loss loss(String text) {
        try {
            return SpecMapper.bind(JobFile.part(text, "--loss"), Loss.class, "");
        } catch (SpecException e) {
            throw new JobException("--loss", e.getMessage(), e);
        }
    }
}
