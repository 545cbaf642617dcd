package dev.lockstep.spark.report;

import dev.lockstep.nn.io.ChecksumFile;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A model's directory: the model, its card, its SBOM, and the digests of what it is made of. */
public final class ModelBundle {
    /** The files that are written here. */
    public static final List<String> FILES =
            List.of(ModelFiles.DESCRIPTION, ModelFiles.WEIGHTS, ModelCard.NAME, ModelSbom.NAME, ChecksumFile.NAME);

    private ModelBundle() {}

    /**
     * Writes a model and all that belongs beside it, replacing what is there.
     *
     * @param directory where the job that trained it lies already, and the metrics of its training
     */
    public static void write(FileDirectory directory, SavedModel model, ModelOrigin origin) throws IOException {
        directory.delete(ChecksumFile.NAME);
        directory.delete(ModelSbom.NAME);
        ModelFiles.save(directory, model);
        ModelCard.write(directory, model, origin);
        List<String> parts = new ArrayList<>(List.of(ModelFiles.DESCRIPTION, ModelFiles.WEIGHTS));
        if (origin.job() != null) {
            parts.add(RunFiles.JOB);
        }
        ModelSbom.write(directory, model, origin, parts);
        parts.add(ModelSbom.NAME);
        ChecksumFile.write(directory, parts);
    }
}
