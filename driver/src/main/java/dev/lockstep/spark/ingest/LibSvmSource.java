package dev.lockstep.spark.ingest;

import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.config.Names;
import dev.lockstep.spark.ingest.text.TextLines;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * LibSVM text files: {@code label index:value index:value ...}, indexes from 1 and increasing, features that are not
 * listed are 0, {@code #} begins a comment.
 */
final class LibSvmSource implements Source {
    private static final Pattern COUNT = Pattern.compile("[1-9][0-9]{0,8}");

    /** Features are called by the file's own indexes, from 1. */
    static final ValueNames NAMES = ValueNames.numbered("index", 1);

    private final FileReading reading;
    private final SourceDescription description;

    LibSvmSource(SparkSession spark, SourceRequest request, List<FileStatus> files) {
        if (request.spec().weight() != null) {
            throw new IngestException(request.name() + ": libsvm files have no weights, got weight: "
                    + request.spec().weight());
        }
        this.reading = new FileReading(spark, files, request.spec().rows() == null);
        this.description = SourceDescription.ofPlaces(request, Shape.of(width(request)), NAMES, 1, false);
    }

    private int width(SourceRequest request) {
        if (request.known() != null) {
            return request.known().shape().size();
        }
        Names features = request.spec().features();
        return features == null ? largestIndex(request.name()) : givenWidth(request.name(), features.toString());
    }

    private static int givenWidth(String source, String features) {
        if (!COUNT.matcher(features).matches()) {
            throw new IngestException(
                    source + ": features of a libsvm file: expected how many there are, got " + Excerpt.of(features));
        }
        return Integer.parseInt(features);
    }

    /** Reads everything once, to see how many features there are. */
    private int largestIndex(String name) {
        Broadcast<SerializableConfiguration> conf = reading.shared();
        int largest = reading.parts()
                .map(parts -> largestIndex(conf.value().value(), parts))
                .fold(0, Math::max);
        if (largest == 0) {
            throw new IngestException(name + ": no features");
        }
        return largest;
    }

    private static int largestIndex(Configuration configuration, FilePart[] parts) throws IOException {
        int largest = 0;
        for (FilePart part : parts) {
            try (TextLines lines = new TextLines(configuration, part.split())) {
                LibSvmLine line = new LibSvmLine();
                while (lines.next()) {
                    line.split(lines.line());
                    for (int i = 0; i < line.entries(); i++) {
                        largest = Math.max(largest, line.index(i));
                    }
                }
            } catch (RowException e) {
                // The rows are checked when they are packed; only then is it known which row of the file this is.
                return Math.max(1, largest);
            }
        }
        return largest;
    }

    @Override
    public SourceDescription description() {
        return description;
    }

    @Override
    public <T> JavaRDD<T> read(PartitionReader<T> reader) {
        boolean labelled = description.labelled();
        return reading.read(reader, (configuration, part) -> new Cursor(configuration, part, labelled));
    }

    /** Reads line by line. */
    private static final class Cursor implements RowCursor {
        private final TextLines lines;
        private final String file;
        private final boolean labelled;
        private final LibSvmLine line = new LibSvmLine();
        private long row = -1;

        Cursor(Configuration configuration, FilePart part, boolean labelled) throws IOException {
            this.lines = new TextLines(configuration, part.split());
            this.file = DataFiles.shown(part.path());
            this.labelled = labelled;
        }

        @Override
        public boolean next() throws IOException, RowException {
            row++;
            return lines.next();
        }

        @Override
        public void read(RawRow row) throws RowException {
            line.split(lines.line());
            line.features(row);
            if (labelled) {
                row.label(line.label());
            } else {
                row.targets[0] = line.labelNumber();
            }
        }

        @Override
        public long row() {
            return row;
        }

        @Override
        public long line() {
            return lines.number();
        }

        @Override
        public String file() {
            return file;
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }
}
