package dev.lockstep.spark.ingest.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.spark.ingest.IngestException;
import dev.lockstep.spark.ingest.RowException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Delimited text as people write it: line breaks in quotes, encodings, commas in numbers. */
class DelimitedLinesTest {
    @TempDir
    private Path directory;

    private static DelimitedFormat multiLine(String delimiter) {
        return new DelimitedFormat(delimiter, null, true, false);
    }

    /** Each row as its line, a colon, and its fields between bars. */
    private List<String> rows(byte[] content, DelimitedFormat format) throws IOException, RowException {
        Path file = Files.write(directory.resolve("rows.csv"), content);
        List<String> rows = new ArrayList<>();
        FileSplit whole = new FileSplit(new org.apache.hadoop.fs.Path(file.toUri()), 0, content.length, null);
        try (DelimitedLines lines = new DelimitedLines(new Configuration(false), whole, format)) {
            while (lines.next()) {
                rows.add(lines.number() + ":" + String.join("|", lines.fields().texts()));
            }
            rows.add("lines " + lines.number());
        }
        return rows;
    }

    private List<String> rows(String content, DelimitedFormat format) throws IOException, RowException {
        return rows(content.getBytes(java.nio.charset.StandardCharsets.UTF_8), format);
    }

    @Test
    void fieldsInQuotesHoldLineBreaks() throws IOException, RowException {
        String text = "a,b\n\n1,\"two\r\n\nlines, \"\"quoted\"\"\n\"\n\"x\",y\n\"\n\",\n";
        assertThat(rows(text, multiLine(",")))
                .containsExactly("1:a|b", "3:1|two\n\nlines, \"quoted\"\n", "7:x|y", "8:\n|", "lines 9");
        assertThat(rows("a\"b;c\n\"d\";\"\"\"\"\n", multiLine(";"))).containsExactly("1:a\"b|c", "2:d|\"", "lines 2");
    }

    @Test
    void quotesThatDoNotEndAreRefusedWhereTheyBegin() {
        assertThatThrownBy(() -> rows("a,b\n1,\"two\n3,4\n", multiLine(",")))
                .isInstanceOf(RowException.class)
                .hasMessage("a quoted field that begins here does not end");
        assertThatThrownBy(() -> rows("1,\"two\n3,4\n", new DelimitedFormat(",", null, false, false)))
                .hasMessage("the quoted field 1 does not end on its line; multiLine: true allows line breaks in quoted"
                        + " fields");
    }

    @Test
    void encodings() throws IOException, RowException {
        String text = "Größe;Preis\nschön;5 €\n";
        for (String name : List.of("windows-1252", "UTF-8", "ISO-8859-15")) {
            assertThat(rows(text.getBytes(Charset.forName(name)), new DelimitedFormat(";", name, false, false)))
                    .containsExactly("1:Größe|Preis", "2:schön|5 €", "lines 2");
        }
        byte[] other = text.getBytes(Charset.forName("windows-1252"));
        assertThatThrownBy(() -> rows(other, new DelimitedFormat(";", null, false, false)))
                .hasMessage("expected UTF-8, got other bytes; set encoding, for example windows-1252");
        assertThatThrownBy(() -> new DelimitedFormat(";", "UTF-16", false, false))
                .isInstanceOf(IngestException.class)
                .hasMessage("encoding: expected one with one byte for a line break, such as UTF-8, ISO-8859-1 or"
                        + " windows-1252, got \"UTF-16\"; iconv -f UTF-16 -t UTF-8 converts a file");
        assertThatThrownBy(() -> new DelimitedFormat(";", "latin 1", false, false))
                .hasMessage("encoding: expected the name of a character set, such as UTF-8, ISO-8859-1 or"
                        + " windows-1252, got \"latin 1\"");
    }

    @Test
    void commasInNumbers() throws RowException {
        Delimited fields = Delimited.by(new DelimitedFormat(";", null, false, true));
        fields.split("3,5;-1.234.567,25;\"7\";1e3;,5;12.5;x");
        assertThat(fields.number(0)).isEqualTo(3.5);
        assertThat(fields.number(1)).isEqualTo(-1234567.25);
        assertThat(fields.number(2)).isEqualTo(7);
        assertThat(fields.number(3)).isEqualTo(1000);
        assertThat(fields.number(4)).isEqualTo(0.5);
        assertThatThrownBy(() -> fields.number(5)).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> fields.number(6)).isInstanceOf(NumberFormatException.class);
        assertThat(DecimalComma.number("k.A.")).isEqualTo("k.A.");
        assertThatThrownBy(() -> DelimitedFormat.isComma(";"))
                .hasMessage("decimal: expected \",\" or \".\", got \";\"");
    }
}
