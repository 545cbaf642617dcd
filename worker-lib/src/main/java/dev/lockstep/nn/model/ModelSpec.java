package dev.lockstep.nn.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.spec.Expect;
import java.io.Serializable;
import java.util.List;

/**
 * What a network is, apart from its input and its numbers: the {@code model} of a job file.
 *
 * @param layers the layers in order
 * @param loss what training minimises
 */
public record ModelSpec(
        @JsonProperty(required = true) List<LayerSpec> layers,
        @JsonProperty(required = true) Loss loss) implements Serializable {
    public ModelSpec {
        layers = Expect.notEmpty("layers", layers);
        Expect.present("loss", loss);
    }
}
