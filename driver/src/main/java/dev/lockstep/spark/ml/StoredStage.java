package dev.lockstep.spark.ml;

import dev.lockstep.nn.io.SavedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BiFunction;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.DefaultParamsWriter$;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import scala.Option;

/** How models are written to and read from {@link ModelStore}s, as spark.ml asks for it. */
final class StoredStage {
    private StoredStage() {}

    /** A model that can be written. */
    interface Storable extends Params {
        /** What there is to be stored beside its Params. */
        ModelStore.Content content();
    }

    /** No content; see the constructors without arguments. */
    static ModelStore.Content none() {
        throw new UnsupportedOperationException("models are made by fit and load");
    }

    /** The bytes that a model's numbers take. */
    static long estimatedSize(SavedModel model) {
        return (long) Float.BYTES
                * (model.network().parameterCount() + (long) model.network().bufferCount());
    }

    /** Writes a model. */
    static final class Writer extends MLWriter {
        private final Storable model;

        Writer(Storable model) {
            this.model = model;
        }

        @Override
        public void saveImpl(String path) {
            DefaultParamsWriter$.MODULE$.saveMetadata(model, path, sc(), Option.empty(), Option.empty());
            try {
                new ModelStore(sparkSession(), path).write(model.content());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Reads a model. */
    static final class Reader<M extends Params> extends MLReader<M> {
        private final Class<M> type;
        private final BiFunction<String, ModelStore.Content, M> maker;

        /**
         * A reader.
         *
         * @param maker makes a model of its uid and content
         */
        Reader(Class<M> type, BiFunction<String, ModelStore.Content, M> maker) {
            this.type = type;
            this.maker = maker;
        }

        @Override
        public M load(String path) {
            try {
                ModelStore store = new ModelStore(sparkSession(), path);
                if (!store.hasMetadata()) {
                    return maker.apply(Identifiable$.MODULE$.randomUID(type.getSimpleName()), store.read());
                }
                DefaultParamsReader.Metadata metadata =
                        DefaultParamsReader$.MODULE$.loadMetadata(path, sc(), type.getName());
                M model = maker.apply(metadata.uid(), store.read());
                metadata.getAndSetParams(model, Option.empty());
                return model;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
