package dev.lockstep.nn.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.loss.PredictionColumn;
import dev.lockstep.nn.model.CellPredictor;
import dev.lockstep.nn.spec.SpecMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a client has to know of a model: what rows hold, and what comes of them. */
final class ServedModel {
    private ServedModel() {}

    /** The answer to a request for metadata. */
    static Map<String, Object> of(SavedModel model, ServeOptions options) {
        ModelDescription description = model.description();
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("sha256", description.sha256());
        metadata.put("lockstepVersion", description.lockstepVersion());
        metadata.put("columns", columns(description));
        metadata.put("input", SpecMapper.tree(description.input()));
        metadata.put(
                "predictions",
                model.readout(options.samples()).columns().stream()
                        .map(PredictionColumn::name)
                        .toList());
        if (description.classes() != null) {
            metadata.put("classes", description.classes());
        }
        if (description.targets() != null) {
            metadata.put("targets", description.targets());
        }
        metadata.put("parameters", model.network().parameterCount());
        metadata.put("limits", limits(options));
        return metadata;
    }

    /** Each column with its type as a job file has it. */
    private static List<Map<String, Object>> columns(ModelDescription description) {
        List<Map<String, Object>> columns = new ArrayList<>();
        RowEncoding cells = description.cells();
        if (cells == null) {
            columns.add(column(CellPredictor.FEATURES, "numbers"));
            if (description.lengths()) {
                columns.add(column(CellPredictor.LENGTH, "number"));
            }
            return columns;
        }
        for (RowEncoding.Column column : cells.columns()) {
            JsonNode type = SpecMapper.brief(column.encoding().spec());
            columns.add(column(
                    column.name(),
                    type.isTextual() ? type.asText() : type.fieldNames().next()));
        }
        return columns;
    }

    private static Map<String, Object> column(String name, String type) {
        Map<String, Object> column = new LinkedHashMap<>();
        column.put("name", name);
        column.put("type", type);
        return column;
    }

    private static Map<String, Object> limits(ServeOptions options) {
        Map<String, Object> limits = new LinkedHashMap<>();
        limits.put("maxRows", options.maxRows());
        limits.put("maxBytes", options.maxBytes());
        limits.put("threads", options.threads());
        limits.put("waiting", options.waiting());
        limits.put("timeoutSeconds", options.timeoutSeconds());
        return limits;
    }
}
