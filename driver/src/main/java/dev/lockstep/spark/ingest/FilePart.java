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
    private final long before;

    FilePart(String path, long start, long length) {
        this(path, start, length, 0);
    }

    private FilePart(String path, long start, long length, long before) {
        this.path = path;
        this.start = start;
        this.length = length;
        this.before = before;
    }

    /** The same part, which so many characters of the file come before. */
    FilePart after(long characters) {
        return new FilePart(path, start, length, characters);
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

    /** Characters of the file before it; 0 unless they were counted. */
    long before() {
        return before;
    }
}
