package dev.lockstep.spark.io;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;

/** The directory of a model's files: in the directory that {@code train} has written, or inside one of spark.ml's. */
public final class ModelDirectory {
    /** The directory inside one of spark.ml's that has what {@code train} would have written. */
    public static final String INSIDE = "data";

    private ModelDirectory() {}

    /** The directory with the model's files. */
    public static FileDirectory find(String path, Configuration configuration) throws IOException {
        FileDirectory files = FileSystems.directory(path, configuration);
        FileDirectory saved = FileSystems.directory(path + (path.endsWith("/") ? "" : "/") + INSIDE, configuration);
        boolean bySpark = !files.exists(ModelFiles.DESCRIPTION) && saved.exists(ModelFiles.DESCRIPTION);
        return bySpark ? saved : files;
    }

    /**
     * The model.
     *
     * @throws dev.lockstep.nn.io.ModelException if there is none, or it is damaged
     */
    public static SavedModel load(String path, Configuration configuration) throws IOException {
        return ModelFiles.load(find(path, configuration));
    }
}
