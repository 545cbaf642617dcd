package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.config.Names;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.text.TextCharacters;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/**
 * Text whose next character is to be predicted. With the shape {@code [steps]} row {@code r} of a file holds its
 * characters {@code r steps} to {@code (r + 1) steps - 1} as features, and for each of them the character after it as
 * the class of that step. A file's last row may be shorter. Characters are Unicode code points; their indexes are those
 * of the distinct characters of the training data in increasing order, unless {@code classes} lists them.
 */
final class TextSource implements Source {
    private final FileReading reading;
    private final SourceDescription description;

    TextSource(SparkSession spark, SourceRequest request, List<FileStatus> files) {
        SourceSpec spec = request.spec();
        String name = request.name();
        if (spec.label() != null || spec.features() != null || spec.weight() != null) {
            throw new IngestException(name
                    + ": text has no columns, because its labels are the next characters; got label, features"
                    + " or weight");
        }
        if (!request.targets().isClass()) {
            throw new IngestException(
                    name + ": characters are classes, which this loss cannot predict; use crossEntropy");
        }
        if (spec.shape() == null || spec.shape().rank() != 1) {
            throw new IngestException(name + ": shape: expected how many characters a row has, such as [64], got "
                    + (spec.shape() == null ? "none" : spec.shape()));
        }
        TextParts text = TextParts.of(spark, files, request.known() == null && spec.classes() == null);
        this.reading = text.reading();
        RowLayout layout = new RowLayout(request.shape(spec.shape()), spec.shape(), false, true, false);
        this.description = new SourceDescription(
                request,
                layout,
                ValueNames.numbered("step", 0),
                List.of(),
                List.of(),
                List.copyOf(characters(request, text.characters())),
                null,
                null,
                true);
    }

    private static List<String> characters(SourceRequest request, List<String> found) {
        if (request.known() != null) {
            return Objects.requireNonNull(request.known().classNames(), "texts have named classes");
        }
        Names classes = request.spec().classes();
        return classes == null ? found : given(request.name(), classes.values());
    }

    private static List<String> given(String name, List<String> classes) {
        for (String character : classes) {
            if (character.isEmpty() || character.codePointCount(0, character.length()) != 1) {
                throw new IngestException(
                        name + ": classes: expected single characters, got " + Excerpt.quoted(character));
            }
        }
        if (new TreeSet<>(classes).size() != classes.size()) {
            throw new IngestException(name + ": classes: a character is named twice");
        }
        return classes;
    }

    @Override
    public SourceDescription description() {
        return description;
    }

    @Override
    public <T> JavaRDD<T> read(PartitionReader<T> reader) {
        int steps = description.layout().features().size();
        List<String> vocabulary = Objects.requireNonNull(description.stepClasses());
        return reading.read(reader, (configuration, part) -> new Cursor(configuration, part, steps, vocabulary));
    }

    /** Reads window by window. */
    private static final class Cursor implements RowCursor {
        private final TextCharacters text;
        private final String file;
        private final Map<Integer, Integer> indexes = new HashMap<>();
        /** Indexes of the row's characters, and of the one after them. */
        private final int[] window;

        private int length;
        private boolean ended;
        /** Whether the character after the window's begins in the part. */
        private boolean inPart;

        private boolean begun;
        private long row;

        Cursor(Configuration configuration, FilePart part, int steps, List<String> vocabulary) throws IOException {
            this.text = new TextCharacters(configuration, part.split(), part.before());
            this.file = DataFiles.shown(part.path());
            this.window = new int[steps + 1];
            this.row = (part.before() + steps - 1) / steps - 1;
            for (int i = 0; i < vocabulary.size(); i++) {
                indexes.put(vocabulary.get(i).codePointAt(0), i);
            }
        }

        @Override
        public boolean next() throws IOException, RowException {
            row++;
            if (begun) {
                window[0] = window[length];
            } else {
                begun = true;
                beginRow();
            }
            length = 0;
            boolean rowOfPart = inPart;
            while (rowOfPart && !ended && length < window.length - 1) {
                int index = nextIndex();
                if (!ended) {
                    window[++length] = index;
                }
            }
            return length > 0;
        }

        /** Reads the first character of the first row that begins in the part. */
        private void beginRow() throws IOException, RowException {
            for (long left = row * (window.length - 1) - text.position() - 1; left > 0; left--) {
                nextIndex();
            }
            window[0] = nextIndex();
        }

        private int nextIndex() throws IOException, RowException {
            inPart = text.inPart();
            int codePoint = text.next();
            if (codePoint < 0) {
                ended = true;
                return 0;
            }
            Integer index = indexes.get(codePoint);
            if (index == null) {
                throw new RowException(
                        null,
                        String.format(
                                "character %d: expected one of the %d characters of the training data, got U+%04X"
                                        + " \"%s\"",
                                text.position(), indexes.size(), codePoint, Character.toString(codePoint)));
            }
            return index;
        }

        @Override
        public void read(RawRow raw) throws RowException {
            raw.length(length);
            Arrays.fill(raw.targets, 0);
            double[] numbers = raw.features();
            for (int step = 0; step < length; step++) {
                numbers[step] = window[step];
                raw.targets[step] = window[step + 1];
            }
        }

        @Override
        public long row() {
            return row;
        }

        @Override
        public String file() {
            return file;
        }

        @Override
        public void close() throws IOException {
            text.close();
        }
    }
}
