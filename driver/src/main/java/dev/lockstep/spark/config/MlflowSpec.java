package dev.lockstep.spark.config;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.spec.Expect;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * An MLflow tracking server to which the training is reported.
 *
 * @param uri the server's address, such as {@code http://localhost:5000}
 * @param experiment the experiment's name, which is made if there is none; {@code lockstep} unless given
 * @param run what the run is called; null: as its output directory
 */
public record MlflowSpec(
        @JsonProperty(required = true) String uri,
        String experiment,
        @Nullable String run) {
    private static final String EXPERIMENT = "lockstep";

    /** Applies the default and checks. */
    public MlflowSpec {
        Expect.present("uri", uri);
        experiment = requireNonNullElse(experiment, EXPERIMENT);
        if (!isWebAddress(uri)) {
            throw new IllegalArgumentException(
                    "uri: expected the address of a tracking server, such as http://localhost:5000, got " + uri);
        }
    }

    private static boolean isWebAddress(String text) {
        try {
            URI address = URI.create(text);
            return ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
