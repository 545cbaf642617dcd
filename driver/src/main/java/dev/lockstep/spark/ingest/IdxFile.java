package dev.lockstep.spark.ingest;

import dev.lockstep.nn.tensor.Shape;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * An idx file, plain or gzipped: two zero bytes, a type, the number of dimensions, the dimensions as big-endian
 * integers, the values, row by row. Knows its header; {@link #open} reads rows.
 */
final class IdxFile implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int MOST_DIMENSIONS = 8;
    /** Deflate makes at most 1032 bytes of one. */
    private static final int MOST_COMPRESSION = 1032;

    private static final int GZIP_MAGIC = 0x1f8b;

    private final String path;
    private final boolean compressed;
    private final int type;
    private final int[] dimensions;

    private IdxFile(String path, boolean compressed, int type, int[] dimensions) {
        this.path = path;
        this.compressed = compressed;
        this.type = type;
        this.dimensions = dimensions;
    }

    /** Reads the header, and checks it against the length of the file where that says something. */
    static IdxFile read(Configuration configuration, Path file) {
        String name = DataFiles.shown(file);
        try {
            FileSystem files = file.getFileSystem(configuration);
            FileStatus status = files.getFileStatus(file);
            boolean compressed;
            try (DataInputStream in = files.open(file)) {
                compressed = status.getLen() >= 2 && in.readUnsignedShort() == GZIP_MAGIC;
            }
            try (DataInputStream in = stream(files.open(file), compressed)) {
                IdxFile idx = readHeader(name, file, compressed, in);
                long expected = idx.headerBytes() + idx.rows() * idx.rowBytes();
                if (compressed && expected / MOST_COMPRESSION > status.getLen()) {
                    throw new IngestException(name + ": expected " + expected + " bytes for values of shape "
                            + Arrays.toString(idx.dimensions) + ", more than " + status.getLen()
                            + " gzipped ones can hold");
                }
                if (!compressed && status.getLen() != expected) {
                    throw new IngestException(name + ": expected " + expected + " bytes for values of shape "
                            + Arrays.toString(idx.dimensions) + ", got " + status.getLen());
                }
                return idx;
            }
        } catch (EOFException | ZipException e) {
            throw new IngestException(name + ": the file ends within its header, or is damaged", e);
        } catch (IOException e) {
            throw new IngestException(name + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static IdxFile readHeader(String name, Path file, boolean compressed, DataInputStream in)
            throws IOException {
        int magic = in.readInt();
        int type = magic >>> 8;
        int count = magic & 0xff;
        if (size(type) == 0 || count == 0 || count > MOST_DIMENSIONS) {
            throw new IngestException(String.format(
                    "%s: expected an idx file, which begins with 0000, a type (08, 09, 0b, 0c, 0d, 0e) and the number"
                            + " of dimensions, got %08x",
                    name, magic));
        }
        int[] dimensions = new int[count];
        long product = size(type);
        for (int i = 0; i < count; i++) {
            dimensions[i] = in.readInt();
            if (dimensions[i] < (i == 0 ? 0 : 1)) {
                throw new IngestException(
                        name + ": expected a dimension of at least 1, got " + (dimensions[i] & 0xFFFFFFFFL));
            }
            product = i == 0 ? product : product * dimensions[i];
            if (product > Integer.MAX_VALUE) {
                throw new IngestException(name + ": rows of shape " + Arrays.toString(dimensions) + " are too large");
            }
        }
        return new IdxFile(file.toString(), compressed, type, dimensions);
    }

    private static DataInputStream stream(InputStream raw, boolean compressed) throws IOException {
        InputStream buffered = new BufferedInputStream(raw, 1 << 16);
        return new DataInputStream(compressed ? new GZIPInputStream(buffered, 1 << 16) : buffered);
    }

    /** Bytes of a value; 0 for an unknown type. */
    private static int size(int type) {
        return switch (type) {
            case 0x08, 0x09 -> 1;
            case 0x0B -> 2;
            case 0x0C, 0x0D -> 4;
            case 0x0E -> 8;
            default -> 0;
        };
    }

    Path path() {
        return new Path(path);
    }

    String name() {
        return DataFiles.shown(path());
    }

    /** The shape of a row: grey images {@code [height, width]} are images of one channel. */
    Shape shape() {
        int[] row = Arrays.copyOfRange(dimensions, 1, dimensions.length);
        return switch (row.length) {
            case 0 -> Shape.of(1);
            case 2 -> Shape.of(row[0], row[1], 1);
            default -> Shape.of(row);
        };
    }

    /** Whether it can only be read from its beginning. */
    boolean compressed() {
        return compressed;
    }

    long rows() {
        return dimensions[0];
    }

    /** Values a row. */
    int width() {
        return rowBytes() / size(type);
    }

    int rowBytes() {
        int bytes = size(type);
        for (int i = 1; i < dimensions.length; i++) {
            bytes *= dimensions[i];
        }
        return bytes;
    }

    /** Ranges of rows, one a partition; a single one if the file cannot be entered in the middle. */
    List<FileParts.Placed> parts(SparkSession spark, boolean whole) {
        BlockLocation[] blocks = blocks(spark.sessionState().newHadoopConf());
        long size = whole ? rows() : Math.max(1, FileParts.partitionBytes(spark, rows() * rowBytes()) / rowBytes());
        List<FileParts.Placed> parts = new ArrayList<>();
        for (long start = 0; start < rows(); start += size) {
            FilePart[] part = {new FilePart(path, start, Math.min(size, rows() - start))};
            parts.add(new FileParts.Placed(part, FileParts.hosts(blocks, headerBytes() + start * rowBytes())));
        }
        return parts;
    }

    private BlockLocation[] blocks(Configuration configuration) {
        try {
            return FileParts.blocks(
                    configuration, path().getFileSystem(configuration).getFileStatus(path()));
        } catch (IOException e) {
            throw new IngestException(name() + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private long headerBytes() {
        return Integer.BYTES * (1L + dimensions.length);
    }

    /** Opens the file at a row. */
    Rows open(Configuration configuration, long firstRow) throws IOException {
        FSDataInputStream raw = path().getFileSystem(configuration).open(path());
        long position = headerBytes() + firstRow * rowBytes();
        if (!compressed) {
            raw.seek(position);
        }
        DataInputStream in = stream(raw, compressed);
        if (compressed) {
            in.skipNBytes(position);
        }
        return new Rows(in, firstRow);
    }

    /** Reads rows one by one. */
    final class Rows implements AutoCloseable {
        private final DataInputStream in;
        private final byte[] bytes = new byte[rowBytes()];
        private final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        private long row;

        private Rows(DataInputStream in, long row) {
            this.in = in;
            this.row = row;
        }

        /** Reads the next row. */
        void next() throws IOException, RowException {
            try {
                in.readFully(bytes);
                row++;
                if (row == rows() && compressed && in.read() >= 0) {
                    throw new RowException(null, "expected the file to end with this row, got more bytes");
                }
            } catch (EOFException | ZipException e) {
                throw new RowException(
                        null, "expected " + rows() + " rows in " + name() + ", which ends or is damaged here");
            }
        }

        /** Value {@code i} of the current row. */
        double value(int i) {
            return switch (type) {
                case 0x08 -> bytes[i] & 0xff;
                case 0x09 -> bytes[i];
                case 0x0B -> buffer.getShort(2 * i);
                case 0x0C -> buffer.getInt(4 * i);
                case 0x0D -> buffer.getFloat(4 * i);
                default -> buffer.getDouble(8 * i);
            };
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
