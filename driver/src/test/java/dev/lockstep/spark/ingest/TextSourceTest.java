package dev.lockstep.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.shard.ShardAssignment;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Text becomes rows of characters, each with the character after it. */
class TextSourceTest extends SparkTest {
    private static final int SHARDS = 3;
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(4), Shape.of(4), false, true, false);

    private static Spec text(Path path) {
        return source().path(path).format(SourceSpec.Format.TEXT).shape(4);
    }

    private JobData read(Spec train, Spec test) {
        return JobData.read(
                spark,
                new DataSpec(train.spec(), null, test == null ? null : test.spec(), SHARDS, null),
                Targets.CLASS,
                layout -> RowRules.ANY,
                SEED,
                ShardAssignment.of(SHARDS, 2));
    }

    /** Indexes: newline 0, a 1, b 2, the smile (two UTF-16 units) 3. */
    @Test
    void windowsAndTheirSuccessors() throws IOException {
        Path file = Files.writeString(directory.resolve("poem"), "ab\na\uD83D\uDE00bab");
        try (JobData data = read(text(file), null)) {
            assertThat(data.columns().classes()).containsExactly("\n", "a", "b", "\uD83D\uDE00");
            assertThat(data.training().layout()).isEqualTo(LAYOUT);
            float[] rows = {1, 2, 0, 1, 2, 0, 1, 3, 4, /**/ 3, 2, 1, 0, 2, 1, 2, 0, 3};
            assertThat(data.training().shards()).isEqualTo(expected(LAYOUT, rows, SHARDS));
        }
    }

    @Test
    void aRowMoreOnlyWhereACharacterFollows() throws IOException {
        Files.writeString(directory.resolve("a"), "abbab");
        Files.writeString(directory.resolve("b"), "b");
        Files.writeString(directory.resolve("c"), "");
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(directory.resolve("d.gz")))) {
            gzip.write("ba".getBytes(StandardCharsets.UTF_8));
        }
        try (JobData data = read(text(directory), null)) {
            float[] rows = {0, 1, 1, 0, 1, 1, 0, 1, 4, /**/ 1, 0, 0, 0, 0, 0, 0, 0, 1};
            assertThat(data.training().shards()).isEqualTo(expected(LAYOUT, rows, SHARDS));
        }
    }

    /**
     * Characters of 1 to 4 bytes, cut at every byte; rows, their order and the places of errors are those of one part.
     */
    @Test
    void filesAreReadInPartsOfAnySize() throws IOException {
        String text = "ab\u00E4\u20ACx\uD83D\uDE00\nbab\u20AC\u20ACab";
        Path rows = Files.createDirectory(directory.resolve("rows"));
        Files.writeString(rows.resolve("a"), text);
        Files.writeString(rows.resolve("b"), "x" + text + text);
        Spec both = text(rows);
        List<?> whole;
        try (JobData data = read(both, null)) {
            whole = data.training().shards();
        }
        Path other = Files.writeString(directory.resolve("other"), text + text + "?ab");
        for (int bytes : new int[] {2, 5}) {
            spark.conf().set("spark.sql.files.maxPartitionBytes", bytes);
            try (JobData data = read(both, null)) {
                assertThat(data.training().shards()).isEqualTo(whole);
                assertThatThrownBy(() -> read(both, text(other)))
                        .hasMessageStartingWith(other + ": row 6, character 28: expected one of the 7 characters");
            } finally {
                spark.conf().unset("spark.sql.files.maxPartitionBytes");
            }
        }
    }

    @Test
    void givenCharactersDecideTheIndexes() throws IOException {
        Path file = Files.writeString(directory.resolve("poem"), "ab");
        try (JobData data = read(text(file).classes("b", "c", "a"), null)) {
            float[] rows = {2, 0, 0, 0, 0, 0, 0, 0, 1};
            assertThat(data.training().shards()).isEqualTo(expected(LAYOUT, rows, SHARDS));
            assertThat(data.classes()).isEqualTo(3);
        }
    }

    @Test
    void anUnknownCharacterIsNamedWithItsPlace() throws IOException {
        Path train = Files.writeString(directory.resolve("train"), "abab");
        Path test = Files.writeString(directory.resolve("test"), "ababax");
        assertThatThrownBy(() -> read(text(train), text(test)))
                .isInstanceOf(IngestException.class)
                .hasMessage(test + ": row 1, character 5: expected one of the 2 characters of the training data,"
                        + " got U+0078 \"x\"");
    }

    @Test
    void bytesThatAreNotUtf8AreAnError() throws IOException {
        Path file = Files.write(directory.resolve("latin1"), new byte[] {'a', 'b', (byte) 0xE9, 'a'});
        assertThatThrownBy(() -> read(text(file).classes("a", "b"), null))
                .isInstanceOf(IngestException.class)
                .hasMessage(file + ": row 0, character 2: expected UTF-8, got other bytes");
    }
}
