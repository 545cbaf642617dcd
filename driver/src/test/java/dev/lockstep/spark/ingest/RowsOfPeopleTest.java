package dev.lockstep.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.column.Image;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.CellPredictor;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.predict.PredictionInput;
import dev.lockstep.spark.predict.TablePrediction;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.train.TrainingJob;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Rows as people have them: spreadsheets, folders of images, files of other formats. */
class RowsOfPeopleTest extends SparkTest {
    private SavedModel train(String train, String columns) {
        return new TrainingJob(
                        spark,
                        JobFile.parse("""
                                data: {train: {%s, label: y}, shards: 2, columns: %s}
                                model: {layers: [dense: 1], loss: meanSquaredError}
                                train: {epochs: 1, batchSize: 4}
                                output: {dir: unused}
                                """.formatted(train, columns), "job.yaml", List.of()),
                        new TrainingListener() {})
                .run()
                .model();
    }

    private static String sha256(SavedModel model) {
        return model.description().sha256();
    }

    /** A spreadsheet's export of a country with decimal commas, and the same table as a database has it. */
    @Test
    void tablesAsPeopleWriteThemAreWhatTheyMean() throws IOException {
        StringBuilder text = new StringBuilder("Preis;Größe;Tag;y\n");
        List<String> typed = new ArrayList<>();
        for (int row = 0; row < 24; row++) {
            String price = row % 7 == 3 ? "NA" : row % 7 == 4 ? "?" : row % 7 == 5 ? "" : "1.%03d,5".formatted(row);
            String size = row % 3 == 0 ? "\"groß;\n\nsehr \"\"groß\"\"\"" : "Ähre";
            text.append(price).append(';').append(size);
            text.append(";2024-02-%02d;%d,25\n".formatted(row + 1, row % 4));
            typed.add("(%s, '%s', '2024-02-%02d', %d.25)"
                    .formatted(
                            row % 7 >= 3 && row % 7 <= 5 ? "null" : 1000 + row + ".5",
                            row % 3 == 0 ? "groß;\\n\\nsehr \"groß\"" : "Ähre",
                            row + 1,
                            row % 4));
        }
        Path csv = directory.resolve("preise.csv");
        Files.write(csv, text.toString().getBytes(Charset.forName("windows-1252")));
        spark.sql("select cast(c0 as decimal(9,1)) Preis, c1 `Größe`, cast(c2 as date) Tag, cast(c3 as decimal(5,2)) y"
                        + " from values " + String.join(", ", typed) + " as t(c0, c1, c2, c3)")
                .write()
                .parquet(directory.resolve("preise").toString());
        String columns = "{Preis: {number: {missing: median}}, Größe: oneHot, Tag: {time: [weekday, elapsed]}}";
        SavedModel expected = train("path: " + directory.resolve("preise") + ", format: parquet", columns);
        String format = ", delimiter: ';', decimal: ',', encoding: windows-1252, multiLine: true";
        SavedModel model = train("path: " + csv + format, columns);
        assertThat(sha256(model)).isEqualTo(sha256(expected));
        assertThat(model.description().encoding().columns().get(0).encoding())
                .isEqualTo(expected.description().encoding().columns().get(0).encoding());
        DataSchema schema = DataSchema.of(model.description());
        PredictionInput input = PredictionInput.open(spark, SourceSpec.ofPath(csv.toString()), schema);
        List<Row> predicted = TablePrediction.of(spark, input, model, 0).collectAsList();
        List<Row> other = TablePrediction.of(
                        spark.read().parquet(directory.resolve("preise").toString()), expected, 0)
                .orderBy("Tag")
                .collectAsList();
        assertThat(predicted).hasSize(24);
        for (int row = 0; row < 24; row++) {
            assertThat((Float) predicted.get(row).getAs("prediction"))
                    .isEqualTo(other.get(row).getAs("prediction"));
        }
        assertThat((String) predicted.get(0).getAs("Größe")).isEqualTo("groß;\n\nsehr \"groß\"");
        SourceSpec again = JobFile.parse("""
                        data: {train: {path: %s%s, label: y}}
                        model: {layers: [dense: 1], loss: meanSquaredError}
                        output: {dir: unused}
                        """.formatted(csv, format), "job.yaml", List.of())
                .data()
                .train();
        TableProfile profile = TableProfile.of(Tables.of(spark), again);
        assertThat(profile.column(0).isNumbers()).isTrue();
        assertThat(profile.column(0).greatest()).isEqualTo(1023.5);
    }

    /** Rows of several lines are named by the first of them. */
    @Test
    void wrongCellsOfRowsWithSeveralLinesAreNamed() throws IOException {
        Path file = write("rows.csv", "a,b,y\n1,\"x\ny\",2\n\n3,\"x\n\",4\nten,z,5\n");
        String rows = "path: " + file + ", multiLine: true";
        assertThatThrownBy(() -> train(rows, "{a: number, b: oneHot}"))
                .hasMessage(file + ":7, column \"a\": expected a number, got \"ten\"");
        assertThatThrownBy(() -> train("path: " + file, "{a: number, b: oneHot}"))
                .hasMessageContaining(file + ":2, the quoted field 1 does not end on its line; multiLine: true");
        assertThatThrownBy(() -> train("path: " + directory + ", reader: orc, decimal: ','", "{a: number}"))
                .hasMessage(directory + ": encoding, multiLine and decimal are for csv files, this is spark");
    }

    private static byte[] png(int shade, int seed) throws IOException {
        BufferedImage image = new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB);
        for (int pixel = 0; pixel < 63; pixel++) {
            image.setRGB(pixel % 9, pixel / 9, 0x010203 * (shade + (pixel * seed) % 11));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    private SavedModel trainImages(String train, String columns, String layers) {
        return new TrainingJob(
                        spark,
                        JobFile.parse("""
                                data: {train: {%s, label: folder}, shards: 2, columns: %s}
                                model: {layers: [%s, {dense: 2}], loss: crossEntropy}
                                train: {epochs: 2, batchSize: 4}
                                output: {dir: unused}
                                """.formatted(train, columns, layers), "job.yaml", List.of()),
                        new TrainingListener() {})
                .run()
                .model();
    }

    /** Folders of images by both readers of Spark, the bytes in a table, and a plain JVM. */
    @Test
    void imagesOfFolders() throws IOException {
        Path folders = directory.resolve("animals");
        for (int i = 0; i < 12; i++) {
            Path folder = Files.createDirectories(folders.resolve(i % 2 == 0 ? "cat" : "deep/big dog"));
            Files.write(folder.resolve("image " + i + ".png"), png(10 * i, i + 2));
        }
        String layers = "{conv2d: {filters: 3, kernel: 2}}, globalAveragePool";
        String type = "{image: {size: [6, 5], channels: 3}}";
        SavedModel model = trainImages("path: " + folders + ", reader: binaryFile", "{content: " + type + "}", layers);
        assertThat(model.network().input()).isEqualTo(Shape.of(6, 5, 3));
        assertThat(model.description().classes()).containsExactly("big dog", "cat");
        SavedModel other = trainImages("path: " + folders + ", reader: image", "{image: " + type + "}", layers);
        assertThat(sha256(other)).isEqualTo(sha256(model));
        DataSchema schema = DataSchema.of(other.description());
        PredictionInput input = PredictionInput.open(spark, SourceSpec.ofPath(folders.toString()), schema);
        Map<Object, Object> byFile = new HashMap<>();
        for (Row row : TablePrediction.of(spark, input, other, 0).collectAsList()) {
            String origin = row.<Row>getAs("image").getString(0);
            assertThat((Object) row.getAs("folder")).isEqualTo(origin.contains("/cat/") ? "cat" : "big dog");
            byFile.put(URI.create(origin).getPath(), row.getAs("probability_cat"));
        }
        assertThat(byFile).hasSize(12);
        Dataset<Row> table = spark.read()
                .format("binaryFile")
                .option("recursiveFileLookup", true)
                .load(folders + "");
        for (Row row : TablePrediction.of(table, model, 0).collectAsList()) {
            Object expected = byFile.get(row.<String>getAs("path").replaceFirst("file:/*", "/"));
            assertThat((Object) row.getAs("probability_cat")).isEqualTo(expected);
            Map<String, Object> cells = new HashMap<>(Map.of("content", row.getAs("content")));
            assertThat(model.cellPredictor(4).predictRow(cells).get("probability_cat"))
                    .isEqualTo(expected);
            cells.put("content", Base64.getEncoder().encodeToString(row.getAs("content")));
            assertThat(model.cellPredictor(4).predictRow(cells).get("probability_cat"))
                    .isEqualTo(expected);
        }
        TableProfile profile = TableProfile.of("images", table);
        assertThat(profile.column(3).suggestion().type()).isEqualTo(new Image());
        Path broken = Files.write(folders.resolve("cat/z 1.png"), Arrays.copyOf(png(1, 1), 60));
        assertThatThrownBy(() ->
                        trainImages("path: " + folders + ", reader: binaryFile", "{content: " + type + "}", "flatten"))
                .hasMessageStartingWith(broken + ": row 0, column \"content\": the image cannot be read");
        Files.delete(broken);
    }

    /** Several inputs: each branch reads the columns that it names. */
    @Test
    void branchesReadTheirColumns() throws IOException {
        StringBuilder text = new StringBuilder("size,city,note,photo,folder\n");
        for (int i = 0; i < 16; i++) {
            text.append("%d,%s,%s,%s,%s\n"
                    .formatted(
                            i * 3 % 7,
                            i % 3 == 0 ? "Oslo" : "Rome",
                            i % 5 == 0 ? "" : i % 2 == 0 ? "quite large" : "small old",
                            Base64.getEncoder().encodeToString(png(10 * i, i + 2)),
                            i % 2 == 0 ? "yes" : "no"));
        }
        Path file = write("homes.csv", text.toString());
        String columns = "{size: {number: {pieces: 3}}, city: category, note: {words: {sequence: 3}}, photo: {image:"
                + " {size: [4, 4], channels: 1}}}";
        String layers = "{concat: [[{columns: [photo]}, {conv2d: {filters: 2, kernel: 2}}, globalAveragePool],"
                + " [{columns: [note]}, {embedding: {vocabulary: 7, units: 3, maskZero: true}}, {gru: 2}],"
                + " [{columns: [city,"
                + " size]}]]}";
        SavedModel model = trainImages("path: " + file, columns, layers);
        DataSchema schema = DataSchema.of(model.description());
        assertThat(model.network().input()).isEqualTo(Shape.of(3 + 1 + 3 + 16));
        PredictionInput input = PredictionInput.open(spark, SourceSpec.ofPath(file.toString()), schema);
        List<Row> rows = TablePrediction.of(spark, input, model, 0).collectAsList();
        CellPredictor plain = model.cellPredictor(4);
        for (Row row : rows) {
            Map<String, Object> cells = new HashMap<>();
            plain.columns().forEach(name -> cells.put(name, row.getAs(name)));
            assertThat(plain.predictRow(cells).get("probability_yes")).isEqualTo(row.getAs("probability_yes"));
        }
        assertThatThrownBy(() -> trainImages("path: " + file, columns, "{columns: [foto]}"))
                .hasMessageContaining("columns: no column \"foto\" in data.columns");
    }
}
