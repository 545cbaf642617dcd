package dev.lockstep.spark.io;

import dev.lockstep.nn.io.FileDirectory;
import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A directory of any Hadoop file system. */
final class HadoopDirectory implements FileDirectory {
    private static final int BUFFER = 1 << 16;
    /** S3A's option to make a file only if there is none when it is closed; other file systems do not know it. */
    private static final String ONLY_IF_ABSENT = "fs.option.create.conditional.overwrite";

    private final FileSystem files;
    private final Path path;
    private final WholeFile whole;

    HadoopDirectory(FileSystem files, Path path, Configuration configuration) {
        this.files = files;
        this.path = path;
        this.whole = new WholeFile(files, configuration);
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

    @Override
    public void write(String name, Content content) throws IOException {
        whole.write(file(name), content);
    }

    @Override
    public boolean create(String name, byte[] content) throws IOException {
        Path target = file(name);
        // Some file systems look no closer than this; the rest answer the next calls with an exception.
        if (files.exists(target)) {
            return false;
        }
        FSDataOutputStreamBuilder<?, ?> builder = files.createFile(target);
        try (OutputStream out =
                builder.overwrite(false).recursive().opt(ONLY_IF_ABSENT, true).build()) {
            out.write(content);
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            // An object store that was told so refuses the file when it is closed.
            if (files.exists(target)) {
                return false;
            }
            throw e;
        }
        return true;
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
