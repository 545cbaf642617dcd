package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.io.SafeTensorsReader;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.onnx.read.ImportOptions;
import dev.lockstep.nn.onnx.read.OnnxImport;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.torch.TorchImport;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.report.ModelOrigin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/** A file of another program, and the model in it. */
final class ForeignModel {
    private final String file;
    private final byte[] bytes;

    private ForeignModel(String file, byte[] bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /**
     * Reads a file.
     *
     * @throws JobException if it cannot be read
     */
    static ForeignModel read(String file, Configuration configuration) {
        try {
            return new ForeignModel(file, FileSystems.read(file, configuration));
        } catch (IOException e) {
            throw new JobException(file, "cannot be read: " + FileReason.of(e), e);
        }
    }

    /** The origin of the model, from its papers. */
    ModelOrigin origin(@Nullable String license) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return ModelOrigin.imported(
                    new ModelOrigin.File(
                            new Path(file).getName(), HexFormat.of().formatHex(digest)),
                    license);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /**
     * The network of an ONNX file.
     *
     * @throws JobException if it cannot be one, naming the operator
     */
    SavedModel onnx(ImportOptions options) {
        try {
            return OnnxImport.of(bytes, options);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new JobException(file, e.getMessage(), e);
        }
    }

    /**
     * The network of a job with the numbers of a safetensors file.
     *
     * @param shape of a row of features
     * @param names layers to modules
     * @param streams receives the tensors that belong to no layer
     * @throws JobException if they do not fit
     */
    SavedModel tensors(JobSpec job, Shape shape, Map<String, String> names, List<String> classes, Streams streams)
            throws IOException {
        try {
            SafeTensorsReader reader = SafeTensorsReader.ofAnyType(new ByteArrayInputStream(bytes), bytes.length, file);
            TorchImport.Imported imported = TorchImport.of(reader, job.model(), shape, names, classes);
            if (!imported.unused().isEmpty()) {
                streams.err()
                        .println("note: no layer takes these tensors: "
                                + Excerpt.visible(Excerpt.list(imported.unused())));
            }
            return imported.model();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new JobException(file, e.getMessage(), e);
        }
    }
}
