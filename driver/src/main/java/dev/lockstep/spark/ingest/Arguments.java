package dev.lockstep.spark.ingest;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;

/**
 * The arguments of a function that predicts, as rows of a table.
 *
 * @param inputs reads what the network takes in
 * @param columns which of the arguments, or of the fields of a structure, are features
 */
public record Arguments(RowInputs inputs, List<Integer> columns) {

    /**
     * Understands arguments as the training rows were understood.
     *
     * @param function what errors call it
     * @param example some arguments; none is missing, unless columns have types
     * @param schema how the training rows were understood
     * @param named whether they have the names of the training rows' columns; otherwise they come in their order
     * @throws IngestException if they are not the features
     */
    public static Arguments of(String function, Row example, DataSchema schema, boolean named) {
        Columns given = new Columns(function, Arrays.asList(example.schema().fieldNames()));
        List<String> features = schema.featureColumns();
        String steps = schema.source().length();
        if (!named && steps != null) {
            throw new IngestException(function + ": the model needs the column " + steps
                    + " of rows' lengths too; expected a struct with the columns' names, such as struct(*)");
        }
        List<Integer> columns = named && !features.isEmpty()
                ? given.findAll(features, "features")
                : IntStream.range(0, example.size()).boxed().toList();
        if (schema.encoding() != null) {
            if (columns.size() != features.size()) {
                throw new IngestException(
                        function + ": expected the columns " + features + ", got " + columns.size() + " arguments");
            }
            return new Arguments(new CellInputs(columns, schema.encoding()), columns);
        }
        NumberColumn length = steps == null ? null : NumberColumn.of(given, given.find(steps, "length"));
        TableInputs inputs = TableInputs.of(function, example, columns, length);
        RawTable.checkWidth(function, inputs.width(), schema);
        return new Arguments(inputs, columns);
    }
}
