package dev.lockstep.nn.onnx.read;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.NoiseScale;
import dev.lockstep.nn.model.Ensemble;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.onnx.OnnxExport;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.spec.JsonTree;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file that Lockstep wrote: it says between which values the layers are, and what its inputs and outputs mean. Layers
 * and numbers are those of the graph, which another program may have changed.
 */
final class OwnFile {
    private final GraphFile file;
    private final JsonNode own;
    private final ModelDescription description;

    OwnFile(GraphFile file, String metadata) {
        this.file = file;
        try {
            own = JsonTree.read(metadata.getBytes(StandardCharsets.UTF_8));
            description = SpecMapper.bind(own.path("description"), ModelDescription.class, "");
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException("metadata " + OnnxExport.OWN + ": " + e.getMessage(), e);
        }
    }

    SavedModel model() {
        List<List<Step>> members = new ArrayList<>();
        List<float[]> noise = new ArrayList<>();
        for (JsonNode output : own.path("outputs")) {
            members.add(layers(output.asText(), noise));
        }
        List<LayerSpec> layers = Step.layers(members.get(0));
        if (members.stream().anyMatch(member -> !Step.layers(member).equals(layers))) {
            throw new IllegalArgumentException("expected networks of the same layers, which are averaged");
        }
        ModelSpec given = description.model();
        ModelSpec spec =
                new ModelSpec(layers, given.loss(), given.l1(), given.l2(), given.maxNorm(), ensemble(members.size()));
        Network network = Network.bind(spec, description.input());
        Parameters parameters = Numbers.of(network, members, noise);
        return SavedModel.of(network, parameters, description.scaling(), description.seed(), columns())
                .with(description.decided());
    }

    /** Networks that shared weights in training have their own in the graph. */
    private @Nullable Ensemble ensemble(int members) {
        Ensemble given = description.model().ensemble();
        return given == null || !given.shared() ? given : Ensemble.of(members);
    }

    private ModelDescription.Columns columns() {
        return new ModelDescription.Columns(
                description.classes(),
                description.targets(),
                description.features(),
                null,
                description.encoding(),
                description.lengths());
    }

    /** The layers of one network; each has a reader of its own, so that they share none. */
    private List<Step> layers(String output, List<float[]> noise) {
        MaskValues masks = new MaskValues(file, description.lengths() ? OnnxExport.LENGTHS : null, true);
        Shape input = description.input();
        Flow first = new Flow(null, input, Layout.plain(input));
        GraphReader reader = new GraphReader(file, own.path("input").asText(), first, masks);
        NoiseScale known = description.model().loss().noise();
        GraphNode pair = known == null ? null : file.maker(output, "Concat");
        if (known == null || pair == null) {
            noise.add(Flow.NONE);
            return path(reader, output);
        }
        GraphNode lines = file.maker(pair.input(1), "Expand");
        Constant scale = lines == null ? null : file.constant(lines.input(0));
        if (scale == null) {
            throw pair.refusal("expected the noise of the targets behind the outputs");
        }
        noise.add(known.learned() ? scale.floats() : Flow.NONE);
        return path(reader, pair.input(0));
    }

    private static List<Step> path(GraphReader reader, String output) {
        List<Step> path = Step.path(null, reader.value(output).result().last());
        if (!reader.scaling().equals(Scaling.NONE)) {
            throw new IllegalArgumentException("the graph scales its input in another way than its metadata says");
        }
        return path;
    }
}
