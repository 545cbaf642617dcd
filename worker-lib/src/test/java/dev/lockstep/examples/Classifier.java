package dev.lockstep.examples;

import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.CellPredictor;
import java.nio.file.Path;
import java.util.Map;

/** Says which class a row belongs to, from its cells as they stand in the data. */
public final class Classifier {
    private final CellPredictor predictor;

    public Classifier(Path directory) {
        SavedModel model = SavedModel.load(directory); // threads may share it
        predictor = model.cellPredictor(256); // of one thread
    }

    public String classify(Map<String, ?> row) {
        return (String) predictor.predictRow(row).get("prediction");
    }
}
