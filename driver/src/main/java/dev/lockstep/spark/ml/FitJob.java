package dev.lockstep.spark.ml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.loss.Likelihood;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.ingest.CompleteRows;
import dev.lockstep.spark.ingest.Tables;
import dev.lockstep.spark.train.TrainingInputs;
import dev.lockstep.spark.train.TrainingJob;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;

/**
 * A call of {@code fit} as a job: what a job file would say with {@code format: table}, over a data frame instead of a
 * table with a name.
 */
final class FitJob {
    /** What the job, its errors and the model call the rows. */
    static final String ROWS = "data frame";

    private static final String VALIDATION_ROWS = "validation rows of the data frame";
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final NeuralNetworkTrainingParams<?> params;
    private final Target target;

    /**
     * What is to be predicted.
     *
     * @param labels its columns
     * @param classes how many classes there are, where the metadata say so
     * @param loss the loss unless the network says otherwise
     */
    record Target(List<String> labels, @Nullable Integer classes, String loss) {}

    /**
     * A job.
     *
     * @param params the estimator's
     */
    FitJob(NeuralNetworkTrainingParams<?> params, Target target) {
        this.params = params;
        this.target = target;
    }

    /** The rows that are trained on. */
    Dataset<Row> trainingRows(Dataset<?> rows) {
        Dataset<Row> sound = soundRows(rows.toDF());
        return validates() ? sound.filter(functions.not(indicator())) : sound;
    }

    /**
     * Trains.
     *
     * @param progress receives the progress
     */
    TrainingJob.Result run(Dataset<?> rows, FitProgress progress) {
        Map<String, Dataset<Row>> frames = new HashMap<>();
        Column[] used = usedColumns();
        frames.put(ROWS, trainingRows(rows).select(used));
        if (validates()) {
            frames.put(
                    VALIDATION_ROWS, soundRows(rows.toDF()).filter(indicator()).select(used));
        }
        TrainingInputs inputs = new TrainingInputs(
                new Tables(rows.sparkSession(), frames),
                params.trainingParams().inMemory(params),
                params.isDefined(params.checkpointDir()) ? params.getCheckpointDir() : null);
        return new TrainingJob(inputs, job(), progress, null).run();
    }

    /** Those without missing cells, unless these are errors. */
    private Dataset<Row> soundRows(Dataset<Row> rows) {
        if (params.getHandleInvalid().equals("error")) {
            return rows;
        }
        int[] columns = (typed() ? rowNames() : usedNames())
                .stream().mapToInt(name -> rows.schema().fieldIndex(name)).toArray();
        return rows.filter(new CompleteRows(columns));
    }

    private boolean validates() {
        return params.isSet(params.validationIndicatorCol());
    }

    private Column indicator() {
        return Columns.of(params.getValidationIndicatorCol());
    }

    private boolean typed() {
        return params.isDefined(params.columns());
    }

    private Set<String> usedNames() {
        Set<String> names = new LinkedHashSet<>(Columns.trained(params));
        names.addAll(rowNames());
        return names;
    }

    /** The columns of a row that are no features. */
    private Set<String> rowNames() {
        Set<String> names = new LinkedHashSet<>(target.labels());
        if (Columns.weighted(params)) {
            names.add(params.getWeightCol());
        }
        return names;
    }

    private Column[] usedColumns() {
        return usedNames().stream().map(Columns::of).toArray(Column[]::new);
    }

    /**
     * The job.
     *
     * @throws dev.lockstep.spark.config.JobException if a Param or a setting is wrong
     */
    JobSpec job() {
        ObjectNode job = NODES.objectNode();
        ObjectNode data = job.putObject("data");
        data.set("train", source());
        if (validates()) {
            data.putObject("validation").put("path", VALIDATION_ROWS).put("format", "table");
        }
        data.put("shards", params.getShards());
        if (typed()) {
            data.set("columns", JobFile.part(params.getColumns(), params.uid() + ": columns"));
        }
        job.set("model", model());
        init(job);
        ObjectNode solver = job.putObject("optimizer").putObject(params.getSolver());
        if (params.isDefined(params.stepSize())) {
            solver.put("learningRate", params.getStepSize());
        }
        ObjectNode train = job.putObject("train");
        train.put("epochs", params.getMaxIter());
        train.put("batchSize", params.getBatchSize());
        train.put("seed", params.getSeed());
        if (params.isDefined(params.patience()) || params.isDefined(params.tol())) {
            ObjectNode stopping = train.putObject("earlyStopping");
            stopping.put("metric", validates() ? "validationLoss" : "loss");
            stopping.put("patience", params.isDefined(params.patience()) ? params.getPatience() : 1);
            if (params.isDefined(params.tol())) {
                stopping.put("minDelta", params.getTol());
            }
        }
        JobSpec bound = JobFile.bind(job, params.uid(), List.of(params.getSettings()));
        Likelihood likelihood = bound.model().likelihood();
        if (likelihood.classifies(1) && likelihood.temperatures() == null) {
            throw new IllegalArgumentException(params.uid() + ": network: expected a loss of probabilities, such as"
                    + " crossEntropy, got " + SpecMapper.tree(bound.model().loss()));
        }
        return bound;
    }

    private void init(ObjectNode job) {
        if (params.isDefined(params.initialModel())) {
            ObjectNode init = job.putObject("init").put("from", params.getInitialModel());
            if (params.getFrozenLayers().length > 0) {
                init.set("freeze", names(List.of(params.getFrozenLayers())));
            }
        } else if (params.getFrozenLayers().length > 0) {
            throw new IllegalArgumentException(
                    params.uid() + ": frozenLayers: expected initialModel too, whose layers they are");
        }
    }

    private ObjectNode source() {
        ObjectNode source = NODES.objectNode();
        source.put("path", ROWS).put("format", "table");
        if (!typed() || params.isSet(params.featuresCols())) {
            source.set("features", names(Columns.features(params)));
        }
        source.set("label", names(target.labels()));
        if (Columns.weighted(params)) {
            source.put("weight", params.getWeightCol());
        }
        if (target.classes() != null) {
            source.put("classes", target.classes());
        }
        if (params.isDefined(params.layers()) && !typed()) {
            source.putArray("shape").add(params.getLayers()[0]);
        }
        return source;
    }

    private static ArrayNode names(List<String> columns) {
        ArrayNode names = NODES.arrayNode();
        columns.forEach(names::add);
        return names;
    }

    private ObjectNode model() {
        boolean sizes = params.isDefined(params.layers());
        if (sizes == params.isDefined(params.network())) {
            throw new IllegalArgumentException(params.uid() + ": expected one of layers and network, got "
                    + (sizes ? "both" : "neither") + "; layers are sizes such as [4, 5, 3], network is YAML");
        }
        ObjectNode model = sizes ? modelOfSizes(params.getLayers()) : modelOfText(params.getNetwork());
        if (model.path("loss").has("heads")) {
            throw new IllegalArgumentException(params.uid()
                    + ": network: heads predict columns of several kinds, which no spark.ml model does; a job file"
                    + " trains them");
        }
        if (!model.has("loss")) {
            model.put("loss", target.loss());
        }
        return model;
    }

    private ObjectNode modelOfSizes(int[] sizes) {
        if (sizes.length < 2 || IntStream.of(sizes).anyMatch(size -> size < 1)) {
            throw new IllegalArgumentException(params.uid()
                    + ": layers: expected at least two sizes of at least 1, from the features to the outputs, got "
                    + List.of(IntStream.of(sizes).boxed().toArray()));
        }
        ObjectNode model = NODES.objectNode();
        ArrayNode layers = model.putArray("layers");
        for (int i = 1; i < sizes.length; i++) {
            ObjectNode dense = layers.addObject().putObject("dense").put("units", sizes[i]);
            if (i < sizes.length - 1) {
                dense.put("activation", params.getActivation());
            }
        }
        return model;
    }

    private ObjectNode modelOfText(String text) {
        JsonNode network = JobFile.part(text, params.uid() + ": network");
        if (network instanceof ObjectNode model) {
            return model;
        }
        ObjectNode model = NODES.objectNode();
        model.set("layers", network);
        return model;
    }
}
