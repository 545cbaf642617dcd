package dev.lockstep.nn.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Spread;
import dev.lockstep.nn.param.StatisticsRange;
import dev.lockstep.nn.spec.JsonTree;
import dev.lockstep.nn.spec.SpecException;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Models as directories: {@code model.json} ({@link ModelDescription}) and {@code weights.safetensors}, one tensor for
 * each parameter and buffer of the network, called by its layer and its own name ({@code dense_1.weight}), and those of
 * a posterior ({@code posterior_1.directions}). A directory is a model from the moment {@code model.json} stands in it,
 * which is written last.
 */
public final class ModelFiles {
    /** The file that describes the model. */
    public static final String DESCRIPTION = "model.json";
    /** The file with its numbers. */
    public static final String WEIGHTS = "weights.safetensors";

    private static final int MAX_DESCRIPTION_BYTES = 1 << 28;
    private static final int READ_BUFFER = 1 << 16;

    private ModelFiles() {}

    /**
     * Writes a model, replacing one that is there.
     *
     * @throws ModelException if the files cannot be written
     */
    public static void save(FileDirectory directory, SavedModel model) {
        try {
            directory.delete(DESCRIPTION);
            directory.write(
                    WEIGHTS,
                    out -> SafeTensors.write(
                            out, tensors(model.network(), model.parameters()), Map.of("format", "lockstep")));
            byte[] json = json(model.description()).getBytes(StandardCharsets.UTF_8);
            directory.write(DESCRIPTION, out -> out.write(json));
        } catch (IOException e) {
            throw new ModelException(directory.location(), "cannot write the model: " + FileReason.of(e), e);
        }
    }

    /**
     * Reads a model.
     *
     * @throws ModelException if a file is missing or damaged, or they do not belong together
     */
    public static SavedModel load(FileDirectory directory) {
        byte[] json = readDescription(directory);
        ModelDescription description = description(json, directory.location(DESCRIPTION));
        Network network;
        try {
            network = Network.bind(description.model(), description.input());
        } catch (IllegalArgumentException e) {
            throw new ModelException(directory.location(DESCRIPTION), e.getMessage(), e);
        }
        Spread.Form posterior = description.posterior();
        if (posterior != null && posterior.end() > network.parameterCount()) {
            throw new ModelException(
                    directory.location(DESCRIPTION),
                    "posterior: expected blocks of the network's " + network.parameterCount()
                            + " parameters, got one that ends at " + posterior.end());
        }
        String place = directory.location(WEIGHTS);
        Parameters parameters;
        try (InputStream in = new BufferedInputStream(directory.open(WEIGHTS), READ_BUFFER)) {
            SafeTensorsReader reader = new SafeTensorsReader(in, directory.length(WEIGHTS), place);
            reader.require(shapes(network, posterior));
            parameters = new Parameters(
                    new float[network.parameterCount()],
                    new float[network.bufferCount()],
                    posterior == null ? null : new Spread(posterior, new float[posterior.size()]));
            reader.read(tensors(network, parameters));
        } catch (IOException e) {
            throw new ModelException(place, FileReason.of(e), e);
        }
        String sha256 = sha256(parameters);
        if (!sha256.equals(description.sha256())) {
            throw new ModelException(
                    place, "the weights' sha256 is " + sha256 + ", model.json says " + description.sha256());
        }
        return new SavedModel(json, description, network, parameters);
    }

    /**
     * Reads all of a model but its numbers.
     *
     * @throws ModelException if there is no model, or its description is damaged
     */
    public static ModelDescription description(FileDirectory directory) {
        return description(readDescription(directory), directory.location(DESCRIPTION));
    }

    private static byte[] readDescription(FileDirectory directory) {
        String place = directory.location(DESCRIPTION);
        try (InputStream in = directory.open(DESCRIPTION)) {
            byte[] bytes = in.readNBytes(MAX_DESCRIPTION_BYTES + 1);
            if (bytes.length > MAX_DESCRIPTION_BYTES) {
                throw new ModelException(
                        place,
                        "expected at most " + MAX_DESCRIPTION_BYTES + " bytes, the file has "
                                + directory.length(DESCRIPTION));
            }
            return bytes;
        } catch (FileNotFoundException | NoSuchFileException e) {
            throw new ModelException(
                    place, "the file does not exist, so " + directory.location() + " is not a model", e);
        } catch (IOException e) {
            throw new ModelException(place, FileReason.of(e), e);
        }
    }

    private static ModelDescription description(byte[] json, String place) {
        try {
            JsonNode tree = JsonTree.read(json);
            checkVersion(tree, place);
            return SpecMapper.bind(tree, ModelDescription.class, "");
        } catch (JsonProcessingException e) {
            throw new ModelException(place, "not JSON: " + e.getOriginalMessage(), e);
        } catch (SpecException e) {
            throw new ModelException(place, e.getMessage(), e);
        } catch (IOException e) {
            throw new ModelException(place, FileReason.of(e), e);
        }
    }

    /** Whether a directory's description was written by Lockstep, of any version and in any state. */
    public static boolean isDescription(FileDirectory directory) throws IOException {
        try (InputStream in = directory.open(DESCRIPTION)) {
            return new String(in.readNBytes(MAX_DESCRIPTION_BYTES), StandardCharsets.UTF_8)
                    .contains("\"lockstepVersion\"");
        }
    }

    /** What a description is written as. */
    static String json(ModelDescription description) {
        try {
            return SpecMapper.json().writerWithDefaultPrettyPrinter().writeValueAsString(SpecMapper.tree(description))
                    + "\n";
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree can be written", e);
        }
    }

    /** The description that was written as such bytes. */
    static ModelDescription description(byte[] json) {
        try {
            return SpecMapper.bind(JsonTree.read(json), ModelDescription.class, "");
        } catch (IOException e) {
            throw new AssertionError("bytes are read without input or output", e);
        }
    }

    /** Before all else: another version may have other keys. */
    private static void checkVersion(JsonNode tree, String place) {
        JsonNode version = tree.path("formatVersion");
        if (version.isNumber() && !version.asText().equals(Integer.toString(ModelDescription.FORMAT_VERSION))) {
            throw new ModelException(
                    place,
                    "formatVersion: this is Lockstep " + LockstepVersion.current() + ", which reads "
                            + ModelDescription.FORMAT_VERSION + "; the model is of format " + version.asText()
                            + ", written by Lockstep "
                            + tree.path("lockstepVersion").asText("?"));
        }
    }

    /**
     * A model's fingerprint: SHA-256 over the raw little-endian bytes of the parameters, then of the buffers, then of
     * the distribution if there is one, in hexadecimal. Equal fingerprints mean models equal in every bit.
     */
    public static String sha256(Parameters parameters) {
        MessageDigest digest = newSha256();
        LittleEndian.update(digest, parameters.theta());
        LittleEndian.update(digest, parameters.buffers());
        if (parameters.spread() != null) {
            LittleEndian.update(digest, parameters.spread().values());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** The tensors of a network as places in its vectors. */
    private static List<NamedTensor> tensors(Network network, Parameters parameters) {
        List<NamedTensor> tensors = new ArrayList<>();
        for (ParameterRange range : network.parameters()) {
            tensors.add(new NamedTensor(range.name(), range.shape(), parameters.theta(), range.offset()));
        }
        for (StatisticsRange range : network.buffers()) {
            tensors.add(new NamedTensor(range.name(), range.shape(), parameters.buffers(), range.offset()));
        }
        Spread spread = parameters.spread();
        if (spread != null) {
            int at = 0;
            for (Map.Entry<String, Shape> tensor : spread.form().tensors().entrySet()) {
                tensors.add(new NamedTensor(tensor.getKey(), tensor.getValue(), spread.values(), at));
                at += tensor.getValue().size();
            }
        }
        return tensors;
    }

    private static Map<String, Shape> shapes(Network network, Spread.@Nullable Form posterior) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        network.parameters().forEach(range -> shapes.put(range.name(), range.shape()));
        network.buffers().forEach(range -> shapes.put(range.name(), range.shape()));
        if (posterior != null) {
            shapes.putAll(posterior.tensors());
        }
        return shapes;
    }
}
