package dev.lockstep.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Spread;
import dev.lockstep.nn.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("compat")
class ModelFilesTest {
    @TempDir
    Path temporary;

    private Path path;
    private LocalDirectory directory;
    private SavedModel model;

    @BeforeEach
    void make() {
        path = temporary.resolve("a/model");
        directory = new LocalDirectory(path);
        ModelSpec spec = new ModelSpec(
                List.of(new Dense(3, new Activation.Relu()), new Dropout(0.25), new Dense(2)), new CrossEntropy());
        Network network = Network.bind(spec, Shape.of(2, 2, 1));
        model = SavedModel.of(
                network,
                network.initialize(7),
                new Scaling(new float[] {0.1307f}, new float[] {0.3081f}),
                7,
                new ModelDescription.Columns(
                        List.of("no", "yes"),
                        List.of("label"),
                        List.of("a", "b", "c", "d"),
                        JsonNodeFactory.instance.objectNode().put("format", "csv")));
    }

    private void fails(String message) {
        assertThatThrownBy(() -> ModelFiles.load(directory))
                .isInstanceOf(ModelException.class)
                .hasMessage(message);
    }

    private void edit(String from, String to) throws IOException {
        Path file = path.resolve("model.json");
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }

    /** Deviations of the first three weights, and two directions for the last two. */
    private SavedModel distributed() {
        Spread.Form form = new Spread.Form(
                Spread.Draw.GAUSSIAN, List.of(new Spread.Block(0, 3, 0, true), new Spread.Block(21, 2, 2, false)));
        Spread spread = new Spread(form, new float[] {0.1f, 0.2f, 0.3f, 1, 2, 3, 4});
        return SavedModel.of(
                model.network(),
                model.parameters().with(spread),
                model.description().scaling(),
                7,
                ModelDescription.Columns.NONE);
    }

    @Test
    void aDistributionIsSavedAndLoaded() throws IOException {
        SavedModel distributed = distributed();
        ModelFiles.save(directory, distributed);
        SavedModel loaded = ModelFiles.load(directory);
        assertThat(loaded.parameters().spread().form())
                .isEqualTo(distributed.parameters().spread().form());
        assertThat(loaded.parameters().spread().values()).containsExactly(0.1f, 0.2f, 0.3f, 1, 2, 3, 4);
        assertThat(loaded.description().sha256())
                .isNotEqualTo(model.description().sha256());
        List<float[]> row = List.of(new float[] {1, 2, 3, 4});
        assertThat(loaded.predictor(5, 1, false).predict(row).array())
                .isEqualTo(distributed.predictor(5, 1, false).predict(row).array())
                .isNotEqualTo(loaded.predictor(4, 1, false).predict(row).array());
        edit("\"offset\" : 21", "\"offset\" : 22");
        fails(directory.location("model.json")
                + ": posterior: expected blocks of the network's 23 parameters, got one that ends at 24");
        edit("\"offset\" : 22", "\"offset\" : 2");
        fails(directory.location("model.json") + ": posterior.blocks: expected ranges in order, got one at 2 before 3");
    }

    @Test
    void whatIsSavedIsLoaded() throws IOException {
        ModelFiles.save(directory, model);
        SavedModel loaded = ModelFiles.load(directory);
        assertThat(loaded.description()).isEqualTo(model.description());
        assertThat(loaded.parameters().theta()).isEqualTo(model.parameters().theta());
        assertThat(loaded.parameters().buffers()).isEmpty();
        assertThat(loaded.network().input()).isEqualTo(Shape.of(2, 2, 1));
        try (Stream<Path> files = Files.list(path)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("model.json", "weights.safetensors");
        }
        assertThat(Files.readString(path.resolve("model.json")))
                .contains("\"lockstepVersion\" : \"" + LockstepVersion.current() + "\"")
                .contains("\"classes\" : [ \"no\", \"yes\" ]");
        assertThat(LockstepVersion.current()).matches("[0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?");
    }

    @Test
    void tensorsAreCalledByLayer() throws IOException {
        ModelFiles.save(directory, model);
        try (var in = directory.open("weights.safetensors")) {
            SafeTensorsReader reader = new SafeTensorsReader(in, directory.length("weights.safetensors"), "w");
            assertThat(reader.shapes().toString())
                    .isEqualTo("{dense_1.weight=[4, 3], dense_1.bias=[3], dense_2.weight=[3, 2], dense_2.bias=[2]}");
            assertThat(reader.metadata()).containsEntry("format", "lockstep");
        }
    }

    /** Both digests come from sha256sum: of no bytes, and of the bytes 0000803f 000000c0 0000003f. */
    @Test
    void fingerprintIsOfRawLittleEndianBytes() {
        assertThat(ModelFiles.sha256(new Parameters(new float[0], new float[0])))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(ModelFiles.sha256(new Parameters(new float[] {1f, -2f}, new float[] {0.5f})))
                .isEqualTo("2ce4bdb6b34a50ac7092eb9fee94337a27498e9eb9bae44192f15b88831b2422");
    }

    @Test
    void savingReplacesTheOldModel() {
        ModelFiles.save(directory, model);
        model.parameters().theta()[0] += 1;
        SavedModel changed =
                SavedModel.of(model.network(), model.parameters(), Scaling.NONE, 8, ModelDescription.Columns.NONE);
        ModelFiles.save(directory, changed);
        SavedModel loaded = ModelFiles.load(directory);
        assertThat(loaded.description()).isEqualTo(changed.description());
        assertThat(loaded.parameters().theta()).isEqualTo(changed.parameters().theta());
    }

    @Test
    void missingFiles() throws IOException {
        fails(path + "/model.json: the file does not exist, so " + path + " is not a model");
        ModelFiles.save(directory, model);
        Files.delete(path.resolve("weights.safetensors"));
        fails(path + "/weights.safetensors: the file does not exist");
    }

    @Test
    void damagedDescription() throws IOException {
        ModelFiles.save(directory, model);
        edit("\"formatVersion\" : 1", "\"formatVersion\" : 2");
        fails(path + "/model.json: formatVersion: this is Lockstep " + LockstepVersion.current()
                + ", which reads 1; the model is of format 2, written by Lockstep " + LockstepVersion.current());
        edit("\"formatVersion\" : 2", "\"formatVersion\" : 1");
        edit("\"relu\"", "\"rleu\"");
        fails(path
                + "/model.json: model.layers.0.dense.activation: unknown activation \"rleu\"; did you mean \"relu\"?");
        edit("\"rleu\"", "\"relu\"");
        edit("\"std\"", "\"mean\"");
        fails(path + "/model.json: not JSON: Duplicate field 'mean'");
    }

    @Test
    void filesThatDoNotBelongTogether() throws IOException {
        ModelFiles.save(directory, model);
        String sha256 = model.description().sha256();
        byte[] weights = Files.readAllBytes(path.resolve("weights.safetensors"));
        weights[weights.length - 1] ^= 1;
        Files.write(path.resolve("weights.safetensors"), weights);
        assertThatThrownBy(() -> ModelFiles.load(directory))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(path + "/weights.safetensors: the weights' sha256 is ")
                .hasMessageEndingWith(", model.json says " + sha256);
        edit("\"input\" : [ 2, 2, 1 ]", "\"input\" : [ 5 ]");
        fails(path
                + "/weights.safetensors: tensor \"dense_1.weight\": the network expects [5, 3], the file has [4, 3]");
        // A network far larger than the file must not be allocated.
        edit("\"input\" : [ 5 ]", "\"input\" : [ 700000000 ]");
        fails(path + "/weights.safetensors: tensor \"dense_1.weight\": the network expects [700000000, 3], the file has"
                + " [4, 3]");
    }

    @Test
    void namesStayInsideTheDirectory() {
        for (String name : List.of("../x", "/etc/passwd", "..", ".hidden", "a/b", "a\\b", "", "a\u0000b", "C:x")) {
            assertThatThrownBy(() -> directory.open(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "\"" + name + "\" cannot name a file of a model: letters, digits, '.', '_' and '-' only, no"
                                    + " '.' first");
        }
    }

    @Test
    void aFailedWriteLeavesTheOldFile() throws IOException {
        directory.write("x", out -> out.write(new byte[] {1, 2, 3}));
        assertThatThrownBy(() -> directory.write("x", out -> {
                    out.write(new byte[] {9});
                    throw new IOException("disk full");
                }))
                .hasMessage("disk full");
        assertThat(path.resolve("x")).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(path).isDirectoryNotContaining(file -> !file.endsWith("x"));
        directory.append("x", new byte[] {4});
        assertThat(path.resolve("x")).hasBinaryContent(new byte[] {1, 2, 3, 4});
        directory.delete("x");
        directory.delete("x");
        assertThat(directory.exists("x")).isFalse();
    }
}
