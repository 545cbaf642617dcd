package dev.lockstep.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.Mutations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Damaged idx files load or are an error of the project's own, soon and in little memory. */
@Timeout(300)
class DamagedIdxFilesTest {
    @TempDir
    private Path folder;

    private static byte[] file(int type, int bytes, int... dimensions) {
        int size = bytes;
        for (int dimension : dimensions) {
            size *= dimension;
        }
        ByteBuffer file = ByteBuffer.allocate(4 + 4 * dimensions.length + size);
        file.putInt(type << 8 | dimensions.length);
        for (int dimension : dimensions) {
            file.putInt(dimension);
        }
        while (file.hasRemaining()) {
            file.put((byte) file.position());
        }
        return file.array();
    }

    private static byte[] zip(byte[] file) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(file);
        }
        return out.toByteArray();
    }

    @Test
    void idxFiles() throws IOException {
        Configuration configuration = new Configuration(false);
        Path path = folder.resolve("x-idx3-ubyte");
        byte[] images = file(0x08, 1, 5, 4, 3);
        int sound = Mutations.read(
                5000,
                List.of(images, file(0x08, 1, 7), file(0x0D, 4, 3, 2), zip(images), zip(file(0x0E, 8, 4))),
                bytes -> {
                    Files.write(path, bytes);
                    IdxFile file = IdxFile.read(configuration, new org.apache.hadoop.fs.Path(path.toUri()));
                    try (IdxFile.Rows rows = file.open(configuration, 0)) {
                        for (long row = 0; row < file.rows(); row++) {
                            rows.next();
                            for (int i = 0; i < file.width(); i++) {
                                rows.value(i);
                            }
                        }
                    }
                },
                Set.of(IngestException.class, RowException.class));
        assertThat(sound).isBetween(250, 4000);
    }
}
