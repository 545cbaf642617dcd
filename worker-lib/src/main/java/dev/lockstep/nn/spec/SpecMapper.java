package dev.lockstep.nn.spec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.Deserializers;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.Serializers;
import dev.lockstep.nn.tensor.Shape;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes description records, the same way in job files (YAML) and model files (JSON).
 *
 * <p>The convention, for a sealed interface {@code LayerSpec} with {@code @SpecName("dense") record Dense(int units,
 * Boolean bias)} among its alternatives:
 *
 * <ul>
 *   <li>{@code dense: {units: 512, bias: false}}: a map whose one key is the name;
 *   <li>{@code dense}: a bare name, if every component has a default; an enumeration may be an alternative too, its
 *       constants are bare names;
 *   <li>{@code dense: 512}: a single value (or list) stands for the first component;
 *   <li>a record without {@link SpecName} is a plain map of its components;
 *   <li>a static one-argument method with {@link com.fasterxml.jackson.annotation.JsonCreator} takes another form: with
 *       a {@code String} argument a text, with a {@code double} a number, with a {@code List} a list, with a record a
 *       map; {@link com.fasterxml.jackson.annotation.JsonValue} on a method writes that form;
 *   <li>enumeration constants are written in lower camel case.
 * </ul>
 *
 * <p>A key that is absent (or null) is null to the canonical constructor, or 0 or false if the component is primitive;
 * so a default is written once, in the compact constructor, and its component is boxed:
 *
 * <pre>{@code
 * @SpecName("sgd")
 * record Sgd(double learningRate, Double momentum) {
 *     Sgd {
 *         Expect.positive("learningRate", learningRate);
 *         momentum = momentum == null ? 0 : Expect.notNegative("momentum", momentum);
 *     }
 * }
 * }</pre>
 *
 * {@code @JsonProperty(required = true)} on a component makes an absent key an error of its own. An unknown key or name
 * is an error that names the nearest known one. Every error is a {@link SpecException} with the path of the key; an
 * {@link IllegalArgumentException} of a constructor whose message begins with a component's name and a colon (see
 * {@link Expect}) gets the path of that component.
 */
public final class SpecMapper {
    /** Made when it is first asked for; see {@link JsonTree}. */
    private static final class Mapper {
        private static final ObjectMapper JSON = JsonMapper.builder(
                        JsonTree.factory().copy())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .addModule(module())
                .build();
    }

    private SpecMapper() {}

    /** The mapper for JSON; do not reconfigure it. Its errors are {@link SpecException}s. */
    public static ObjectMapper json() {
        return Mapper.JSON;
    }

    /**
     * Makes a description from a tree.
     *
     * @param path where the tree stands in its file, for messages; empty for the root
     */
    public static <T> T bind(JsonNode tree, Class<T> type, String path) {
        return type.cast(SpecBinder.bind(tree, type, path));
    }

    /** Writes a description as a tree; absent (null) components are left out. */
    public static JsonNode tree(Object description) {
        return SpecWriter.tree(description);
    }

    /** The same of one of several alternatives, without the settings that are as if they were absent. */
    public static JsonNode brief(Object named) {
        return SpecWriter.brief(named);
    }

    /** A tree as YAML on one line. */
    public static String flow(JsonNode tree) {
        return SpecWriter.flow(tree);
    }

    private static boolean handles(Class<?> type) {
        return type.isRecord() || type == Shape.class || SpecNames.isNamed(type);
    }

    private static SimpleModule module() {
        return new SimpleModule("lockstep-specs") {
            private static final long serialVersionUID = 1L;

            @Override
            public void setupModule(SetupContext context) {
                context.addDeserializers(new Readers());
                context.addSerializers(new Writers());
            }
        };
    }

    private static final class Readers extends Deserializers.Base {
        @Override
        public @Nullable JsonDeserializer<?> findBeanDeserializer(
                JavaType type, DeserializationConfig config, BeanDescription description) {
            return handles(type.getRawClass()) ? new Reader(type.getRawClass()) : null;
        }
    }

    private static final class Reader extends JsonDeserializer<Object> {
        private final Class<?> type;

        Reader(Class<?> type) {
            this.type = type;
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return bind(context.readTree(parser), type, "");
        }
    }

    private static final class Writers extends Serializers.Base {
        @Override
        public @Nullable JsonSerializer<?> findSerializer(
                SerializationConfig config, JavaType type, BeanDescription description) {
            return handles(type.getRawClass()) ? new Writer() : null;
        }
    }

    private static final class Writer extends JsonSerializer<Object> {
        @Override
        public void serialize(Object value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeTree(tree(value));
        }
    }
}
