package dev.lockstep.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.Block;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.config.ValidationSpec;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.shard.ShardedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What ingest makes of labels, weights, selections and splits. */
class IngestTest extends SparkTest {
    private JobData read(SourceSpec train, ValidationSpec validation, SourceSpec test, Targets targets) {
        return JobData.read(
                spark,
                new DataSpec(train, validation, test, 2, null),
                targets,
                layout -> RowRules.ANY,
                SEED,
                ShardAssignment.of(2, 2));
    }

    private JobData classes(SourceSpec train) {
        return read(train, null, null, Targets.CLASS);
    }

    /** All packed rows as text, sorted. */
    private static List<String> rows(ShardedData data) {
        List<String> rows = new ArrayList<>(data.rdd()
                .flatMap(rank -> {
                    List<String> texts = new ArrayList<>();
                    for (ShardRows shard : rank.shards()) {
                        for (int i = 0; i < shard.blocks(); i++) {
                            Block block = shard.block(i);
                            for (int row = 0; row < block.rows(); row++) {
                                texts.add(Arrays.toString(block.packed().whole(row)));
                            }
                        }
                    }
                    return texts.iterator();
                })
                .collect());
        rows.sort(null);
        return rows;
    }

    @Test
    void stringLabelsBecomeClassesInCodePointOrder() throws IOException {
        // In UTF-16 the emoji (above U+FFFF) would come before the halfwidth letter (U+FF71).
        Path train = write("train.csv", "x,y\n1,zebra\n2,\uFF71\n3,\uD83D\uDE00\n4, Zoo \n5,zebra\n");
        Path test = write("test.csv", "x,y\n6,Zoo\n7,zebra\n");
        try (JobData data = read(
                source().path(train).label("y").spec(),
                null,
                source().path(test).spec(),
                Targets.CLASS)) {
            assertThat(data.schema().classNames()).containsExactly("Zoo", "zebra", "\uFF71", "\uD83D\uDE00");
            assertThat(rows(data.training()))
                    .containsExactly("[1.0, 1.0]", "[2.0, 2.0]", "[3.0, 3.0]", "[4.0, 0.0]", "[5.0, 1.0]");
            assertThat(rows(data.test())).containsExactly("[6.0, 0.0]", "[7.0, 1.0]");
            assertThat(data.columns().classes()).isEqualTo(data.schema().classNames());
        }
    }

    @Test
    void numericLabelsAreIndexesHoweverWritten() throws IOException {
        Path file = write("train.csv", "x,y\n1,0\n2,3.0\n3,1e0\n");
        try (JobData data = classes(source().path(file).label("y").spec())) {
            assertThat(data.classes()).isEqualTo(4);
            assertThat(data.schema().classNames()).isNull();
            assertThat(rows(data.training())).containsExactly("[1.0, 0.0]", "[2.0, 3.0]", "[3.0, 1.0]");
        }
        try (JobData data = classes(source().path(file).label("y").classes("10").spec())) {
            assertThat(data.classes()).isEqualTo(10);
        }
    }

    @Test
    void namedClassesKeepTheirOrder() throws IOException {
        Path signs = write("signs.svm", "-1 1:1\n+1 2:1\n1 2:3\n");
        try (JobData data = classes(source().path(signs).classes("-1", "+1").spec())) {
            assertThat(rows(data.training())).containsExactly("[0.0, 1.0, 1.0]", "[0.0, 3.0, 1.0]", "[1.0, 0.0, 0.0]");
        }
        Path indexes = write("indexes.csv", "x,y\n1,0\n2,2\n3,shirt\n");
        try (JobData data = classes(source().path(indexes)
                .label("y")
                .classes("trouser", "shirt", "coat")
                .spec())) {
            assertThat(rows(data.training())).containsExactly("[1.0, 0.0]", "[2.0, 2.0]", "[3.0, 1.0]");
        }
    }

    @Test
    void severalValuesCanBePredicted() throws IOException {
        Path file = write("train.csv", "u,x,v\n1.5,2,-3\n-0.0,5,6\n");
        try (JobData data = read(source().path(file).label("v", "u").spec(), null, null, Targets.VALUES)) {
            assertThat(data.training().layout()).isEqualTo(new RowLayout(Shape.of(1), Shape.of(2), false, false));
            assertThat(rows(data.training())).containsExactly("[2.0, -3.0, 1.5]", "[5.0, 6.0, 0.0]");
            assertThat(data.classes()).isZero();
        }
    }

    @Test
    void rowsThatWeighNothingAreDropped() throws IOException {
        Path file = write("train.csv", "x,y,w\n1,0,0.5\n2,1,0\n3,1,2\n4,0,-0\n");
        try (JobData data = classes(source().path(file).label("y").weight("w").spec())) {
            assertThat(data.training().layout().weighted()).isTrue();
            assertThat(rows(data.training())).containsExactly("[1.0, 0.0, 0.5]", "[3.0, 1.0, 2.0]");
        }
    }

    @Test
    void rowsCanBeSelectedByNumber() throws IOException {
        Path file = write("data.txt", " 10\t0 \n 11  1\n\n 12  0\n 13  1\n");
        Path train = write("train.txt", "3.000e+00\n0\n\n1\n1\n\n");
        Path test = write("test.txt", "2\n");
        SourceSpec spec = source().path(file)
                .format(SourceSpec.Format.CSV)
                .delimiter("whitespace")
                .header(false)
                .label("1")
                .rows(train)
                .spec();
        SourceSpec other = source().path(file).rows(test).spec();
        spark.conf().set("spark.sql.files.maxPartitionBytes", 5);
        try (JobData data = read(spec, null, other, Targets.VALUES)) {
            assertThat(rows(data.training())).containsExactly("[10.0, 0.0]", "[11.0, 1.0]", "[13.0, 1.0]");
            assertThat(rows(data.test())).containsExactly("[12.0, 0.0]");
        } finally {
            spark.conf().unset("spark.sql.files.maxPartitionBytes");
        }
    }

    @Test
    void rowsOfParquetCanBeSelectedByNumber() throws IOException {
        String path = directory.resolve("rows.parquet").toString();
        spark.sql("select cast(id as double) as x, 0D as y from range(0, 150, 1, 1)")
                .write()
                .parquet(path);
        Path last = write("last.txt", "149\n0\n");
        try (JobData data = read(source().path(path).label("y").rows(last).spec(), null, null, Targets.VALUES)) {
            assertThat(rows(data.training())).containsExactly("[0.0, 0.0]", "[149.0, 0.0]");
        }
    }

    @Test
    void aFractionIsSplitByContent() throws IOException {
        StringBuilder text = new StringBuilder("x,y\n");
        for (int row = 0; row < 4000; row++) {
            text.append(row % 1000).append(',').append(row % 2).append('\n');
        }
        Path file = write("train.csv", text.toString());
        try (JobData data = read(source().path(file).label("y").spec(), ValidationSpec.of(0.25), null, Targets.CLASS)) {
            List<String> training = rows(data.training());
            List<String> validation = rows(data.validation());
            assertThat(training.size() + validation.size()).isEqualTo(4000);
            assertThat(validation.size()).isBetween(800, 1200);
            TreeSet<String> both = new TreeSet<>(training);
            both.retainAll(validation);
            assertThat(both).isEmpty();
        }
    }

    @Test
    void byteOrderMarksLineEndingsAndEmptyFilesAreNoRows() throws IOException {
        write("rows/_SUCCESS", "");
        write("rows/a.csv", "");
        write("rows/b.csv", "\uFEFFx,y\r\n1,0\r\n2,1\r\n\r\n");
        write("rows/c.csv", "x,y\n");
        write("rows/d.csv", "x,y\n3,1");
        for (String path : List.of("/rows", "/rows/*", "/rows/{d,c,b,a,d}.csv")) {
            try (JobData data =
                    classes(source().path(directory + path).label("y").spec())) {
                assertThat(rows(data.training())).containsExactly("[1.0, 0.0]", "[2.0, 1.0]", "[3.0, 1.0]");
            }
        }
    }

    @Test
    void aShapeIsKept() throws IOException {
        Path file = write("train.csv", "a,b,c,d,y\n1,2,3,4,0\n5,6,7,8,1\n");
        try (JobData data = classes(source().path(file).label("y").shape(2, 2).spec())) {
            assertThat(data.training().layout().features()).isEqualTo(Shape.of(2, 2));
            assertThat(DataSchema.ofTree(data.schema().toTree())).isEqualTo(data.schema());
        }
    }

    @Test
    void otherRowsMayHaveTheirColumnsInAnotherOrder() throws IOException {
        Path train = write("train.csv", "a,b,y\n1,2,0\n3,4,1\n");
        Path test = write("test.csv", "y,extra,b,a\n1,x,6,5\n");
        try (JobData data = read(
                source().path(train).label("y").spec(),
                null,
                source().path(test).spec(),
                Targets.CLASS)) {
            assertThat(rows(data.test())).containsExactly("[5.0, 6.0, 1.0]");
        }
        try (JobData data = classes(source().path(train).label("y").spec());
                ShardedData other = JobData.evaluation(
                        spark,
                        SourceRequest.like(data.schema(), source().path(test).spec(), SourceRequest.Role.TEST),
                        RowRules.ANY,
                        SEED,
                        ShardAssignment.of(2, 1),
                        notice -> {})) {
            assertThat(rows(other)).containsExactly("[5.0, 6.0, 1.0]");
        }
    }

    @Test
    void columnsGivenByNumberHaveTheirNamesElsewhere() throws IOException {
        Path train = write("train.csv", "y,a,b,note\n0,1,2,x\n1,3,4,x\n");
        Path test = write("test.csv", "a,note,b,y\n5,x,6,1\n");
        try (JobData data = read(
                source().path(train).label("0").features("1..2").spec(),
                null,
                source().path(test).spec(),
                Targets.CLASS)) {
            assertThat(rows(data.test())).containsExactly("[5.0, 6.0, 1.0]");
        }
        Path unnamed = write("unnamed.csv", "1,5,6,x\n");
        try (JobData data = read(
                source().path(train).label("0").features("1..2").spec(),
                null,
                source().path(unnamed).header(false).spec(),
                Targets.CLASS)) {
            assertThat(rows(data.test())).containsExactly("[5.0, 6.0, 1.0]");
        }
    }

    @Test
    void labelsOfAnAutoencoderAreItsFeatures() throws IOException {
        Path file = write("train.csv", "a,b,c\n1,2,3\n");
        try (JobData data =
                read(source().path(file).label("a", "b", "c").features("b..c").spec(), null, null, Targets.VALUES)) {
            assertThat(rows(data.training())).containsExactly("[2.0, 3.0, 1.0, 2.0, 3.0]");
        }
    }

    @Test
    void unusedColumnsMayShareAName() throws IOException {
        Path file = write("train.csv", "x,note,note,y\n1,a,b,0\n");
        try (JobData data = classes(source().path(file).label("y").features("x").spec())) {
            assertThat(rows(data.training())).containsExactly("[1.0, 0.0]");
        }
    }

    @Test
    void rowsSayHowManyOfTheirStepsAreValid() throws IOException {
        Path file = Files.write(directory.resolve("n.csv"), List.of("a,b,n,y", "1,2,2,0", "3,0,1,1"));
        Spec train = source().path(file).label("y").length("n").shape(2, 1);
        try (JobData data = read(train.spec(), null, null, Targets.CLASS)) {
            RowLayout layout = new RowLayout(Shape.of(2, 1), Shape.of(1), false, true);
            assertThat(data.training().layout()).isEqualTo(layout);
            assertThat(data.training().shards()).isEqualTo(expected(layout, new float[] {1, 2, 0, 2, 3, 0, 1, 1}, 2));
        }
        Files.write(file, List.of("a,b,n,y", "1,2,3,0"));
        assertThatThrownBy(() -> read(train.spec(), null, null, Targets.CLASS))
                .hasMessage(file + ":2, length: expected a whole number from 0 to 2, got 3.0");
    }
}
