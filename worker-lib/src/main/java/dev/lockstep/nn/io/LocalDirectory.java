package dev.lockstep.nn.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory of the local file system.
 *
 * @param path the directory; it need not exist before the first write
 */
public record LocalDirectory(Path path) implements FileDirectory {

    @Override
    public String location() {
        return path.toString();
    }

    @Override
    public List<String> list() throws IOException {
        List<String> names = new ArrayList<>();
        for (Path file : files()) {
            String name = file.getFileName().toString();
            if (Files.isRegularFile(file) && !FileDirectory.isUnfinished(name)) {
                names.add(name);
            }
        }
        return names;
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(file(name));
    }

    @Override
    public long length(String name) throws IOException {
        return Files.size(file(name));
    }

    @Override
    public InputStream open(String name) throws IOException {
        return Files.newInputStream(file(name));
    }

    @Override
    public void write(String name, Content content) throws IOException {
        write(file(name), content);
    }

    /** Writes a file of any name as {@link #write(String, Content)} does. */
    public static void write(Path file, Content content) throws IOException {
        Path target = file.toAbsolutePath();
        Path directory = target.getParent();
        if (directory == null) {
            throw new IOException(file + " is a directory, expected a file");
        }
        Files.createDirectories(directory);
        Path beside = directory.resolve(FileDirectory.unfinished(String.valueOf(target.getFileName())));
        try {
            try (FileChannel channel =
                            FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            try {
                Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(beside, target, StandardCopyOption.REPLACE_EXISTING);
            }
            forceNames(directory);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    /** Brings the directory's entries to the disk: after a power cut the file has its new name. */
    private static void forceNames(Path directory) {
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        } catch (IOException e) {
            // Not every system opens a directory as a file; where it cannot be opened, it need not be forced.
            return;
        }
    }

    @Override
    public boolean create(String name, byte[] content) throws IOException {
        Files.createDirectories(path);
        try {
            Files.write(file(name), content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    @Override
    public void append(String name, byte[] addition) throws IOException {
        Files.write(file(name), addition, StandardOpenOption.APPEND);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(file(name));
    }

    @Override
    public void deleteUnfinished() throws IOException {
        for (Path file : files()) {
            if (FileDirectory.isUnfinished(file.getFileName().toString())) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public void deleteIfEmpty() throws IOException {
        try {
            Files.deleteIfExists(path);
        } catch (DirectoryNotEmptyException e) {
            return;
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private Path file(String name) {
        return path.resolve(FileDirectory.checked(name));
    }
}
