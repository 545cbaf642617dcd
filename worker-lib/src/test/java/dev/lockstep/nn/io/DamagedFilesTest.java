package dev.lockstep.nn.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.Mutations;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.train.EpochMetrics;
import dev.lockstep.nn.train.TrainState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Damaged files load or are an error of the project's own, soon and in little memory. */
@Timeout(300)
class DamagedFilesTest {
    private static final Set<Class<? extends Exception>> OWN = Set.of(ModelException.class);

    /** A directory in memory. */
    private static final class MemoryDirectory implements FileDirectory {
        private final Map<String, byte[]> files = new HashMap<>();

        @Override
        public String location() {
            return "memory";
        }

        @Override
        public List<String> list() {
            return new ArrayList<>(files.keySet());
        }

        @Override
        public boolean exists(String name) {
            return files.containsKey(name);
        }

        @Override
        public long length(String name) throws IOException {
            return bytes(name).length;
        }

        @Override
        public InputStream open(String name) throws IOException {
            return new ByteArrayInputStream(bytes(name));
        }

        private byte[] bytes(String name) throws IOException {
            byte[] bytes = files.get(FileDirectory.checked(name));
            if (bytes == null) {
                throw new FileNotFoundException(name);
            }
            return bytes;
        }

        @Override
        public void write(String name, Content content) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            content.writeTo(out);
            files.put(FileDirectory.checked(name), out.toByteArray());
        }

        @Override
        public boolean create(String name, byte[] content) {
            return files.putIfAbsent(FileDirectory.checked(name), content) == null;
        }

        @Override
        public void append(String name, byte[] addition) {
            throw new AssertionError("nothing is appended");
        }

        @Override
        public void delete(String name) {
            files.remove(name);
        }

        @Override
        public void deleteUnfinished() {}

        @Override
        public void deleteIfEmpty() {}
    }

    @Test
    void safetensors() throws IOException {
        float[] values = new float[40];
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SafeTensors.write(
                out,
                List.of(
                        new NamedTensor("dense_1.weight", Shape.of(4, 6), values, 0),
                        new NamedTensor("dense_1.bias", Shape.of(6), values, 24),
                        new NamedTensor("scale", Shape.of(2, 1, 5), values, 30)),
                Map.of("format", "lockstep", "step", "12"));
        int sound = Mutations.read(
                40_000,
                List.of(out.toByteArray()),
                bytes -> {
                    SafeTensorsReader reader =
                            new SafeTensorsReader(new ByteArrayInputStream(bytes), bytes.length, "weights");
                    List<NamedTensor> targets = new ArrayList<>();
                    reader.shapes()
                            .forEach((name, shape) ->
                                    targets.add(new NamedTensor(name, shape, new float[shape.size()], 0)));
                    reader.read(targets);
                },
                OWN);
        assertThat(sound).isBetween(500, 20_000);
    }

    private static ModelSpec spec(String yaml) {
        try {
            return SpecMapper.bind(SpecMapper.json().readTree(yaml), ModelSpec.class, "");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static MemoryDirectory model(String spec, Shape input) {
        Network network = Network.bind(spec(spec), input);
        MemoryDirectory directory = new MemoryDirectory();
        ModelFiles.save(
                directory,
                SavedModel.of(
                        network,
                        network.initialize(1),
                        new Scaling(new float[] {1}, new float[] {2}),
                        3,
                        new ModelDescription.Columns(List.of("a", "b"), List.of("y"), null, null)));
        return directory;
    }

    private static final List<MemoryDirectory> MODELS = List.of(
            model(
                    "{\"layers\":[{\"dense\":{\"units\":3,\"activation\":\"relu\"}},\"batchNorm\","
                            + "{\"residual\":[{\"dense\":3}]},{\"dropout\":0.5},{\"dense\":2}],"
                            + "\"loss\":\"crossEntropy\",\"l2\":0.1,\"ensemble\":2}",
                    Shape.of(4)),
            model(
                    "{\"layers\":[{\"conv2d\":{\"filters\":2,\"kernel\":[3,2],\"stride\":1,\"padding\":\"same\"}},"
                            + "{\"maxPool2d\":2},\"flatten\",{\"variationalDense\":2}],\"loss\":{\"huber\":1.5}}",
                    Shape.of(4, 4, 1)),
            model(
                    "{\"layers\":[{\"embedding\":{\"vocabulary\":5,\"units\":2}},{\"bidirectional\":{\"lstm\":"
                            + "{\"units\":2,\"returnSequences\":true}}},{\"gru\":2},{\"dense\":1}],"
                            + "\"loss\":\"meanSquaredError\"}",
                    Shape.of(3)));

    @Test
    void modelDescriptions() {
        List<byte[]> files = MODELS.stream()
                .map(model -> model.files.get(ModelFiles.DESCRIPTION))
                .toList();
        int[] next = new int[1];
        int sound = Mutations.read(
                25_000,
                files,
                bytes -> {
                    MemoryDirectory directory = new MemoryDirectory();
                    directory.files.putAll(MODELS.get(next[0]++ % MODELS.size()).files);
                    directory.files.put(ModelFiles.DESCRIPTION, bytes);
                    ModelFiles.load(directory);
                },
                OWN);
        assertThat(sound).isBetween(300, 12_000);
    }

    private static MemoryDirectory checkpoint() {
        MemoryDirectory directory = new MemoryDirectory();
        TrainState state = new TrainState(
                9,
                2,
                1,
                new Parameters(new float[] {1, 2, 3, 4, 5}, new float[] {6, 7}),
                new float[] {8, 9, 10, 11, 12},
                new float[0],
                List.of(),
                new LossSum(1.5, 2, 3, 3, 0.25, 4),
                List.of(
                        new EpochMetrics(1, 4, 0.5, 0.5, 0.25, 1, Double.NaN, 1e-3),
                        new EpochMetrics(2, 8, 0.25, 1, 0.125, 1, Double.NaN, 1e-3)));
        try {
            CheckpointFiles.write(directory, state, new byte[] {1, 2, 3});
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return directory;
    }

    private static void load(MemoryDirectory directory) throws IOException {
        CheckpointFiles.open(directory, 9)
                .load(TrainState.initial(new Parameters(new float[5], new float[2]), 1, false));
    }

    @Test
    void checkpointManifests() {
        MemoryDirectory whole = checkpoint();
        int sound = Mutations.read(
                15_000,
                List.of(whole.files.get(CheckpointFiles.manifestFile(9))),
                bytes -> {
                    MemoryDirectory directory = new MemoryDirectory();
                    directory.files.putAll(whole.files);
                    directory.files.put(CheckpointFiles.manifestFile(9), bytes);
                    load(directory);
                },
                OWN);
        assertThat(sound).isBetween(20, 10_000);
    }

    /** States under a manifest that fits them: what a hash does not keep out. */
    @Test
    void checkpointStates() {
        MemoryDirectory whole = checkpoint();
        String manifest = new String(whole.files.get(CheckpointFiles.manifestFile(9)), StandardCharsets.UTF_8);
        int sound = Mutations.read(
                12_000,
                List.of(whole.files.get(CheckpointFiles.stateFile(9))),
                bytes -> {
                    MemoryDirectory directory = new MemoryDirectory();
                    String sha256 =
                            HexFormat.of().formatHex(ModelFiles.newSha256().digest(bytes));
                    directory.files.put(CheckpointFiles.stateFile(9), bytes);
                    directory.files.put(
                            CheckpointFiles.manifestFile(9),
                            manifest.replaceFirst("\"length\" : [0-9]+", "\"length\" : " + bytes.length)
                                    .replaceFirst("[0-9a-f]{64}", sha256)
                                    .getBytes(StandardCharsets.UTF_8));
                    load(directory);
                },
                OWN);
        assertThat(sound).isBetween(200, 10_000);
    }
}
