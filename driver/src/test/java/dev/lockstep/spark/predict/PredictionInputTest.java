package dev.lockstep.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.IngestException;
import dev.lockstep.spark.ingest.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class PredictionInputTest extends SparkTest {
    private static DataSchema schema(SourceSpec source, List<String> features) {
        return new DataSchema(source, Shape.of(2), features, List.of("y"), Targets.CLASS, 2, null);
    }

    private static List<String> features(PredictionInput input) {
        FeatureReader reader = input.features();
        return input.rows()
                .javaRDD()
                .mapPartitions(rows -> {
                    List<String> texts = new ArrayList<>();
                    RowArray read = new RowArray(new RowLayout(Shape.of(2), Shape.of(1), false, false), 0);
                    rows.forEachRemaining(row -> {
                        reader.read(row, read);
                        texts.add(Arrays.toString(Arrays.copyOf(read.whole(read.rows() - 1), 2)));
                    });
                    return texts.iterator();
                })
                .collect();
    }

    private static List<String> rows(PredictionInput input) {
        return input.rows().drop(input.internalColumns().toArray(String[]::new)).collectAsList().stream()
                .map(Row::toString)
                .toList();
    }

    @Test
    void csvKeepsRowsOrderAndText() throws IOException {
        DataSchema schema =
                schema(source().path("train.csv").format(SourceSpec.Format.CSV).spec(), List.of("a", "b"));
        StringBuilder text = new StringBuilder("id;b;a\n");
        List<String> expectedRows = new ArrayList<>();
        List<String> expectedFeatures = new ArrayList<>();
        for (int row = 0; row < 200; row++) {
            text.append("007-").append(row).append(";2.50;").append(row).append('\n');
            expectedRows.add("[007-" + row + ",2.50," + row + "]");
            expectedFeatures.add("[" + (float) row + ", 2.5]");
        }
        Path file = write("new.csv", text.toString());
        spark.conf().set("spark.sql.files.maxPartitionBytes", 300);
        try {
            PredictionInput input = PredictionInput.open(
                    spark, source().path(file).delimiter(";").spec(), schema);
            assertThat(rows(input)).isEqualTo(expectedRows);
            assertThat(features(input)).isEqualTo(expectedFeatures);
            assertThat(input.rows().columns()).startsWith("id", "b", "a");
        } finally {
            spark.conf().unset("spark.sql.files.maxPartitionBytes");
        }
    }

    @Test
    void theTrainingDataTellHowFilesAreWritten() throws IOException {
        SourceSpec train = source().path("train.txt")
                .format(SourceSpec.Format.CSV)
                .delimiter("whitespace")
                .header(false)
                .features("0..1")
                .spec();
        Path file = write("new.txt", " 1  2 \n3\t4\n");
        PredictionInput input =
                PredictionInput.open(spark, source().path(file).spec(), schema(train, List.of("0", "1")));
        assertThat(features(input)).containsExactly("[1.0, 2.0]", "[3.0, 4.0]");
    }

    @Test
    void columnsGivenByNumberAreFoundByTheirNames() throws IOException {
        SourceSpec train = source().path("train.csv")
                .format(SourceSpec.Format.CSV)
                .label("0")
                .features("1..2")
                .spec();
        Path file = write("new.csv", "a,note,b\n1,x,2\n");
        PredictionInput input =
                PredictionInput.open(spark, source().path(file).spec(), schema(train, List.of("a", "b")));
        assertThat(features(input)).containsExactly("[1.0, 2.0]");
    }

    /** As train calls them, not by their number among the features. */
    @Test
    void featuresThatAreNotFiniteAreCalledByTheirColumns() throws IOException {
        DataSchema byName =
                schema(source().path("x").format(SourceSpec.Format.CSV).spec(), List.of("a", "b"));
        Path file = write("new.csv", "id,a,b\n7,1,nan\n");
        assertRefused(source().path(file).spec(), byName, file + ":2, column \"b\"");
        spark.sql("select array(1D, double('nan')) as f").createOrReplaceTempView("arrays");
        SourceSpec table =
                source().path("arrays").format(SourceSpec.Format.TABLE).spec();
        assertRefused(table, schema(table, List.of("f")), "arrays, column \"f\", element 1");
        SourceSpec lines = source().path(write("new.svm", "1 1:1\n1 2:nan\n")).spec();
        assertRefused(lines, schema(lines, List.of()), lines.path() + ":2, index 2");
    }

    private void assertRefused(SourceSpec rows, DataSchema schema, String place) {
        assertThatThrownBy(() -> features(PredictionInput.open(spark, rows, schema)))
                .rootCause()
                .hasMessage(place + ": expected a finite number, got NaN");
    }

    @Test
    void libsvmAndIdxAndParquetAndTables() throws IOException {
        DataSchema byPlace =
                schema(source().path("x").format(SourceSpec.Format.IDX).spec(), List.of());
        Path lines = write("new.svm", "1 2:5\n-1 1:3 2:4 # end\n0\n");
        PredictionInput libsvm =
                PredictionInput.open(spark, source().path(lines).spec(), byPlace);
        assertThat(features(libsvm)).containsExactly("[0.0, 5.0]", "[3.0, 4.0]", "[0.0, 0.0]");
        assertThat(rows(libsvm)).containsExactly("[1,2:5]", "[-1,1:3 2:4 # end]", "[0,]");

        Path images = Files.write(
                directory.resolve("new-idx2-ubyte"),
                new byte[] {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, (byte) 255});
        PredictionInput idx = PredictionInput.open(spark, source().path(images).spec(), byPlace);
        assertThat(features(idx)).containsExactly("[1.0, 2.0]", "[3.0, 255.0]");
        assertThat(rows(idx)).containsExactly("[0]", "[1]");

        String path = directory.resolve("new.parquet").toString();
        spark.sql("select id, array(id, id * 2) as v from range(0, 300, 1, 3)")
                .write()
                .parquet(path);
        PredictionInput parquet =
                PredictionInput.open(spark, source().path(path).features("v").spec(), byPlace);
        assertThat(features(parquet)).hasSize(300).startsWith("[0.0, 0.0]", "[1.0, 2.0]");
        assertThat(rows(parquet).get(299)).startsWith("[299,");
        assertThat(features(PredictionInput.of(
                        spark.sql("select array(1, 2) as v"),
                        source().path("table").features("v").spec(),
                        byPlace)))
                .containsExactly("[1.0, 2.0]");
        spark.sql("select array(3, 4) as v").createOrReplaceTempView("new_rows");
        assertThat(features(PredictionInput.open(
                        spark,
                        source().path("new_rows")
                                .format(SourceSpec.Format.TABLE)
                                .features("v")
                                .spec(),
                        byPlace)))
                .containsExactly("[3.0, 4.0]");
    }

    @Test
    void parquetFilesAreInOrderHoweverManyCoresReadThem() throws IOException {
        // The second file is larger, and so the one that Spark reads first.
        spark.sql("select id as a, -id as b from range(0, 10, 1, 1)").write().parquet(directory + "/new/1");
        spark.sql("select id as a, -id as b from range(10, 2000, 1, 1)")
                .write()
                .option("parquet.block.size", 2000)
                .parquet(directory + "/new/2");
        DataSchema schema = schema(
                source().path("t.parquet").format(SourceSpec.Format.PARQUET).spec(), List.of("a", "b"));
        List<String> expected = IntStream.range(0, 2000)
                .mapToObj(row -> "[" + row + "," + -row + "]")
                .toList();
        for (int cores : new int[] {1, 2}) {
            // What local[cores] would have Spark do.
            spark.conf().set("spark.sql.files.minPartitionNum", cores);
            try {
                PredictionInput several = PredictionInput.open(
                        spark,
                        source().path(directory + "/new/*/*.parquet")
                                .format(SourceSpec.Format.PARQUET)
                                .spec(),
                        schema);
                assertThat(rows(several)).isEqualTo(expected);
            } finally {
                spark.conf().unset("spark.sql.files.minPartitionNum");
            }
        }
        spark.conf().set("spark.sql.files.maxPartitionBytes", 5000);
        try {
            PredictionInput one = PredictionInput.open(
                    spark,
                    source().path(directory + "/new/2")
                            .format(SourceSpec.Format.PARQUET)
                            .spec(),
                    schema);
            assertThat(one.rows().rdd().getNumPartitions()).isGreaterThan(1);
            assertThat(rows(one)).isEqualTo(expected.subList(10, 2000));
        } finally {
            spark.conf().unset("spark.sql.files.maxPartitionBytes");
        }
    }

    @Test
    void badRowsAreNamed() throws IOException {
        DataSchema schema =
                schema(source().path("t.csv").format(SourceSpec.Format.CSV).spec(), List.of("a", "b"));
        Path file = write("new.csv", "a,b\n1,2\n1,two\n");
        PredictionInput input = PredictionInput.open(spark, source().path(file).spec(), schema);
        assertThatThrownBy(() -> features(input))
                .rootCause()
                .isInstanceOf(IngestException.class)
                .hasMessage(file + ":3, column \"b\": expected a number, got \"two\"");
        Path missing = write("missing.csv", "a,c\n1,2\n");
        assertThatThrownBy(
                        () -> PredictionInput.open(spark, source().path(missing).spec(), schema))
                .hasMessage(missing + ": no column \"b\" for the features; did you mean \"a\"?");
        Path uneven = write("uneven.csv", "a,b\n1,2,3\n");
        PredictionInput broken =
                PredictionInput.open(spark, source().path(uneven).spec(), schema);
        assertThatThrownBy(() -> features(broken)).rootCause().hasMessage(uneven + ":2, expected 2 fields, got 3");
        Path wide = write("wide.csv", "a,b,c\n1,2,3\n");
        DataSchema byPlace =
                schema(source().path("x").format(SourceSpec.Format.LIBSVM).spec(), List.of());
        assertThatThrownBy(() -> PredictionInput.open(spark, source().path(wide).spec(), byPlace))
                .hasMessage(wide + ": expected 2 features as in training, got 3");
        Path twice = write("twice.csv", "a,b,a\n1,2,3\n");
        assertThatThrownBy(
                        () -> PredictionInput.open(spark, source().path(twice).spec(), schema))
                .hasMessage(twice + ": columns 0 and 2 are both named \"a\"");
        Path unlabelled = write("unlabelled.svm", "1 1:3\n1:3 2:4\n");
        PredictionInput libsvm =
                PredictionInput.open(spark, source().path(unlabelled).spec(), byPlace);
        assertThatThrownBy(() -> features(libsvm))
                .rootCause()
                .hasMessage(unlabelled + ":2, label: expected a label, got \"1:3\"");
    }

    /** As in training, names that nobody uses may come twice. */
    @Test
    void unusedColumnsOfOneNameStay() throws IOException {
        DataSchema schema =
                schema(source().path("t.csv").format(SourceSpec.Format.CSV).spec(), List.of("a", "b"));
        Path file = write("new.csv", "note,a,b,note,note_2,note\nu,1,2,v,w,x\n");
        PredictionInput input = PredictionInput.open(spark, source().path(file).spec(), schema);
        assertThat(features(input)).containsExactly("[1.0, 2.0]");
        assertThat(input.rows().columns()).startsWith("note", "a", "b", "note_3", "note_2", "note_4");
    }

    /** However many tasks read a file, and however its lines end. */
    @Test
    void linesAreThoseThatAnEditorShows() throws IOException {
        DataSchema schema =
                schema(source().path("t.csv").format(SourceSpec.Format.CSV).spec(), List.of("a", "b"));
        spark.conf().set("spark.sql.files.maxPartitionBytes", 97);
        try {
            for (String end : List.of("\n", "\r\n", "\r", "\n\n")) {
                for (int bad = 0; bad < 100; bad += 30) {
                    StringBuilder text = new StringBuilder("a,b").append(end);
                    for (int row = 0; row < 100; row++) {
                        text.append(row == bad ? "x" : "" + row).append(",2").append(end);
                    }
                    Path file = write("lines.csv", text.toString());
                    PredictionInput input =
                            PredictionInput.open(spark, source().path(file).spec(), schema);
                    int line = (bad + 1) * (end.equals("\n\n") ? 2 : 1) + 1;
                    assertThatThrownBy(() -> features(input))
                            .rootCause()
                            .hasMessage(file + ":" + line + ", column \"a\": expected a number, got \"x\"");
                }
            }
        } finally {
            spark.conf().unset("spark.sql.files.maxPartitionBytes");
        }
    }

    /** Rows of a table have no lines; what is not a feature tells them apart. */
    @Test
    void rowsOfTablesAreNamedByTheirKeys() {
        spark.sql("select 7 as id, 'Oslo' as city, 1 as a, 'x' as b").createOrReplaceTempView("keyed");
        SourceSpec table =
                source().path("keyed").format(SourceSpec.Format.TABLE).spec();
        assertThatThrownBy(() -> features(PredictionInput.open(spark, table, schema(table, List.of("a", "b")))))
                .rootCause()
                .hasMessage("keyed: row with id=7, city=Oslo, column \"b\": expected a number, got \"x\"");
    }
}
