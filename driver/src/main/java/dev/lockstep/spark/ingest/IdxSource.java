package dev.lockstep.spark.ingest;

import dev.lockstep.spark.config.SourceSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/** An idx file of features with an idx file of labels: MNIST and its kin. */
final class IdxSource implements Source {
    static final ValueNames NAMES = ValueNames.numbered("feature", 0);

    private final IdxFile features;
    private final IdxFile labels;
    private final FileReading reading;
    private final SourceDescription description;

    IdxSource(SparkSession spark, SourceRequest request, List<FileStatus> files) {
        Configuration configuration = spark.sessionState().newHadoopConf();
        SourceSpec spec = request.spec();
        if (spec.features() != null || spec.weight() != null) {
            throw new IngestException(request.name() + ": idx files have no columns, got "
                    + (spec.weight() == null ? "features: " + spec.features() : "weight: " + spec.weight()));
        }
        this.features = IdxFile.read(configuration, featureFile(request, files));
        this.labels = IdxFile.read(configuration, labelFile(configuration, spec, features.path()));
        if (labels.rows() != features.rows()) {
            throw new IngestException(labels.name() + ": expected " + features.rows() + " labels, one a row of "
                    + features.name() + ", got " + labels.rows());
        }
        if (request.targets().isClass() && labels.width() != 1) {
            throw new IngestException(labels.name() + ": expected one label a row for a class, got " + labels.width());
        }
        this.reading = new FileReading(
                spark,
                FileParts.distribute(spark, features.parts(spark, features.compressed() || labels.compressed())));
        this.description = SourceDescription.ofPlaces(request, features.shape(), NAMES, labels.width(), true);
    }

    /** The file of features; a directory may hold those of training and of test data side by side. */
    static Path featureFile(SourceRequest request, List<FileStatus> files) {
        List<Path> candidates = new ArrayList<>();
        for (FileStatus file : files) {
            if (files.size() == 1 || file.getPath().getName().contains("images")) {
                candidates.add(file.getPath());
            }
        }
        if (candidates.size() > 1) {
            Pattern role = Pattern.compile(
                    switch (request.role()) {
                        case TRAIN -> "^train.*";
                        case VALIDATION -> "^val.*";
                        case TEST -> "^(test|t10k).*";
                    });
            candidates.removeIf(path -> !role.matcher(path.getName()).matches());
        }
        if (candidates.size() != 1) {
            throw new IngestException(request.name() + ": expected one idx file of features among " + files.size()
                    + " files, got " + candidates.size() + "; path can name the file itself");
        }
        return candidates.get(0);
    }

    /** The file of labels: given, or named as the images are, as in MNIST. */
    private static Path labelFile(Configuration configuration, SourceSpec spec, Path images) {
        if (spec.label() != null) {
            if (spec.label().values().size() != 1) {
                throw new IngestException(spec.path() + ": expected one file of labels, got " + spec.label());
            }
            return DataFiles.single(configuration, spec.label().toString());
        }
        String usual = images.getName().replace("images", "labels").replaceAll("idx[0-9]", "idx1");
        String other = usual.endsWith(".gz") ? usual.substring(0, usual.length() - 3) : usual + ".gz";
        for (String candidate : List.of(usual, other)) {
            Path path = new Path(images.getParent(), candidate);
            if (!candidate.equals(images.getName()) && DataFiles.exists(configuration, path.toString())) {
                return path;
            }
        }
        throw new IngestException(DataFiles.shown(images) + ": no file of labels: set label");
    }

    @Override
    public SourceDescription description() {
        return description;
    }

    @Override
    public <T> JavaRDD<T> read(PartitionReader<T> reader) {
        IdxFile featureFile = features;
        IdxFile labelFile = labels;
        boolean labelled = description.labelled();
        return reading.read(
                reader, (configuration, part) -> new Cursor(configuration, part, featureFile, labelFile, labelled));
    }

    /** Reads both files side by side. */
    private static final class Cursor implements RowCursor {
        private final String file;
        private final IdxFile.Rows features;
        private final IdxFile.Rows labels;
        private final int outputs;
        private final boolean labelled;
        private final long end;
        private long row;

        Cursor(Configuration configuration, FilePart part, IdxFile featureFile, IdxFile labelFile, boolean labelled)
                throws IOException {
            this.file = featureFile.name();
            this.features = featureFile.open(configuration, part.start());
            this.labels = labelFile.open(configuration, part.start());
            this.outputs = labelFile.width();
            this.labelled = labelled;
            this.row = part.start() - 1;
            this.end = part.start() + part.length();
        }

        @Override
        public boolean next() throws IOException, RowException {
            row++;
            if (row == end) {
                return false;
            }
            features.next();
            labels.next();
            return true;
        }

        @Override
        public void read(RawRow raw) {
            double[] numbers = raw.features();
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = features.value(i);
            }
            if (labelled) {
                raw.label(labels.value(0));
            } else {
                for (int i = 0; i < outputs; i++) {
                    raw.targets[i] = labels.value(i);
                }
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
            features.close();
            labels.close();
        }
    }
}
