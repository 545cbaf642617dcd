package dev.lockstep.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.config.ValidationSpec;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.shard.ShardSummary;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Equal rows give equal shards, however they are written. */
class IngestFormatsTest extends SparkTest {
    private static final int ROWS = 500;
    private static final int WIDTH = 6;
    private static final int SHARDS = 5;
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(WIDTH), Shape.of(1), false, false);

    /** Bytes, so that idx can hold them; many zeros, so that sparse forms are sparse. */
    private int[][] features;

    private int[] labels;
    private List<ShardSummary> expected;

    @BeforeEach
    void makeRows() {
        Random random = new Random(3);
        features = new int[ROWS][WIDTH];
        labels = new int[ROWS];
        float[] packed = new float[ROWS * LAYOUT.width()];
        for (int row = 0; row < ROWS; row++) {
            for (int i = 0; i < WIDTH; i++) {
                features[row][i] = random.nextInt(3) == 0 ? random.nextInt(256) : 0;
                packed[row * LAYOUT.width() + i] = features[row][i];
            }
            labels[row] = random.nextInt(4);
            packed[row * LAYOUT.width() + WIDTH] = labels[row];
        }
        expected = expected(LAYOUT, packed, SHARDS);
    }

    private JobData read(SourceSpec train) {
        return read(train, null, null);
    }

    private JobData read(SourceSpec train, ValidationSpec validation, SourceSpec test) {
        return JobData.read(
                spark,
                new DataSpec(train, validation, test, SHARDS, null),
                Targets.CLASS,
                layout -> RowRules.ANY,
                SEED,
                ShardAssignment.of(SHARDS, 2));
    }

    private void assertSame(SourceSpec source) {
        try (JobData data = read(source)) {
            assertThat(data.training().shards()).isEqualTo(expected);
            assertThat(data.classes()).isEqualTo(4);
        }
    }

    private String csv(int from, int to, String delimiter, boolean header) {
        StringBuilder text = new StringBuilder();
        if (header) {
            text.append("a,b,c,d,e,f,label\n".replace(",", delimiter));
        }
        for (int row = from; row < to; row++) {
            for (int value : features[row]) {
                text.append(value).append(delimiter);
            }
            text.append(labels[row]).append('\n');
        }
        return text.toString();
    }

    @Test
    void csvOfOneToFiveFilesInAnyOrder() throws IOException {
        for (int files = 1; files <= 5; files++) {
            for (int i = 0; i < files; i++) {
                // The last file holds what would come first.
                int from = (files - 1 - i) * ROWS / files;
                int to = (files - i) * ROWS / files;
                write("csv" + files + "/part-" + i + ".csv", csv(from, to, ",", true));
            }
            write("csv" + files + "/_SUCCESS", "");
            assertSame(source().path(directory.resolve("csv" + files))
                    .label("label")
                    .spec());
            assertSame(source().path(directory + "/csv" + files + "/part-*.csv")
                    .label("6")
                    .features("a..e", "f")
                    .spec());
        }
    }

    @Test
    void csvDividedIntoManyPartitions() throws IOException {
        Path file = write("rows.csv", csv(0, ROWS, ",", true));
        spark.conf().set("spark.sql.files.maxPartitionBytes", 700);
        try {
            assertSame(source().path(file).label("label").spec());
        } finally {
            spark.conf().unset("spark.sql.files.maxPartitionBytes");
        }
    }

    @Test
    void csvInOtherSpellings() throws IOException {
        List<String> lines = new ArrayList<>(csv(0, ROWS, ",", false).lines().toList());
        Collections.shuffle(lines, new Random(9));
        Path shuffled = write("shuffled.csv", String.join("\r\n", lines));
        assertSame(source().path(shuffled).header(false).label("6").spec());
        Path tabs = write("rows.TSV", csv(0, ROWS, "\t", true));
        assertSame(source().path(tabs).label("label").spec());
        Path blanks = write("rows.txt", "  " + csv(0, ROWS, "  \t ", false).replace("\n", " \n\n"));
        assertSame(source().path(blanks)
                .format(SourceSpec.Format.CSV)
                .delimiter("whitespace")
                .header(false)
                .label("6")
                .features("0..5")
                .spec());
        Path quoted = write(
                "quoted.csv",
                csv(0, ROWS, ",", true).replace("label\n", "\"label\"\n").replaceAll("(?m)^([0-9]+),", "\"$1.000\","));
        assertSame(source().path(quoted).label("label").spec());
        Path exponents = write(
                "exponents.csv",
                csv(0, ROWS, ",", true)
                        .replaceAll("(?m)^([1-9][0-9]*),", "$1e0,")
                        .replaceAll("(?m)^0,", "-0.0,"));
        assertSame(source().path(exponents).label("label").spec());
    }

    @Test
    void compressedCsv() throws IOException {
        Path file = directory.resolve("rows.csv.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(csv(0, ROWS, ";", true).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        assertSame(source().path(file).delimiter(";").label("label").spec());
    }

    private String libsvm() {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < ROWS; row++) {
            text.append(labels[row]);
            for (int i = 0; i < WIDTH; i++) {
                if (features[row][i] != 0) {
                    text.append(' ').append(i + 1).append(':').append(features[row][i]);
                }
            }
            text.append(row % 7 == 0 ? " # a comment\n" : "\n");
        }
        return text.toString();
    }

    @Test
    void libsvmFiles() throws IOException {
        Path file = write("rows.libsvm", libsvm());
        assertSame(source().path(file).spec());
        assertSame(source().path(file).features("6").spec());
        try (JobData data = read(
                source().path(file).features("9").spec(),
                null,
                source().path(write("test.svm", "2 1:1\n")).spec())) {
            assertThat(data.training().layout().features()).isEqualTo(Shape.of(9));
            assertThat(data.test().layout().features()).isEqualTo(Shape.of(9));
        }
    }

    private Path idx(String name, int type, int width, boolean gzip) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        boolean isLabels = width == 0;
        out.writeInt(type << 8 | (isLabels ? 1 : 3));
        out.writeInt(ROWS);
        if (!isLabels) {
            out.writeInt(2);
            out.writeInt(3);
        }
        for (int row = 0; row < ROWS; row++) {
            for (int i = 0; i < Math.max(1, width); i++) {
                int value = isLabels ? labels[row] : features[row][i];
                switch (type) {
                    case 0x08 -> out.writeByte(value);
                    case 0x0B -> out.writeShort(value);
                    case 0x0C -> out.writeInt(value);
                    case 0x0D -> out.writeFloat(value);
                    default -> out.writeDouble(value);
                }
            }
        }
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        if (gzip) {
            try (GZIPOutputStream zipped = new GZIPOutputStream(Files.newOutputStream(file))) {
                bytes.writeTo(zipped);
            }
            return file;
        }
        return Files.write(file, bytes.toByteArray());
    }

    @Test
    void idxFiles() throws IOException {
        Path images = idx("plain/train-images-idx3-ubyte", 0x08, WIDTH, false);
        idx("plain/train-labels-idx1-ubyte", 0x08, 0, false);
        assertSame(source().path(images).spec());
        idx("plain/t10k-images-idx3-ubyte", 0x08, WIDTH, false);
        idx("plain/t10k-labels-idx1-ubyte", 0x08, 0, false);
        SourceSpec folder = source().path(directory.resolve("plain"))
                .format(SourceSpec.Format.IDX)
                .spec();
        try (JobData data = read(folder, null, folder)) {
            assertThat(data.training().shards()).isEqualTo(expected);
            assertThat(data.test().shards()).isEqualTo(expected);
        }
        Path zipped = idx("gz/images-idx3-ubyte.gz", 0x08, WIDTH, true);
        assertSame(source().path(zipped)
                .label(idx("gz/classes-idx1", 0x0C, 0, true).toString())
                .spec());
        for (int type : new int[] {0x0B, 0x0C, 0x0D, 0x0E}) {
            assertSame(source().path(idx("types/" + type + "-idx", type, WIDTH, false))
                    .label(idx("types/" + type + "-labels-idx", type, 0, false).toString())
                    .spec());
        }
    }

    @Test
    void idxDividedIntoManyPartitions() throws IOException {
        Path images = idx("train-images-idx3-ubyte", 0x08, WIDTH, false);
        idx("train-labels-idx1-ubyte", 0x08, 0, false);
        spark.conf().set("spark.sql.files.maxPartitionBytes", 500);
        try {
            assertSame(source().path(images).spec());
        } finally {
            spark.conf().unset("spark.sql.files.maxPartitionBytes");
        }
    }

    private Dataset<Row> table(String kind) {
        List<Row> rows = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            double[] values = new double[WIDTH];
            List<Float> floats = new ArrayList<>();
            for (int i = 0; i < WIDTH; i++) {
                values[i] = features[row][i];
                floats.add((float) features[row][i]);
            }
            Object cell =
                    switch (kind) {
                        case "dense" -> Vectors.dense(values);
                        case "sparse" -> row % 2 == 0 ? Vectors.dense(values).toSparse() : Vectors.dense(values);
                        case "mllib" ->
                            org.apache.spark.mllib.linalg.Vectors.dense(values).toSparse();
                        default -> floats;
                    };
            rows.add(RowFactory.create((long) labels[row], cell, "text"));
        }
        StructType schema = new StructType()
                .add("y", DataTypes.LongType)
                .add(
                        "x",
                        switch (kind) {
                            case "dense", "sparse" -> SQLDataTypes.VectorType();
                            case "mllib" -> new org.apache.spark.mllib.linalg.VectorUDT();
                            default -> DataTypes.createArrayType(DataTypes.FloatType);
                        })
                .add("comment", DataTypes.StringType);
        return spark.createDataFrame(rows, schema).repartition(3);
    }

    @Test
    void parquetWithVectorsAndArrays() {
        for (String kind : List.of("dense", "sparse", "mllib", "array")) {
            String path = directory.resolve(kind + ".parquet").toString();
            table(kind).write().parquet(path);
            assertSame(source().path(path).label("y").features("x").spec());
        }
    }

    @Test
    void parquetWithManyColumns() throws IOException {
        Path csv = write("rows.csv", csv(0, ROWS, ",", true));
        String path = directory.resolve("columns.parquet").toString();
        spark.read()
                .option("header", true)
                .schema("a INT, b DOUBLE, c FLOAT, d SMALLINT, e DECIMAL(10,2), f BIGINT, label STRING")
                .csv(csv.toString())
                .repartition(4)
                .write()
                .parquet(path);
        assertSame(source().path(path).label("label").spec());
    }

    @Test
    void tablesAndViewsOfDataFrames() {
        for (String kind : List.of("dense", "array")) {
            table(kind).createOrReplaceTempView("rows");
            table(kind).limit(0).createOrReplaceTempView("none");
            SourceSpec train = source().path("rows")
                    .format(SourceSpec.Format.TABLE)
                    .label("y")
                    .features("x")
                    .spec();
            try (JobData data = read(train, ValidationSpec.of("rows"), SourceSpec.ofPath("rows"))) {
                assertThat(data.training().shards()).isEqualTo(expected);
                assertThat(data.validation().shards()).isEqualTo(expected);
                assertThat(data.test().shards()).isEqualTo(expected);
            }
            assertThatThrownBy(() -> read(train, ValidationSpec.of("none"), null))
                    .hasMessage("none: no rows");
            assertThatThrownBy(() -> read(train, ValidationSpec.of("elsewhere"), null))
                    .hasMessage("elsewhere: the table or view does not exist");
            assertThatThrownBy(() -> read(train, ValidationSpec.of("rows.csv?"), null))
                    .isInstanceOf(IngestException.class)
                    .hasMessageStartingWith("rows.csv?: cannot be read as a table: ");
        }
    }
}
