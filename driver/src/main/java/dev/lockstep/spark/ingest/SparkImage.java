package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.column.Pixels;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Images in the form of Spark's reader {@code image}: a structure with the pixels, blue before green before red. */
final class SparkImage {
    private static final List<String> FIELDS = List.of("origin", "height", "width", "nChannels", "mode", "data");
    private static final int HEIGHT = 1;
    private static final int WIDTH = 2;
    private static final int CHANNELS = 3;
    private static final int DATA = 5;

    private SparkImage() {}

    /** Whether a structure is such an image. */
    static boolean is(StructType type) {
        return List.of(type.fieldNames()).equals(FIELDS);
    }

    /** A cell as columns with types take it: an image as its pixels, any other as it is. */
    static @Nullable Object cell(@Nullable Object cell) throws RowException {
        if (!(cell instanceof Row row) || row.schema() == null || !is(row.schema())) {
            return cell;
        }
        int height = row.getInt(HEIGHT);
        int width = row.getInt(WIDTH);
        int channels = row.getInt(CHANNELS);
        byte[] data = row.getAs(DATA);
        if (height < 1 || width < 1) {
            throw new RowException(null, row.getString(0) + ": Spark's reader could not read this image");
        }
        byte[] samples = data.clone();
        for (int at = 0; channels >= CHANNELS && at < samples.length; at += channels) {
            samples[at] = data[at + 2];
            samples[at + 2] = data[at];
        }
        return new Pixels(height, width, channels, samples);
    }
}
