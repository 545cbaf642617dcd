package dev.lockstep.nn.torch;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.io.SafeTensorsReader;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file of PyTorch's tensors as a model. The file has numbers and no network: that is given, and which
 * module each of its layers was. Every layer with numbers must have its module in the file, of the same sizes, and
 * every number of such a module must have its place in the layer.
 *
 * <p>Numbers are brought into Lockstep's layout: linear weights {@code [out, in]} to {@code [in, out]}; those of
 * convolutions {@code [out, in, height, width]} to {@code [height, width, in, out]}; the gates of recurrent layers keep
 * their order (LSTM: i, f, g, o; GRU: r, z, n), and the two biases of a gate are added, but for those of the GRU's new
 * state. Behind a flattened image the inputs of a linear layer are put in the order in which Lockstep flattens,
 * channels last.
 */
public final class TorchImport {
    private TorchImport() {}

    /**
     * What comes of a file.
     *
     * @param model the network with the file's numbers
     * @param unused tensors of the file that are of no layer, in the order of the file
     */
    public record Imported(SavedModel model, List<String> unused) {}

    /**
     * Reads the numbers of a network.
     *
     * @param file read to its end, not closed; see {@link SafeTensorsReader#ofAnyType}
     * @param spec the network and its loss
     * @param input shape of a row of features, channels last
     * @param modules name of a layer to that of its module, with {@code :1} behind it for the second level of a stacked
     *     recurrent module; a layer that is missing here has the name of its module
     * @param classes names of the classes in the order of the outputs; empty: they have none
     * @throws IllegalArgumentException if a layer has no module, or one of other sizes; naming layer and tensor
     * @throws ModelException if the file ends early
     */
    public static Imported of(
            SafeTensorsReader file, ModelSpec spec, Shape input, Map<String, String> modules, List<String> classes)
            throws IOException {
        Network network = Network.bind(spec, input);
        if (network.unshared() != network) {
            throw new IllegalArgumentException("model.ensemble.shared: PyTorch has no layers that share weights so");
        }
        Parameters parameters =
                new Parameters(new float[network.parameterCount()], new float[network.bufferCount()], null);
        TorchModules tensors = new TorchModules(file.shapes(), modules);
        new TorchLayers(tensors, parameters).add(network);
        List<String> unused = tensors.unused();
        tensors.fill(file);
        ModelDescription.Columns columns =
                new ModelDescription.Columns(classes.isEmpty() ? null : classes, null, null, null);
        return new Imported(SavedModel.of(network, parameters, Scaling.NONE, 0, columns), unused);
    }
}
