package dev.lockstep.spark.ml;

import dev.lockstep.spark.ingest.DataSchema;
import java.util.List;

/** Tells a model which columns it was trained on, until its Params say otherwise. */
final class ModelColumns {
    private ModelColumns() {}

    /**
     * Makes the columns of the training rows the default.
     *
     * @param known how the training rows were understood
     */
    static void use(NeuralNetworkFeatureParams<?> model, DataSchema known) {
        List<String> features = known.featureColumns();
        if (features.size() == 1 && known.encoding() == null) {
            model.setDefault(model.featuresCol(), features.get(0));
        } else if (!features.isEmpty()) {
            model.setDefault(model.featuresCols(), features.toArray(String[]::new));
        }
        if (known.labelColumns().size() == 1) {
            model.setDefault(model.labelCol(), known.labelColumns().get(0));
        }
    }
}
