package dev.lockstep.spark.report;

import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.spec.SpecMapper;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a model predicts and from what, in words for a person.
 *
 * @param model the model
 */
record ModelWords(SavedModel model) {

    /** What comes out. */
    String predicts() {
        ModelDescription description = model.description();
        String targets = description.targets() == null
                ? ""
                : " of " + description.targets().stream().map(ModelWords::code).collect(Collectors.joining(", "));
        List<String> classes = description.classes();
        if (classes != null) {
            return "one of " + classes.size() + " classes" + targets + ": " + code(Excerpt.list(classes));
        }
        return model.network().output() + targets + ", loss "
                + code(flow(model.network().loss()));
    }

    /** What goes in. */
    String input() {
        RowEncoding cells = model.description().cells();
        if (cells == null) {
            return "features of shape " + model.network().input();
        }
        return cells.columns().size() + " columns: "
                + code(Excerpt.list(
                        cells.columns().stream().map(RowEncoding.Column::name).toList()));
    }

    /** A part of a job or of a network as a job file has it, in one line. */
    static String flow(Object spec) {
        return SpecMapper.flow(SpecMapper.tree(spec));
    }

    /** A text as it is, in the cell of a table. */
    static String code(String value) {
        return "`" + value.replace("`", "'").replace("|", "\\|").replace("\n", " ") + "`";
    }
}
