package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.ingest.IngestException;
import dev.lockstep.spark.report.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** What is said of columns that cannot be right, and what is refused. */
class ColumnNoticesTest extends SparkTest {
    private static final Random RANDOM = new Random(1);

    private List<String> train(Object path, String... settings) {
        JobSpec job = JobFile.parse("""
            data: {train: {path: "%s", label: y}, shards: 2}
            model: {layers: [dense: 1], loss: meanSquaredError}
            train: {epochs: 1}
            output: {dir: unused}
            """.formatted(path), "job.yaml", List.of(settings));
        List<String> notices = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void notice(String line) {
                notices.add(line);
            }
        };
        new TrainingJob(spark, job, listener).run();
        return notices;
    }

    /** A hundred rows of cells. */
    private Path rows(String header, java.util.function.IntFunction<String> cells) throws IOException {
        StringBuilder text = new StringBuilder(header).append('\n');
        for (int row = 0; row < 100; row++) {
            text.append(cells.apply(row)).append('\n');
        }
        return write("rows.csv", text.toString());
    }

    private static String number() {
        return Double.toString(RANDOM.nextGaussian());
    }

    @Test
    void ordinaryRowsNeedNoNotice() throws IOException {
        assertThat(train(rows("x,y", row -> number() + "," + number()))).isEmpty();
    }

    @Test
    void numbersThatFloatsCannotTellApart() throws IOException {
        Path rows = rows("time,x,y", row -> (1_700_000_000L + row) + "," + number() + "," + number());
        assertThat(train(rows, "data.scale=standardise"))
                .containsExactly("column \"time\": these numbers are so far from 0 that floats can hardly"
                        + " distinguish them; the type number in data.columns standardises them before they are"
                        + " rounded");
        assertThat(train(rows, "data.columns={time: number, x: number}")).isEmpty();
    }

    @Test
    void columnsThatSayNothing() throws IOException {
        Path rows = rows("a,b,x,y", row -> "7,0," + number() + "," + number());
        String expected = "columns \"a\", \"b\": the same in all training rows, so there is nothing to learn from it";
        assertThat(train(rows)).containsExactly(expected);
        assertThat(train(rows, "data.columns={a: number, b: oneHot, x: number}"))
                .containsExactly(expected);
    }

    @Test
    void theAnswerAmongTheFeatures() throws IOException {
        Path rows = rows("x,copy,y", row -> number() + "," + row + "," + row);
        assertThat(train(rows))
                .containsExactly("column \"copy\": equal to the label in all training rows; if it is not known when"
                        + " you predict, leave it out with data.train.features");
    }

    @Test
    void rowNumbersWithoutAName() throws IOException {
        assertThat(train(rows(",x,y", row -> row + "," + number() + "," + number())))
                .containsExactly("column \"\" is a feature without a name, like the row numbers that pandas writes;"
                        + " leave it out with data.train.features");
    }

    @Test
    void aKeyAmongTheFeatures() throws IOException {
        String expected = "column \"id\": numbers the rows, as a key does, so it cannot help with new rows; leave"
                + " it out with data.train.features";
        Path rows = rows("id,x,y", row -> (500 + row * 37 % 100) + "," + number() + "," + number());
        assertThat(train(rows)).containsExactly(expected);
        assertThat(train(rows, "data.validation=0.3")).containsExactly(expected);
        assertThat(train(rows("n,x,y", row -> row / 2 + "," + number() + "," + number())))
                .isEmpty();
    }

    @Test
    void rowsThatAreTrainedOnAndValidatedOn() throws IOException {
        Path rows = rows("x,y", row -> number() + "," + number());
        assertThat(train(rows, "data.validation=" + rows))
                .containsExactly(
                        "data.validation: 100 of 100 distinct rows are equal to training rows in all features, so"
                                + " their metrics say nothing about new rows");
        Path others = write("others.csv", "x,y\n" + "0.125,1\n0.25,2\n0.375,3\n".repeat(9));
        assertThat(train(rows, "data.validation=" + others)).isEmpty();
    }

    /** Of more rows a sample is looked for, so that the driver keeps no number for each. */
    @Test
    void manyRowsThatAreTrainedOnAndValidatedOn() throws IOException {
        StringBuilder text = new StringBuilder("x,y\n");
        for (int row = 0; row < 40_000; row++) {
            text.append(number()).append(',').append(number()).append('\n');
        }
        Path rows = write("many.csv", text.toString());
        List<String> notices = train(rows, "data.validation=" + rows, "train.batchSize=20000");
        assertThat(notices)
                .singleElement(InstanceOfAssertFactories.STRING)
                .matches("data.validation: (\\d+) of a"
                        + " sample of \\1 distinct rows are equal to training rows in all features, so their metrics"
                        + " say nothing about new rows");
        int sample = Integer.parseInt(notices.get(0).replaceAll(".* sample of (\\d+) .*", "$1"));
        assertThat(sample).isBetween(19_000, 21_000);
    }

    @Test
    void classesOfOneSideAlone() throws IOException {
        String[] classes = {"model={layers: [{dense: 3}], loss: crossEntropy}", "data.train.classes=[a, b, c]"};
        Path rows = rows("x,y", row -> number() + "," + "ab".charAt(row % 2));
        Path others = write("others.csv", "x,y\n0.125,b\n0.25,c\n");
        assertThat(train(rows, classes[0], classes[1], "data.validation=" + others))
                .containsExactly(
                        "data.validation: no training row has the class c, which validation rows have, so the network"
                                + " cannot learn it",
                        "data.validation: no row has the class a, so its metrics say nothing about it");
    }

    @Test
    void classesThatNoRowHas() throws IOException {
        String[] classes = {"model={layers: [{dense: 21}], loss: crossEntropy}"};
        assertThat(train(rows("x,y", row -> number() + "," + (row % 2 == 0 ? 10 : 20)), classes))
                .containsExactly(
                        "label: classes are the numbers from 0 to 20, of which the rows have 2: 10 (50 rows), 20"
                                + " (50 rows); classes: [10, 20] makes these the only ones");
        assertThat(train(
                        rows("x,y", row -> number() + "," + (row % 2 == 0 ? "none" : "ok")),
                        "model={layers: [{dense: 2}], loss: crossEntropy}"))
                .containsExactly("label: \"none\" becomes the name of a class, in addition to none (50 rows), ok (50"
                        + " rows); leave out rows without a label");
    }

    @Test
    void aSplitThatEqualRowsMakeUneven() throws IOException {
        Path rows = write("rows.csv", "x,y\n" + "1,1\n2,2\n3,3\n".repeat(200));
        assertThat(train(rows, "data.validation=0.5"))
                .containsExactly(
                        "data.validation: 400 of 600 rows are set aside, 0.67 of them where 0.50 was asked for: rows"
                                + " that differ in their features: 3, and what is equal stays together",
                        "column \"x\": the same in all training rows, so there is nothing to learn from it");
    }

    @Test
    void rowsThatLackACellMayBeLeftOut() throws IOException {
        Path rows = rows("x,y", row -> (row % 10 == 0 ? "NA" : number()) + "," + number());
        assertThat(train(rows, "data.columns={x: {number: dropRow}}"))
                .containsExactly(rows + ": 10 of 100 rows are left out because they lack a cell in a column with"
                        + " missing: dropRow");
        assertThatThrownBy(() -> train(write("none.csv", "x,y\n,1\n"), "data.columns={x: {number: dropRow}}"))
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("no rows to measure the columns over");
    }

    @Test
    void allColumnsThatCannotBeUsedAreNamedAtOnce() throws IOException {
        assertThatThrownBy(() -> train(rows("city,x,plan,y", row -> "Oslo," + number() + ",pro,1")))
                .hasMessageEndingWith("rows.csv:2: expected numbers in the columns of the features, got column"
                        + " \"city\" \"Oslo\", column \"plan\" \"pro\"; data.columns gives types to columns of names,"
                        + " times and gaps (data.columns: auto guesses them)");
        spark.createDataFrame(
                        List.of(),
                        new StructType()
                                .add("when", DataTypes.DateType)
                                .add("y", DataTypes.DoubleType)
                                .add("raw", DataTypes.BinaryType))
                .createOrReplaceTempView("odd");
        assertThatThrownBy(() -> train("odd", "data.train.format=table"))
                .hasMessage("odd: column \"when\": expected numbers, an array or a vector, got date; column \"raw\":"
                        + " expected numbers, an array or a vector, got binary; data.columns gives types to columns of"
                        + " times and names");
    }

    @Test
    void badCellsAreNamedByFileRowAndColumn() throws IOException {
        Path rows = write("bad.csv", "x,when,y\n1,2024-01-01,1\n2,2024-01-02,1\nthree,2024-01-03,1\n");
        assertThatThrownBy(() -> train(rows, "data.columns={x: number}"))
                .isInstanceOf(IngestException.class)
                .hasMessage(rows + ":4, column \"x\": expected a number, got \"three\"");
        assertThatThrownBy(() -> train(rows, "data.columns={when: {time: {parts: [hour], format: dd.MM.yyyy}}}"))
                .hasMessage(rows + ":2, column \"when\": expected a time as dd.MM.yyyy, got \"2024-01-01\"");
        assertThatThrownBy(() -> train(rows, "data.columns={xx: number}"))
                .hasMessage(rows + ": no column \"xx\" for the features (data.columns); did you mean \"x\"?");
        assertThatThrownBy(() -> train(rows, "data.columns={y: number, when: oneHot}"))
                .hasMessage(rows + ": column \"y\" is the label and also a feature");
        assertThatThrownBy(() -> train(write("n.csv", "x,y\n1,1\n,2\n"), "data.columns={x: number}"))
                .hasMessageEndingWith(
                        "n.csv:3, column \"x\": expected a number, got nothing; missing: sets what replaces it");
    }

    @Test
    void typesGoWithTablesAlone() throws IOException {
        assertThatThrownBy(() -> train(write("rows.libsvm", "1 1:1\n"), "data.columns={x: number}"))
                .hasMessageEndingWith(
                        "rows.libsvm: data.columns gives types to the columns of a table, this is libsvm");
        assertThatThrownBy(() -> train("x", "data.columns={x: number}", "data.scale=standardise"))
                .hasMessageContaining("data.scale: data.columns already scales each column");
        assertThatThrownBy(() -> train("x", "data.columns={x: number}", "data.train.features=x"))
                .hasMessageContaining("data.train.features: data.columns already lists the features");
        assertThatThrownBy(() -> train("x", "data.nulls=[x]"))
                .hasMessageContaining("data.nulls: missing cells need columns with types");
        assertThatThrownBy(() -> train("x", "data.columns={x: {nummer: mean}}"))
                .hasMessageContaining("data.columns.x: unknown column \"nummer\"; did you mean \"number\"?");
        assertThatThrownBy(() -> train("x", "data.columns=automatic"))
                .hasMessageContaining("data.columns: expected auto, or a map from columns to their types");
    }
}
