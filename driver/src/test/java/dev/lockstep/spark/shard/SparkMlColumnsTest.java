package dev.lockstep.spark.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.column.Category;
import dev.lockstep.nn.data.column.CellException;
import dev.lockstep.nn.data.column.ColumnSpec;
import dev.lockstep.nn.data.column.ColumnsSpec;
import dev.lockstep.nn.data.column.Missing;
import dev.lockstep.nn.data.column.NumberScale;
import dev.lockstep.nn.data.column.Numeric;
import dev.lockstep.nn.data.column.OneHot;
import dev.lockstep.nn.data.column.RowEncoder;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.SourceRequest;
import dev.lockstep.spark.ingest.Sources;
import dev.lockstep.spark.ingest.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.ml.feature.Imputer;
import org.apache.spark.ml.feature.MinMaxScaler;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Columns with types have the values that spark.ml's transformers of the same meaning give. */
class SparkMlColumnsTest extends SparkTest {
    private static final int ROWS = 301;

    private Dataset<Row> table() {
        Random random = new Random(8);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            Double number = random.nextInt(6) == 0 ? null : Double.valueOf(random.nextGaussian() * 50 + 1000);
            rows.add(RowFactory.create(number, "name" + random.nextInt(7) * random.nextInt(3), (double) (i % 2)));
        }
        StructType type = new StructType()
                .add("number", DataTypes.DoubleType)
                .add("name", DataTypes.StringType)
                .add("y", DataTypes.DoubleType);
        return spark.createDataFrame(rows, type).repartition(3);
    }

    /** The features of each row by our encoding. */
    private List<float[]> encoded(Dataset<Row> table, String column, ColumnSpec type) {
        table.createOrReplaceTempView("cells");
        SourceSpec source = source().path("cells")
                .format(SourceSpec.Format.TABLE)
                .label("y")
                .spec();
        SourceRequest request =
                SourceRequest.training(source, Targets.VALUES).typed(ColumnsSpec.of(Map.of(column, type)), null);
        RowEncoder encoder = ColumnFit.fit(spark, Sources.open(spark, request), null)
                .description()
                .encoding()
                .encoder();
        List<float[]> features = new ArrayList<>();
        for (Row row : table.collectAsList()) {
            float[] out = new float[encoder.width()];
            try {
                encoder.read(new Object[] {row.getAs(column)});
                encoder.encode(out, 0);
            } catch (CellException e) {
                throw new IllegalStateException(e.getMessage());
            }
            features.add(out);
        }
        return features;
    }

    private static void compare(List<float[]> ours, Dataset<Row> theirs, String column, double factor) {
        List<Row> rows = theirs.collectAsList();
        for (int i = 0; i < rows.size(); i++) {
            double[] expected = ((Vector) rows.get(i).getAs(column)).toArray();
            assertThat(ours.get(i)).hasSize(expected.length);
            for (int j = 0; j < expected.length; j++) {
                assertThat((double) ours.get(i)[j]).isCloseTo(expected[j] * factor, within(1e-6));
            }
        }
    }

    private static Dataset<Row> imputed(Dataset<Row> table, String strategy) {
        Dataset<Row> filled = new Imputer()
                .setStrategy(strategy)
                .setInputCols(new String[] {"number"})
                .setOutputCols(new String[] {"filled"})
                .setRelativeError(0)
                .fit(table)
                .transform(table);
        return new VectorAssembler()
                .setInputCols(new String[] {"filled"})
                .setOutputCol("vector")
                .transform(filled);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mean", "median"})
    void imputerAndStandardScaler(String strategy) {
        Dataset<Row> table = table().cache();
        // Spark's median of an even count is the lower one of the two in the middle.
        long present = table.filter("number is not null").count();
        Dataset<Row> odd = present % 2 == 1
                ? table
                : table.filter("number is null")
                        .union(table.filter("number is not null").limit((int) present - 1));
        odd = odd.cache();
        Dataset<Row> assembled = imputed(odd, strategy);
        Dataset<Row> scaled = new StandardScaler()
                .setWithMean(true)
                .setInputCol("vector")
                .setOutputCol("scaled")
                .fit(assembled)
                .transform(assembled);
        Missing missing = strategy.equals("mean") ? Missing.Named.MEAN : Missing.Named.MEDIAN;
        long rows = odd.count();
        // Spark divides by n - 1, Lockstep by n.
        compare(
                encoded(odd, "number", new Numeric(missing, null, null, null)),
                scaled,
                "scaled",
                Math.sqrt(rows / (rows - 1.0)));
    }

    @Test
    void minMaxScaler() {
        Dataset<Row> table = table().cache();
        Dataset<Row> assembled = imputed(table, "mean");
        Dataset<Row> scaled = new MinMaxScaler()
                .setInputCol("vector")
                .setOutputCol("scaled")
                .fit(assembled)
                .transform(assembled);
        compare(
                encoded(table, "number", new Numeric(Missing.Named.MEAN, NumberScale.MIN_MAX, null, null)),
                scaled,
                "scaled",
                1);
    }

    @Test
    void stringIndexerAndOneHotEncoder() {
        Dataset<Row> table = table().cache();
        Dataset<Row> indexed = new StringIndexer()
                .setInputCol("name")
                .setOutputCol("index")
                .setStringOrderType("frequencyDesc")
                .fit(table)
                .transform(table);
        Dataset<Row> hot = new OneHotEncoder()
                .setDropLast(false)
                .setInputCol("index")
                .setOutputCol("hot")
                .fit(indexed)
                .transform(indexed);
        compare(encoded(table, "name", new OneHot()), hot, "hot", 1);
        List<Row> rows = indexed.collectAsList();
        List<float[]> categories = encoded(table, "name", new Category());
        for (int i = 0; i < rows.size(); i++) {
            double index = rows.get(i).getAs("index");
            assertThat(categories.get(i)).containsExactly((float) index + 1);
        }
    }
}
