package dev.lockstep.spark.io;

import dev.lockstep.nn.io.FileDirectory;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.jspecify.annotations.Nullable;

/** A directory of any Hadoop file system. */
final class HadoopDirectory implements FileDirectory {
    private static final int BUFFER = 1 << 16;

    private final FileSystem files;
    private final Path path;
    private final Configuration configuration;
    private @Nullable FileContext context;

    HadoopDirectory(FileSystem files, Path path, Configuration configuration) {
        this.files = files;
        this.path = path;
        this.configuration = configuration;
    }

    @Override
    public String location() {
        return path.toString();
    }

    @Override
    public List<String> list() throws IOException {
        List<String> names = new ArrayList<>();
        for (FileStatus file : files()) {
            String name = file.getPath().getName();
            if (file.isFile() && !FileDirectory.isUnfinished(name)) {
                names.add(name);
            }
        }
        return names;
    }

    @Override
    public boolean exists(String name) throws IOException {
        return files.exists(file(name));
    }

    @Override
    public long length(String name) throws IOException {
        return files.getFileStatus(file(name)).getLen();
    }

    @Override
    public InputStream open(String name) throws IOException {
        return new BufferedInputStream(files.open(file(name)), BUFFER);
    }

    /**
     * On an object store a file appears when it is closed, and a rename would be a copy: it is written in place, and a
     * failure aborts it.
     */
    @Override
    public void write(String name, Content content) throws IOException {
        if (files.hasPathCapability(path, CommonPathCapabilities.ABORTABLE_STREAM)) {
            writeInPlace(file(name), content);
        } else {
            writeBeside(name, content);
        }
    }

    private void writeInPlace(Path target, Content content) throws IOException {
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

    private void writeBeside(String name, Content content) throws IOException {
        Path target = file(name);
        Path beside = new Path(path, FileDirectory.unfinished(name));
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

    @Override
    public boolean create(String name, byte[] content) throws IOException {
        Path target = file(name);
        // Some file systems look no closer than this; the rest answer the next call with an exception.
        if (files.exists(target)) {
            return false;
        }
        try (OutputStream out = files.create(target, false)) {
            out.write(content);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /** Object stores cannot append: the file is written again. */
    @Override
    public void append(String name, byte[] addition) throws IOException {
        byte[] before;
        try (InputStream in = open(name)) {
            before = in.readAllBytes();
        }
        write(name, out -> {
            out.write(before);
            out.write(addition);
        });
    }

    @Override
    public void delete(String name) throws IOException {
        files.delete(file(name), false);
    }

    @Override
    public void deleteUnfinished() throws IOException {
        for (FileStatus file : files()) {
            if (FileDirectory.isUnfinished(file.getPath().getName())) {
                files.delete(file.getPath(), false);
            }
        }
    }

    @Override
    public void deleteIfEmpty() throws IOException {
        if (files.exists(path) && files.listStatus(path).length == 0) {
            files.delete(path, false);
        }
    }

    private FileStatus[] files() throws IOException {
        try {
            return files.listStatus(path);
        } catch (FileNotFoundException e) {
            return new FileStatus[0];
        }
    }

    private Path file(String name) {
        return new Path(path, FileDirectory.checked(name));
    }
}
