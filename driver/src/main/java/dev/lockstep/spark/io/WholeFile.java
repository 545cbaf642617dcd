package dev.lockstep.spark.io;

import dev.lockstep.nn.io.FileDirectory;
import java.io.BufferedOutputStream;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.jspecify.annotations.Nullable;

/** Writes files of a Hadoop file system, each whole or not at all. */
final class WholeFile {
    private static final int BUFFER = 1 << 16;

    private final FileSystem files;
    private final Configuration configuration;
    private @Nullable FileContext context;

    WholeFile(FileSystem files, Configuration configuration) {
        this.files = files;
        this.configuration = configuration;
    }

    /**
     * Writes a file, or replaces it; makes missing directories. On an object store a file appears when it is closed,
     * and a rename would be a copy: it is written in place, and a failure aborts it.
     */
    void write(Path file, FileDirectory.Content content) throws IOException {
        // FileContext does not fill in the host of hdfs:///x.
        Path target = files.makeQualified(file);
        if (files.hasPathCapability(target, CommonPathCapabilities.ABORTABLE_STREAM)) {
            writeInPlace(target, content);
        } else {
            writeBeside(target, content);
        }
    }

    private void writeInPlace(Path target, FileDirectory.Content content) throws IOException {
        FSDataOutputStream out = files.create(target, true);
        boolean complete = false;
        try {
            BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER);
            content.writeTo(buffered);
            buffered.flush();
            complete = true;
        } finally {
            if (!complete) {
                out.abort();
            }
            out.close();
        }
    }

    private void writeBeside(Path target, FileDirectory.Content content) throws IOException {
        Path beside = new Path(target.getParent(), FileDirectory.unfinished(target.getName()));
        boolean renamed = false;
        try {
            try (FSDataOutputStream out = files.create(beside, false)) {
                BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER);
                content.writeTo(buffered);
                buffered.flush();
                if (out.hasCapability(StreamCapabilities.HSYNC)) {
                    out.hsync();
                }
            }
            rename(beside, target);
            renamed = true;
        } finally {
            if (!renamed) {
                files.delete(beside, false);
            }
        }
    }

    /** FileSystem's own rename refuses to replace a file; FileContext's replaces it in one step. */
    private void rename(Path from, Path to) throws IOException {
        FileContext renaming;
        try {
            renaming = context();
        } catch (UnsupportedFileSystemException e) {
            // A file system that only has the older interface: two steps.
            files.delete(to, false);
            if (!files.rename(from, to)) {
                throw new IOException("cannot rename " + from + " to " + to, e);
            }
            return;
        }
        renaming.rename(from, to, Options.Rename.OVERWRITE);
    }

    /** Made once: each has a file system of its own. */
    private synchronized FileContext context() throws UnsupportedFileSystemException {
        if (context == null) {
            context = FileContext.getFileContext(files.getUri(), configuration);
        }
        return context;
    }
}
