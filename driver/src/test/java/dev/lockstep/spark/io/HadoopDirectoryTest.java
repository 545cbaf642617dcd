package dev.lockstep.spark.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.io.ModelFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("compat")
class HadoopDirectoryTest {
    @TempDir
    Path temporary;

    private FileDirectory directory;

    @BeforeEach
    void open() throws IOException {
        RawLocalFileSystem files = new RawLocalFileSystem();
        files.initialize(URI.create("file:///"), new Configuration(false));
        directory = new HadoopDirectory(
                files, new org.apache.hadoop.fs.Path(temporary.resolve("a/b").toString()), new Configuration(false));
    }

    @Test
    void writesReplacesAppendsAndDeletes() throws IOException {
        directory.write("x", out -> out.write(new byte[] {1, 2}));
        directory.write("x", out -> out.write(new byte[] {3}));
        directory.append("x", new byte[] {4, 5});
        assertThat(directory.open("x").readAllBytes()).containsExactly(3, 4, 5);
        assertThat(directory.length("x")).isEqualTo(3);
        assertThat(directory.exists("x")).isTrue();
        assertThat(temporary.resolve("a/b").toFile().list()).containsExactly("x");
        directory.delete("x");
        directory.delete("x");
        assertThat(directory.exists("x")).isFalse();
    }

    @Test
    void aFailedWriteLeavesTheOldFile() throws IOException {
        directory.write("x", out -> out.write(1));
        assertThatThrownBy(() -> directory.write("x", out -> {
                    out.write(2);
                    throw new IOException("disk full");
                }))
                .hasMessage("disk full");
        assertThat(directory.open("x").readAllBytes()).containsExactly(1);
        assertThat(temporary.resolve("a/b").toFile().list()).containsExactly("x");
    }

    @Test
    void namesStayInside() {
        assertThatThrownBy(() -> directory.open("../x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directory.write("a/x", out -> {})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMissingModelIsSaid() {
        assertThatThrownBy(() -> ModelFiles.load(directory))
                .isInstanceOf(ModelException.class)
                .hasMessage(temporary + "/a/b/model.json: the file does not exist, so " + temporary
                        + "/a/b is not a model");
    }

    @Test
    void pathsOfTheLocalFileSystemDoWithoutHadoop() throws IOException {
        Configuration configuration = new Configuration(false);
        assertThat(FileSystems.directory("runs/x", configuration)).isEqualTo(new LocalDirectory(Path.of("runs/x")));
        assertThat(FileSystems.directory("file:///runs/x", configuration))
                .isEqualTo(new LocalDirectory(Path.of("/runs/x")));
        assertThatThrownBy(() -> FileSystems.directory("nosuch://x/y", configuration))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nosuch");
        assertThatThrownBy(() -> FileSystems.readText(temporary + "/none.yaml", configuration))
                .isInstanceOf(FileNotFoundException.class);
    }
}
