package dev.lockstep.examples;

import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.nn.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;

/** Says which class a row belongs to, in one thread; threads may share the model. */
public final class Classifier {
    private final SavedModel model;
    private final Predictor predictor;

    public Classifier(SavedModel model) {
        this.model = model;
        this.predictor = model.predictor(1); // at most one row at a time
    }

    /** Reads a model's directory. */
    public static SavedModel load(Path directory) {
        return ModelFiles.load(new LocalDirectory(directory));
    }

    /** The class of a row: its features as they stand in the data, in the order of model.description().features(). */
    public String classify(float... features) {
        Tensor probabilities = predictor.predict(List.of(features));
        int from = probabilities.rowOffset(0);
        int best = 0;
        for (int i = 1; i < probabilities.shape().size(); i++) {
            if (probabilities.array()[from + i] > probabilities.array()[from + best]) {
                best = i;
            }
        }
        return model.description().classes().get(best);
    }
}
