package dev.lockstep.spark.ingest;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/** The files behind a path, which names a file, a directory or a glob pattern on any Hadoop file system. */
final class DataFiles {
    private DataFiles() {}

    /**
     * The files, sorted by path; those below a directory included, but none whose name (or whose directory's name)
     * begins with {@code _} or a dot.
     *
     * @throws IngestException if there are none
     */
    static List<FileStatus> list(Configuration configuration, String path) {
        try {
            Path given = new Path(path);
            FileSystem files = given.getFileSystem(configuration);
            List<FileStatus> found = new ArrayList<>();
            for (FileStatus match : matches(files, given)) {
                collect(files, match, found);
            }
            if (found.isEmpty()) {
                throw new IngestException(path + ": no such file");
            }
            return found;
        } catch (IllegalArgumentException | IOException e) {
            throw new IngestException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The one file behind a path.
     *
     * @throws IngestException if there is none or more than one
     */
    static Path single(Configuration configuration, String path) {
        List<FileStatus> files = list(configuration, path);
        if (files.size() != 1) {
            throw new IngestException(path + ": expected 1 file, got " + files.size());
        }
        return files.get(0).getPath();
    }

    /**
     * Checks that there are files behind a path, without looking into directories.
     *
     * @throws IngestException if there are none
     */
    static void check(Configuration configuration, String path) {
        try {
            Path given = new Path(path);
            if (matches(given.getFileSystem(configuration), given).length == 0) {
                throw new IngestException(path + ": no such file");
            }
        } catch (IllegalArgumentException | IOException e) {
            throw new IngestException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Whether there is such a file. */
    static boolean exists(Configuration configuration, String path) {
        try {
            Path given = new Path(path);
            return given.getFileSystem(configuration).exists(given);
        } catch (IllegalArgumentException | IOException e) {
            throw new IngestException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** A file whose name has the characters of a pattern is that file all the same. */
    private static FileStatus[] matches(FileSystem files, Path given) throws IOException {
        try {
            return new FileStatus[] {files.getFileStatus(given)};
        } catch (FileNotFoundException e) {
            FileStatus[] matches = files.globStatus(given, match -> isHidden(given) || !isHidden(match));
            return matches == null ? new FileStatus[0] : matches;
        }
    }

    private static boolean isHidden(Path path) {
        return path.getName().startsWith("_") || path.getName().startsWith(".");
    }

    private static void collect(FileSystem files, FileStatus status, List<FileStatus> found) throws IOException {
        if (!status.isDirectory()) {
            found.add(status);
            return;
        }
        // With the places of their blocks, so that nobody has to ask for these file by file.
        List<FileStatus> children = new ArrayList<>();
        RemoteIterator<LocatedFileStatus> listing = files.listLocatedStatus(status.getPath());
        while (listing.hasNext()) {
            children.add(listing.next());
        }
        Collections.sort(children);
        for (FileStatus child : children) {
            if (!isHidden(child.getPath())) {
                collect(files, child, found);
            }
        }
    }

    /** Whether Hadoop must decompress the file to read it. */
    static boolean isCompressed(Configuration configuration, Path file) {
        return new CompressionCodecFactory(configuration).getCodec(file) != null;
    }

    /** A file as a person calls it: without the scheme of the local file system. */
    static String shown(Path file) {
        String scheme = file.toUri().getScheme();
        return scheme == null || scheme.equals("file") ? file.toUri().getPath() : file.toString();
    }
}
