package dev.lockstep.spark.ingest;

import java.io.Serializable;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;

/** Part of a file: a range of bytes, or of rows, as its reader understands it. */
final class FilePart implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final long start;
    private final long length;

    FilePart(String path, long start, long length) {
        this.path = path;
        this.start = start;
        this.length = length;
    }

    static FilePart whole(FileStatus file) {
        return new FilePart(file.getPath().toString(), 0, file.getLen());
    }

    /** The same for a reader of Hadoop's. */
    FileSplit split() {
        return new FileSplit(path(), start, length, null);
    }

    Path path() {
        return new Path(path);
    }

    long start() {
        return start;
    }

    long length() {
        return length;
    }
}
