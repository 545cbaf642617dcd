package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.onnx.OnnxExport;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.io.FileSystems;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep export}: a saved model in a format that other runtimes read. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Write a model as an ONNX file, with its scaling and the names of its classes.")
final class ExportCommand extends SparkCommand {
    @Parameters(paramLabel = "MODEL", description = "Directory of the model.")
    private String directory;

    @Option(names = "--onnx", required = true, paramLabel = "FILE", description = "The file to write.")
    private String file;

    @Option(
            names = "--opset",
            paramLabel = "N",
            description = "Version of ONNX's operators, " + OnnxExport.LEAST_OPSET + " to " + OnnxExport.OPSET
                    + ". Default: ${DEFAULT-VALUE}.",
            defaultValue = "" + OnnxExport.OPSET)
    private int opset;

    @Option(names = "--overwrite", description = "Replace the file if it exists.")
    private boolean overwrite;

    ExportCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        SavedModel model = model(directory);
        if (!overwrite && FileSystems.exists(file, configuration())) {
            throw new JobException("--onnx " + file, "already exists; --overwrite replaces it");
        }
        byte[] onnx;
        try {
            onnx = OnnxExport.of(model, opset);
        } catch (IllegalArgumentException e) {
            throw new JobException(directory, e.getMessage(), e);
        }
        FileSystems.write(file, onnx, configuration());
        String outside = OnnxExport.columnsObstacle(model);
        if (outside != null) {
            streams()
                    .err()
                    .println("note: the input of the file is features, encoded by the model from the cells of a row: "
                            + Excerpt.visible(outside));
        }
        print(object().put("onnx", file).put("opset", opset), List.of("onnx " + file));
        return 0;
    }
}
