package dev.lockstep.nn.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

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
        Files.createDirectories(path);
        Path target = file(name);
        Path beside = path.resolve("." + name + "." + UUID.randomUUID() + ".part");
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
        } finally {
            Files.deleteIfExists(beside);
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

    private Path file(String name) {
        return path.resolve(FileDirectory.checked(name));
    }
}
