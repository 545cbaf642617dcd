package dev.lockstep.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where files lie is asked once for a directory, not file by file: on an object store each question is a request. */
class BlockPlacesTest {
    /** A file system that counts what is asked of it about single files. */
    public static final class Counting extends RawLocalFileSystem {
        private static final List<String> ASKED = new ArrayList<>();

        @Override
        public URI getUri() {
            return URI.create("counting:///");
        }

        @Override
        public BlockLocation[] getFileBlockLocations(org.apache.hadoop.fs.Path file, long start, long length)
                throws IOException {
            ASKED.add("places of " + file.getName());
            return super.getFileBlockLocations(file, start, length);
        }

        @Override
        public FileStatus getFileStatus(org.apache.hadoop.fs.Path file) {
            ASKED.add("state of " + file.getName());
            return status(file);
        }

        @Override
        public FileStatus[] listStatus(org.apache.hadoop.fs.Path folder) {
            return Stream.of(local(folder).list())
                    .map(name -> status(new org.apache.hadoop.fs.Path(folder, name)))
                    .toArray(FileStatus[]::new);
        }

        private static FileStatus status(org.apache.hadoop.fs.Path file) {
            File local = local(file);
            return new FileStatus(local.length(), local.isDirectory(), 1, 1 << 20, 0, file);
        }

        private static File local(org.apache.hadoop.fs.Path file) {
            return new File(file.toUri().getPath());
        }
    }

    @Test
    void noFileIsAskedAbout(@TempDir Path folder) throws Exception {
        Path rows = Files.createDirectory(folder.resolve("rows"));
        for (int file = 0; file < 3; file++) {
            Files.writeString(rows.resolve("part-" + file), "0123456789");
        }
        Configuration configuration = new Configuration(false);
        configuration.set("fs.counting.impl", Counting.class.getName());
        Counting.ASKED.clear();
        for (FileStatus file : DataFiles.list(configuration, "counting://" + rows)) {
            BlockLocation[] blocks = FileParts.blocks(configuration, file);
            assertThat(FileParts.hosts(blocks, 9)).containsExactly("localhost");
            assertThat(FileParts.hosts(blocks, 10)).isEmpty();
        }
        assertThat(Counting.ASKED).containsOnly("state of rows");
    }
}
