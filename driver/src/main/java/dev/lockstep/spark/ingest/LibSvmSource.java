package dev.lockstep.spark.ingest;

import java.io.IOException;
import java.util.List;
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
    private final String name;
    private final FileReading reading;
    private final int width;
    private final Targets targets;

    LibSvmSource(SparkSession spark, SourceRequest request, List<FileStatus> files) {
        this.name = request.spec().path();
        this.reading = new FileReading(spark, files, request.spec().rows() == null);
        this.targets = request.targets();
        if (request.spec().weight() != null) {
            throw new IngestException(name + ": libsvm files have no weights, got weight: "
                    + request.spec().weight());
        }
        if (request.known() != null) {
            this.width = request.known().shape().size();
        } else if (request.spec().features() != null) {
            this.width = givenWidth(request);
        } else {
            this.width = largestIndex();
        }
    }

    private int givenWidth(SourceRequest request) {
        try {
            return Integer.parseInt(request.spec().features().toString());
        } catch (NumberFormatException e) {
            throw new IngestException(
                    name + ": features of a libsvm file: expected how many there are, got "
                            + request.spec().features(),
                    e);
        }
    }

    /** Reads everything once, to see how many features there are. */
    private int largestIndex() {
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
            try (TextLines lines = new TextLines(configuration, part)) {
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
    public String name() {
        return name;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public List<String> featureColumns() {
        return List.of();
    }

    @Override
    public List<String> labelColumns() {
        return List.of();
    }

    @Override
    public int outputs() {
        return 1;
    }

    @Override
    public boolean weighted() {
        return false;
    }

    @Override
    public boolean sequences() {
        return false;
    }

    @Override
    public boolean rowsCountWithinFile() {
        return false;
    }

    @Override
    public JavaRDD<Packed> pack(PackPlan plan) {
        boolean classes = targets == Targets.CLASS;
        return reading.pack(plan, (configuration, part) -> new Cursor(configuration, part, classes));
    }

    /** Reads line by line. */
    private static final class Cursor implements RowCursor {
        private final TextLines lines;
        private final String file;
        private final boolean classes;
        private final LibSvmLine line = new LibSvmLine();
        private long row = -1;

        Cursor(Configuration configuration, FilePart part, boolean classes) throws IOException {
            this.lines = new TextLines(configuration, part);
            this.file = DataFiles.shown(part.path());
            this.classes = classes;
        }

        @Override
        public boolean next() throws IOException, RowException {
            row++;
            return lines.next();
        }

        @Override
        public void read(RawRow row) throws RowException {
            line.split(lines.line());
            line.features(row.features);
            if (classes) {
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
        public String file() {
            return file;
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }
}
