package dev.lockstep.spark.io;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.LocalDirectory;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** Paths as a user gives them, on any Hadoop file system. */
public final class FileSystems {
    private FileSystems() {}

    /**
     * A directory for results. On the local file system it is used without Hadoop, which would leave a checksum file
     * beside each file.
     *
     * @throws IOException if the path names no known file system
     */
    public static FileDirectory directory(String path, Configuration configuration) throws IOException {
        Path hadoopPath = path(path);
        FileSystem files = hadoopPath.getFileSystem(configuration);
        if (files instanceof LocalFileSystem) {
            boolean plain = hadoopPath.toUri().getScheme() == null;
            return new LocalDirectory(
                    java.nio.file.Path.of(plain ? path : hadoopPath.toUri().getPath()));
        }
        return new HadoopDirectory(files, hadoopPath, configuration);
    }

    /**
     * The text of a file in UTF-8.
     *
     * @throws FileNotFoundException if the file does not exist
     */
    public static String readText(String path, Configuration configuration) throws IOException {
        return new String(read(path, configuration), StandardCharsets.UTF_8);
    }

    /**
     * The bytes of a file.
     *
     * @throws FileNotFoundException if the file does not exist
     */
    public static byte[] read(String path, Configuration configuration) throws IOException {
        Path hadoopPath = path(path);
        try (InputStream in = hadoopPath.getFileSystem(configuration).open(hadoopPath)) {
            return in.readAllBytes();
        }
    }

    /** Writes a file, whole or not at all; replaces one that is there and makes missing directories. */
    public static void write(String path, byte[] content, Configuration configuration) throws IOException {
        Path file = qualified(path, configuration);
        FileSystem files = file.getFileSystem(configuration);
        if (files instanceof LocalFileSystem) {
            LocalDirectory.write(java.nio.file.Path.of(file.toUri().getPath()), out -> out.write(content));
        } else {
            new WholeFile(files, configuration).write(file, out -> out.write(content));
        }
    }

    /** Whether the file system of a path says that it can do something, there. */
    public static boolean hasCapability(String path, String capability, Configuration configuration)
            throws IOException {
        Path hadoopPath = path(path);
        return hadoopPath.getFileSystem(configuration).hasPathCapability(hadoopPath, capability);
    }

    /**
     * Checks that a directory can be written to, or made: whatever is there of its path is a directory, and the local
     * file system lets this process write there.
     *
     * @throws IOException that says why not
     */
    public static void checkDirectory(String path, Configuration configuration) throws IOException {
        Path directory = qualified(path, configuration);
        FileSystem files = directory.getFileSystem(configuration);
        for (Path there = directory; there != null; there = there.getParent()) {
            if (files.exists(there)) {
                checkWritable(files, there);
                return;
            }
        }
    }

    private static void checkWritable(FileSystem files, Path there) throws IOException {
        boolean local = files instanceof LocalFileSystem;
        String shown = local ? there.toUri().getPath() : there.toString();
        if (!files.getFileStatus(there).isDirectory()) {
            throw new IOException(shown + " is a file, expected a directory");
        }
        if (local && !Files.isWritable(java.nio.file.Path.of(shown))) {
            throw new IOException("permission denied to write to " + shown);
        }
    }

    /** Why a file that does not open cannot be read. */
    public static String whyUnreadable(String path, Configuration configuration) throws IOException {
        Path hadoopPath = path(path);
        FileSystem files = hadoopPath.getFileSystem(configuration);
        if (!files.exists(hadoopPath)) {
            return "the file does not exist";
        }
        return files.getFileStatus(hadoopPath).isDirectory() ? "is a directory, expected a file" : "permission denied";
    }

    /** Whether there is a file or a directory at this path. */
    public static boolean exists(String path, Configuration configuration) throws IOException {
        Path hadoopPath = path(path);
        return hadoopPath.getFileSystem(configuration).exists(hadoopPath);
    }

    /** Names of what is in a directory, those of directories with a slash behind; none if it is missing. */
    public static List<String> entries(String path, Configuration configuration) throws IOException {
        Path hadoopPath = path(path);
        List<String> names = new ArrayList<>();
        try {
            for (FileStatus entry : hadoopPath.getFileSystem(configuration).listStatus(hadoopPath)) {
                names.add(entry.getPath().getName() + (entry.isDirectory() ? "/" : ""));
            }
        } catch (FileNotFoundException e) {
            return List.of();
        }
        Collections.sort(names);
        return names;
    }

    /** Deletes a file, or a directory with everything in it, if it exists. */
    public static void delete(String path, Configuration configuration) throws IOException {
        Path hadoopPath = path(path);
        hadoopPath.getFileSystem(configuration).delete(hadoopPath, true);
    }

    /**
     * Whether two paths name the same file or directory, or one of them lies inside the other; on the local file system
     * also by way of symbolic links, on others also by another name of the same file system ({@code hdfs://name/x} and
     * {@code hdfs://name:8020/x}).
     *
     * @throws IOException if a path names no known file system
     */
    public static boolean overlap(String one, String other, Configuration configuration) throws IOException {
        Path first = qualified(one, configuration);
        Path second = qualified(other, configuration);
        return nested(first, second) || nested(target(first, configuration), target(second, configuration));
    }

    private static boolean nested(Path one, Path other) {
        return isWithin(one, other) || isWithin(other, one);
    }

    private static boolean isWithin(Path inner, Path outer) {
        for (Path path = inner; path != null; path = path.getParent()) {
            if (path.equals(outer)) {
                return true;
            }
        }
        return false;
    }

    private static Path qualified(String path, Configuration configuration) throws IOException {
        Path hadoopPath = path(path);
        return hadoopPath.getFileSystem(configuration).makeQualified(hadoopPath);
    }

    /**
     * Where a qualified path leads: on the local file system past all symbolic links, elsewhere by the service's name.
     */
    private static Path target(Path qualified, Configuration configuration) throws IOException {
        FileSystem files = qualified.getFileSystem(configuration);
        String inside = qualified.toUri().getPath();
        if (files instanceof LocalFileSystem) {
            return new Path("file", null, new File(inside).getCanonicalPath());
        }
        String service = files.getCanonicalServiceName();
        return service == null ? qualified : new Path(qualified.toUri().getScheme(), service, inside);
    }

    private static Path path(String path) throws IOException {
        try {
            return new Path(path);
        } catch (IllegalArgumentException e) {
            throw new IOException("\"" + path + "\" is not a path: " + e.getMessage(), e);
        }
    }
}
