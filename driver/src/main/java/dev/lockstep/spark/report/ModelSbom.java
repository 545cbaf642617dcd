package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.ChecksumFile;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.io.LockstepVersion;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.LayerSummary;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.SourceSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.package$;

/**
 * {@value #NAME}: what a model was made of and by, as CycloneDX 1.6 has it. The model is a component of the type
 * {@code machine-learning-model} with its files and their digests; its data sets, and the versions of Lockstep, Spark
 * and the JVM, are components that it depends on. It holds no date and no number of its own, so the same job writes the
 * same file.
 *
 * @see <a href="https://cyclonedx.org/docs/1.6/json/">the format</a>
 */
public final class ModelSbom {
    /** Name of the file beside the model. */
    public static final String NAME = "sbom.json";

    private static final String MODEL = "model";
    private static final String FINGERPRINT = "lockstep:fingerprint";

    private final ObjectNode root = JsonNodeFactory.instance.objectNode();
    private final SavedModel model;
    private final ModelOrigin origin;
    private final ArrayNode components;
    private final ArrayNode dependencies = JsonNodeFactory.instance.arrayNode();

    private ModelSbom(SavedModel model, ModelOrigin origin) {
        this.model = model;
        this.origin = origin;
        root.put("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
        root.put("bomFormat", "CycloneDX").put("specVersion", "1.6").put("version", 1);
        root.putObject("metadata");
        components = root.putArray("components");
    }

    /**
     * Writes the SBOM of a model beside it.
     *
     * @param files of the model, which are there
     */
    static void write(FileDirectory directory, SavedModel model, ModelOrigin origin, List<String> files)
            throws IOException {
        ObjectNode sbom = new ModelSbom(model, origin).content(directory, files);
        byte[] bytes = (sbom.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
        directory.write(NAME, out -> out.write(bytes));
    }

    /**
     * Checks that the SBOM is that of the model beside it.
     *
     * @param sha256 the model's fingerprint
     * @return whether there is one
     * @throws ModelException naming a file that differs from what the SBOM says, or is missing
     */
    public static boolean verify(FileDirectory directory, String sha256) throws IOException {
        if (!directory.exists(NAME)) {
            return false;
        }
        JsonNode component = read(directory).path("metadata").path("component");
        String listed = component.path("version").asText();
        if (!listed.equals(sha256)) {
            throw new ModelException(
                    directory.location(NAME), "it describes a model with sha256 " + listed + ", not " + sha256);
        }
        for (JsonNode file : component.path("components")) {
            String name = FileDirectory.checked(file.path("name").asText());
            if (!directory.exists(name)) {
                throw new ModelException(directory.location(name), NAME + " lists the file, but it does not exist");
            }
            String digest = ChecksumFile.sha256(directory, name);
            String expected = file.path("hashes").path(0).path("content").asText();
            if (!digest.equals(expected)) {
                throw new ModelException(
                        directory.location(name), "the file's sha256 is " + digest + ", " + NAME + " says " + expected);
            }
        }
        return true;
    }

    private static JsonNode read(FileDirectory directory) {
        try (InputStream in = directory.open(NAME)) {
            return SpecMapper.json().readTree(in);
        } catch (IOException e) {
            throw new ModelException(directory.location(NAME), FileReason.of(e), e);
        }
    }

    private ObjectNode content(FileDirectory directory, List<String> files) throws IOException {
        String version = LockstepVersion.current();
        ObjectNode metadata = (ObjectNode) root.get("metadata");
        metadata.putObject("tools").putArray("components").add(software("application", "lockstep", version));
        ObjectNode component = component("machine-learning-model", MODEL, "model");
        component.put("version", model.description().sha256());
        metadata.set("component", component);
        if (origin.license() != null) {
            component.putArray("licenses").addObject().putObject("license").put("name", origin.license());
        }
        pedigree(component);
        ArrayNode parts = component.putArray("components");
        for (String file : files) {
            parts.add(hashed(component("file", "file:" + file, file), ChecksumFile.sha256(directory, file)));
        }
        card(component.putObject("modelCard"));
        property(component, FINGERPRINT, model.description().sha256());
        ArrayNode needed = dependencies.addObject().put("ref", MODEL).putArray("dependsOn");
        dataSets(needed);
        for (ObjectNode software : List.of(
                software("library", "lockstep", version),
                software("framework", "spark", package$.MODULE$.SPARK_VERSION()),
                software("platform", "jvm", Runtime.version().toString()))) {
            needed.add(software.get("bom-ref").textValue());
            components.add(software);
        }
        root.set("dependencies", dependencies);
        return root;
    }

    private static ObjectNode component(String type, String reference, String name) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", type)
                .put("bom-ref", reference)
                .put("name", name);
    }

    private static ObjectNode software(String type, String name, String version) {
        String group =
                switch (name) {
                    case "lockstep" -> "dev.lockstep";
                    case "spark" -> "org.apache.spark";
                    default -> "";
                };
        ObjectNode software = component(type, type + ":" + name, name.equals("jvm") ? "Java" : name);
        if (!group.isEmpty()) {
            software.put("group", group);
        }
        return software.put("version", version);
    }

    private static ObjectNode hashed(ObjectNode component, String sha256) {
        component.putArray("hashes").addObject().put("alg", "SHA-256").put("content", sha256);
        return component;
    }

    private static void property(ObjectNode component, String name, String value) {
        component.withArray("properties").addObject().put("name", name).put("value", value);
    }

    /** The model that it was fine-tuned from, or the file that it was imported from. */
    private void pedigree(ObjectNode component) {
        ObjectNode ancestor = null;
        JobSpec job = origin.job();
        if (origin.file() != null) {
            ancestor = hashed(
                    component("file", "file:imported", origin.file().name()),
                    origin.file().sha256());
        } else if (job != null && job.init() != null) {
            ancestor = component("machine-learning-model", "initial", job.init().from());
            Object sha256 = origin.settings().get("init.from");
            if (sha256 != null) {
                ancestor.put("version", sha256.toString());
            }
        }
        if (ancestor != null) {
            component.putObject("pedigree").putArray("ancestors").add(ancestor);
        }
    }

    private void card(ObjectNode card) {
        ModelWords words = new ModelWords(model);
        ObjectNode parameters = card.putObject("modelParameters");
        parameters.putObject("approach").put("type", "supervised");
        boolean classifies = model.description().targetNames(model.network()).classes();
        parameters.put("task", classifies ? "classification" : "regression");
        parameters.put(
                "modelArchitecture",
                LayerSummary.of(model.network()).stream()
                        .map(layer -> layer.name() + " " + layer.output())
                        .collect(Collectors.joining(", ")));
        if (origin.job() != null) {
            ArrayNode sets = parameters.putArray("datasets");
            sources(origin.job()).keySet().forEach(name -> sets.addObject().put("ref", "data:" + name));
        }
        parameters.putArray("inputs").addObject().put("format", words.input());
        parameters.putArray("outputs").addObject().put("format", words.predicts());
        Measures measures = origin.measures();
        if (measures != null) {
            ArrayNode figures = card.putObject("quantitativeAnalysis").putArray("performanceMetrics");
            figure(figures, "loss", measures.loss(), measures.data());
            figure(figures, measures.score(), measures.value(), measures.data());
        }
    }

    private static void figure(ArrayNode figures, String type, double value, String rows) {
        figures.addObject()
                .put("type", type)
                .put("value", Double.toString(value))
                .put("slice", rows + " rows");
    }

    private void dataSets(ArrayNode needed) {
        if (origin.job() == null) {
            return;
        }
        sources(origin.job()).forEach((name, source) -> {
            ObjectNode set = component("data", "data:" + name, name + " rows");
            set.putArray("data").addObject().put("type", "dataset").put("description", source);
            Object digest = origin.settings().get("data." + name + ".rows.digest");
            if (digest != null) {
                property(set, FINGERPRINT, digest.toString());
                property(set, "lockstep:rows", String.valueOf(origin.settings().get("data." + name + ".rows.count")));
            }
            components.add(set);
            needed.add("data:" + name);
        });
    }

    /** The job's settings for its rows, by the use of the rows. */
    private static Map<String, String> sources(JobSpec job) {
        Map<String, String> sources = new LinkedHashMap<>();
        sources.put("train", ModelWords.flow(job.data().train()));
        if (job.data().validation() != null) {
            sources.put("validation", ModelWords.flow(job.data().validation()));
        }
        SourceSpec test = job.data().test();
        if (test != null) {
            sources.put("test", ModelWords.flow(test));
        }
        return sources;
    }
}
