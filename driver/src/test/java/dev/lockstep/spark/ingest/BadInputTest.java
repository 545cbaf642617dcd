package dev.lockstep.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.RowRules;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.config.ValidationSpec;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.shard.ShardAssignment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Everything that can be wrong with rows is one line that names the place and both values. */
class BadInputTest extends SparkTest {
    private void assertRefused(Spec source, Targets targets, String message) {
        assertRefused(source.spec(), null, null, targets, message);
    }

    private void assertRefused(
            SourceSpec train, ValidationSpec validation, SourceSpec test, Targets targets, String message) {
        int persisted = jsc().getPersistentRDDs().size();
        assertThatThrownBy(() -> read(train, validation, test, targets))
                .isInstanceOf(IngestException.class)
                .hasMessage(message);
        assertThat(jsc().getPersistentRDDs()).hasSize(persisted);
    }

    private void assertRefusedLike(Spec source, String pattern) {
        assertThatThrownBy(() -> read(source.spec(), null, null, Targets.CLASS))
                .isInstanceOf(IngestException.class)
                .hasMessageMatching(pattern);
    }

    private void read(SourceSpec train, ValidationSpec validation, SourceSpec test, Targets targets) {
        JobData.read(
                        spark,
                        new DataSpec(train, validation, test, 2, null),
                        targets,
                        layout -> RowRules.ANY,
                        SEED,
                        ShardAssignment.of(2, 2))
                .close();
    }

    private void assertCsvRefused(String content, String message) throws IOException {
        Path file = write("rows.csv", content);
        assertRefused(source().path(file).label("y").weight("w"), Targets.CLASS, file + message);
    }

    @Test
    void cells() throws IOException {
        assertCsvRefused("x,y,w\n1,0,1\nNaN,0,1\n", ":3, column \"x\": expected a finite number, got NaN");
        assertCsvRefused("x,y,w\n-inf,0,1\n", ":2, column \"x\": expected a finite number, got -Infinity");
        assertCsvRefused("x,y,w\n1e39,0,1\n", ":2, column \"x\": expected a number that fits a float, got 1.0E39");
        assertCsvRefused("x,y,w\n1,0,1\nfive,0,1\n", ":3, column \"x\": expected a number, got \"five\"");
        assertCsvRefused("x,y,w\n,0,1\n", ":2, column \"x\": expected a number, got \"\"");
        assertCsvRefused("x,y,w\n1,0,-0.5\n", ":2, weight: expected a number of at least 0, got -0.5");
        assertCsvRefused("x,y,w\n1,,1\n", ":2, column \"y\": expected a label, got nothing");
        Path latin =
                Files.write(directory.resolve("latin.csv"), "x,y\n1,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(
                source().path(latin).label("y"),
                Targets.CLASS,
                latin + ":2, expected UTF-8, got other bytes; set encoding, for example windows-1252");
    }

    /** Rows are somebody's data: a message shows where to look, not all of it. */
    @Test
    void longValuesAreCut() throws IOException {
        String long5 = "five".repeat(1_000_000);
        String shown = "\"" + "five".repeat(20) + "...\" (4000000 characters)";
        assertCsvRefused("x,y,w\n" + long5 + ",0,1\n", ":2, column \"x\": expected a number, got " + shown);
        Path lines = write("long.svm", "1 " + long5 + "\n");
        assertRefused(source().path(lines), Targets.CLASS, lines + ":1, expected index:value, got " + shown);
        Path labels = write("labels.csv", "x,y\n1," + long5 + "\n");
        assertRefused(
                source().path(labels).label("y").classes("a", "b"),
                Targets.CLASS,
                labels + ":2, label: expected one of a, b, got " + "five".repeat(20) + "... (4000000 characters)");
        Path header = write("header.csv", long5 + ",y\n1,0\n");
        assertThatThrownBy(() -> read(source().path(header).label("z").spec(), null, null, Targets.CLASS))
                .message()
                .hasSizeLessThan(400);
        assertTableRefused(
                "'" + "five".repeat(1000) + "' as x",
                "column \"x\": expected a number, got \"" + "five".repeat(20) + "...\" (4000 characters)");
    }

    @Test
    void shapesOfRows() throws IOException {
        assertCsvRefused("x,y,w\n1,0,1\n\n1,0\n", ":4, expected 3 fields, got 2");
        assertCsvRefused(
                "x,y,w\n\"1,0,1\n",
                ":2, the quoted field 0 does not end on its line; multiLine: true allows line breaks in quoted fields");
        assertCsvRefused("x,y,w\n\"1\"2,0,1\n", ":2, expected \",\" after the quoted field 0, got \"2\"");
        Path file = write("rows.csv", "x,y\n1,0\n");
        assertRefused(
                source().path(file).label("y").shape(3),
                Targets.CLASS,
                file + ": expected 3 features for the shape [3], got 1");
        write("two/a.csv", "x,y\n1,0\n");
        Path second = write("two/b.csv", "y,x\n1,0\n");
        assertRefused(
                source().path(directory.resolve("two")).label("y"),
                Targets.CLASS,
                second + ":1, header: expected x,y as in " + directory.resolve("two/a.csv") + ", got y,x");
    }

    @Test
    void labels() throws IOException {
        Path file = write("rows.csv", "x,y\n1,0\n2,7\n3,9\n");
        assertRefused(
                source().path(file).label("y").classes("7"),
                Targets.CLASS,
                file + ":3, label: expected a class index from 0 to 6, got 7");
        assertRefused(
                source().path(file).label("y").classes("a", "b", "c"),
                Targets.CLASS,
                file + ":3, label: expected one of a, b, c, got 7");
        Path signs = write("signs.csv", "x,y\n1,1\n2,-1\n");
        assertRefused(
                source().path(signs).label("y"),
                Targets.CLASS,
                signs
                        + ":3, label: expected a class index of at least 0, got -1; classes with other names"
                        + " are listed under classes");
        Path missing = write("missing.csv", "x,y\n1,1.0\n2,NaN\n");
        assertRefused(
                source().path(missing).label("y"),
                Targets.CLASS,
                missing
                        + ":3, label: expected a class, got \"NaN\", which stands for a missing label;"
                        + " data.onError: skip leaves such rows out; if it is a class, list it in classes");
        Path words = write("words.csv", "x,y\n1,cat\n2,dog\n");
        Path others = write("others.csv", "x,y\n1,dog\n2,cow\n");
        assertRefused(
                source().path(words).label("y").spec(),
                null,
                source().path(others).spec(),
                Targets.CLASS,
                others + ":3, label: expected one of cat, dog, got cow");
        assertRefused(
                source().path(words).label("y"),
                Targets.VALUES,
                words + ":2, column \"y\": expected a number, got \"cat\"");
        assertRefused(
                source().path(words).label("y").classes("cat", "dog", "cat"),
                Targets.CLASS,
                "classes: \"cat\" is named twice");
    }

    @Test
    void columns() throws IOException {
        Path file = write("rows.csv", "width,height,species\n1,2,0\n");
        assertRefused(
                source().path(file).label("specie"),
                Targets.CLASS,
                file + ": no column \"specie\" for the label; did you mean \"species\"?");
        assertRefused(
                source().path(file).label("species").features("width", "0..1"),
                Targets.CLASS,
                file + ": column \"width\" is named twice for the features");
        assertRefused(source().path(file), Targets.CLASS, file + ": no label column: set label");
        assertRefused(
                source().path(file).header(false).label("3"),
                Targets.CLASS,
                file + ": no column 3 for the label; it has 3 columns");
        assertRefused(
                source().path(file).label("0", "1"),
                Targets.CLASS,
                file
                        + ": expected one label column for a class, got [0, 1]; with classes, label columns are the"
                        + " classes of a row's steps");
        assertRefused(
                source().path(file).label("species").delimiter("ab"),
                Targets.CLASS,
                "delimiter: expected one character other than a quote, or whitespace, got \"ab\"");
    }

    @Test
    void columnsWithTwoRoles() throws IOException {
        Path file = write("rows.csv", "a,b,c,d\n1,2,3,0\n");
        assertRefused(
                source().path(file).label("d").features("0..3"),
                Targets.CLASS,
                file + ": column \"d\" is the label and also a feature");
        assertRefused(
                source().path(file).label("b", "d").features("a..c"),
                Targets.VALUES,
                file + ": column \"b\" is the label and also a feature");
        assertRefused(
                source().path(file).label("d").weight("b").features("a..c"),
                Targets.CLASS,
                file + ": column \"b\" is the weight and also a feature");
        assertRefused(
                source().path(file).label("d").length("c").features("a..c").shape(3, 1),
                Targets.VALUES,
                file + ": column \"c\" is the length and also a feature");
    }

    @Test
    void columnsOfOneName() throws IOException {
        Path file = write("rows.csv", "x,y,x\n1,0,2\n");
        String message = file + ": columns 0 and 2 are both named \"x\"";
        assertRefused(source().path(file).label("y"), Targets.CLASS, message);
        assertRefused(source().path(file).label("y").features("2"), Targets.CLASS, message);
        assertRefused(source().path(file).label("x").features("y"), Targets.VALUES, message);
    }

    @Test
    void rowsThatAllWeighNothing() throws IOException {
        assertCsvRefused(
                "x,y,w\n1,0,0\n2,1,0\n", ": all 2 rows have the weight 0; expected some with a weight above 0");
    }

    @Test
    void aForeignFileIsNamed() throws IOException {
        Path readme = write("mixed/README", "x\n");
        write("mixed/rows.csv", "x,y\n1,0\n");
        Path folder = directory.resolve("mixed");
        assertRefused(
                source().path(folder).label("y"),
                Targets.CLASS,
                folder + ": the name of its first file, " + readme
                        + ", does not show the format; set format to one of csv, idx, libsvm, parquet, text, table,"
                        + " spark");
    }

    @Test
    void files() throws IOException {
        Path missing = directory.resolve("missing.csv");
        assertRefused(source().path(missing).label("y"), Targets.CLASS, missing + ": no such file");
        assertRefused(
                source().path(directory + "/*.csv").label("y"), Targets.CLASS, directory + "/*.csv: no such file");
        Path empty = write("empty.csv", "\n\n");
        assertRefused(source().path(empty).label("y"), Targets.CLASS, empty + ": no rows");
        Path header = write("header.csv", "x,y\n");
        assertRefused(source().path(header).label("y"), Targets.CLASS, header + ": no rows");
        Path unknown = write("rows.dat", "1 2\n");
        assertRefused(
                source().path(unknown).label("y"),
                Targets.CLASS,
                unknown
                        + ": its name does not show the format; set format to one of csv, idx, libsvm,"
                        + " parquet, text, table, spark");
        spark.sql("select 1 as x, 0 as y").createOrReplaceTempView("rows");
        assertRefused(
                source().path("rows").format(SourceSpec.Format.TABLE).label("y").rows(empty),
                Targets.CLASS,
                "rows: rows are numbered within one file, expected 1 file, got 0");
        Path truncated = directory.resolve("rows.csv.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(truncated))) {
            out.write("1,0\n2,1\n".repeat(1000).getBytes(StandardCharsets.UTF_8));
        }
        Files.write(truncated, Arrays.copyOf(Files.readAllBytes(truncated), 40));
        assertRefusedLike(
                source().path(truncated).label("1").header(false),
                truncated + ":[0-9]+, the compressed file is damaged or ends too early.*");
    }

    @Test
    void libsvm() throws IOException {
        Path unordered = write("unordered.svm", "1 1:1\n0 2:1 2:3\n");
        assertRefused(source().path(unordered), Targets.CLASS, unordered + ":2, expected an index above 2, got 2");
        Path garbled = write("garbled.svm", "1 1:1\n0 3\n");
        assertRefused(source().path(garbled), Targets.CLASS, garbled + ":2, expected index:value, got \"3\"");
        Path wide = write("wide.svm", "1 1:1\n0 4:1\n");
        assertRefused(
                source().path(wide).features("3"), Targets.CLASS, wide + ":2, expected indexes of at most 3, got 4");
        assertRefused(
                source().path(wide).features("0"),
                Targets.CLASS,
                wide + ": features of a libsvm file: expected how many there are, got 0");
        Path zero = write("zero.svm", "1 0:1\n");
        assertRefused(source().path(zero), Targets.CLASS, zero + ":1, expected an index above 0, got 0");
        Path infinite = write("infinite.svm", "1 1:1\n0 7:inf\n");
        assertRefused(
                source().path(infinite),
                Targets.CLASS,
                infinite + ":2, index 7: expected a finite number, got Infinity");
        Path unlabelled = write("unlabelled.svm", "1:3 2:4\n");
        assertRefused(
                source().path(unlabelled), Targets.CLASS, unlabelled + ":1, label: expected a label, got \"1:3\"");
    }

    /** Arrays and vectors hold several numbers: a complaint names the column and the place in it. */
    @Test
    void arraysAndVectors() {
        String nan = "double('nan')";
        assertTableRefused("array(1D, 2D, " + nan + ", 4D, 5D, 6D, 7D) as f", "column \"f\", element 2: " + NAN);
        assertTableRefused("array(1D, " + nan + ", 3D) as f, 4D as g, 5D as h", "column \"f\", element 1: " + NAN);
        assertTableRefused("array(1D, 2D, 3D) as f, 4D as g, " + nan + " as h", "column \"h\": " + NAN);
        assertTableRefused("array(1D, null) as f", "column \"f\", element 1: expected a number, got nothing");
        assertTableRefused("array('1', 'x') as f", "column \"f\", element 1: expected a number, got \"x\"");
    }

    private static final String NAN = "expected a finite number, got NaN";

    private void assertTableRefused(String columns, String message) {
        spark.sql("select " + columns + ", 0 as y").createOrReplaceTempView("refused");
        assertRefused(
                source().path("refused").format(SourceSpec.Format.TABLE).label("y"),
                Targets.CLASS,
                "refused: row 0, " + message);
    }

    @Test
    void targets() throws IOException {
        Path file = write("rows.csv", "x,u,v\n1,2,3\n4,5,nan\n");
        assertRefused(source().path(file).label("u", "v"), Targets.VALUES, file + ":3, column \"v\": " + NAN);
    }

    private Path bytes(String name, int... values) throws IOException {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return Files.write(directory.resolve(name), bytes);
    }

    @Test
    void idx() throws IOException {
        Path labels = bytes("labels", 0, 0, 8, 1, 0, 0, 0, 2, 0, 1);
        Path good = bytes("good-idx", 0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4);
        Path truncated = bytes("truncated-idx", 0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3);
        assertRefused(
                source().path(truncated).label(labels.toString()),
                Targets.CLASS,
                truncated + ": expected 16 bytes for values of shape [2, 2], got 15");
        Path header = bytes("header-idx", 0, 0, 8, 2, 0, 0);
        assertRefused(
                source().path(header).label(labels.toString()),
                Targets.CLASS,
                header + ": the file ends within its header, or is damaged");
        Path garbled = bytes("garbled-idx", 1, 2, 3, 4, 5, 6, 7, 8);
        assertRefused(
                source().path(garbled).label(labels.toString()),
                Targets.CLASS,
                garbled
                        + ": expected an idx file, which begins with 0000, a type (08, 09, 0b, 0c, 0d, 0e) and the"
                        + " number of dimensions, got 01020304");
        Path few = bytes("few", 0, 0, 8, 1, 0, 0, 0, 1, 0);
        assertRefused(
                source().path(good).label(few.toString()),
                Targets.CLASS,
                few + ": expected 2 labels, one a row of " + good + ", got 1");
        assertRefused(source().path(good), Targets.CLASS, good + ": no file of labels: set label");
        Path zipped = directory.resolve("zipped-idx.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            out.write(Files.readAllBytes(truncated));
        }
        assertRefused(
                source().path(zipped).label(labels.toString()),
                Targets.CLASS,
                zipped + ": row 1, expected 2 rows in " + zipped + ", which ends or is damaged here");
    }

    @Test
    void selectedRows() throws IOException {
        Path file = write("rows.csv", "x,y\n1,0\n2,1\n");
        Path beyond = write("beyond.txt", "0\n2\n");
        assertRefused(
                source().path(file).label("y").rows(beyond),
                Targets.CLASS,
                beyond + ": expected rows of " + file + " from 0 to 1, got 2");
        Path garbled = write("garbled.txt", "0\n1.5\n");
        assertRefused(
                source().path(file).label("y").rows(garbled),
                Targets.CLASS,
                garbled + ": line 2: expected the number of a row, got \"1.5\"");
        Path none = write("none.txt", "\n");
        assertRefused(source().path(file).label("y").rows(none), Targets.CLASS, file + ": no rows");
        write("several/a.txt", "0\n");
        write("several/b.txt", "1\n");
        Path several = directory.resolve("several");
        assertRefused(
                source().path(file).label("y").rows(several), Targets.CLASS, several + ": expected 1 file, got 2");
        String parquet = directory.resolve("rows.parquet").toString();
        spark.sql("select id as x, 0 as y from range(0, 150, 1, 1)").write().parquet(parquet);
        Path behind = write("behind.txt", "150\n");
        assertRefused(
                source().path(parquet).label("y").rows(behind),
                Targets.CLASS,
                behind + ": expected rows of " + parquet + " from 0 to 149, got 150");
    }

    @Test
    void theFirstBadRowIsNamedWhateverThePartitions() throws IOException {
        StringBuilder text = new StringBuilder("x,y\n");
        for (int row = 0; row < 1000; row++) {
            text.append(row == 300 || row == 700 ? "bad" : "" + row).append(",0\n");
        }
        Path file = write("rows.csv", text.toString());
        String message = file + ":302, column \"x\": expected a number, got \"bad\"";
        assertRefused(source().path(file).label("y"), Targets.CLASS, message);
        spark.conf().set("spark.sql.files.maxPartitionBytes", 600);
        try {
            assertRefused(source().path(file).label("y"), Targets.CLASS, message);
        } finally {
            spark.conf().unset("spark.sql.files.maxPartitionBytes");
        }
    }

    @Test
    void splitsWithoutRows() throws IOException {
        Path file = write("rows.csv", "x,y\n1,0\n1,1\n");
        assertThatThrownBy(() -> JobData.read(
                        spark,
                        new DataSpec(source().path(file).label("y").spec(), ValidationSpec.of(0.5), null, 2, null),
                        Targets.CLASS,
                        layout -> RowRules.ANY,
                        SEED,
                        ShardAssignment.of(2, 2)))
                .isInstanceOf(IngestException.class)
                .hasMessageEndingWith(
                        "rows.csv: no rows are left for validation with a validation fraction of 0.500: rows"
                                + " that differ in their features: 1, and what is equal stays together");
    }

    @Test
    void parquet() {
        String path = directory.resolve("table.parquet").toString();
        spark.sql("select array(1D, cast(id as double)) as x, cast(if(id = 3, null, 0) as int) as y from range(5)")
                .coalesce(1)
                .write()
                .parquet(path);
        assertRefusedLike(
                source().path(path).label("y"), ".*parquet: row 3, column \"y\": expected a label, got nothing");
        String uneven = directory.resolve("uneven.parquet").toString();
        spark.sql("select if(id = 3, array(1), array(1, 2)) as x, 0 as y from range(5)")
                .coalesce(1)
                .write()
                .parquet(uneven);
        assertRefusedLike(
                source().path(uneven).label("y"), ".*parquet: row 3, column \"x\": expected 2 numbers, got 1");
        String missing = directory.resolve("missing.parquet").toString();
        spark.sql("select if(id = 0, null, array(1, 2)) as x, 0 as y from range(5)")
                .coalesce(1)
                .write()
                .parquet(missing);
        assertRefusedLike(
                source().path(missing).label("y"), ".*parquet: row 0, column \"x\": expected numbers, got nothing");
        String infinite = directory.resolve("infinite.parquet").toString();
        spark.sql("select array(1D, if(id = 2, double('inf'), 2D)) as x, 0 as y from range(5)")
                .coalesce(1)
                .write()
                .parquet(infinite);
        assertRefusedLike(
                source().path(infinite).label("y"),
                ".*parquet: row 2, column \"x\", element 1: expected a finite number, got Infinity");
    }
}
