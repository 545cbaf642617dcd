package dev.lockstep.nn.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SafeTensorsReader;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.model.CellPredictor;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.nn.model.TextGenerator;
import dev.lockstep.nn.onnx.OnnxExport;
import dev.lockstep.nn.onnx.read.ImportOptions;
import dev.lockstep.nn.onnx.read.OnnxImport;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import dev.lockstep.nn.torch.TorchImport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Models without Spark, and everything that a job file names: its keys are the components of records. */
class PublicApiTest {
    private static final Set<Class<?>> CLASSES = Set.of(
            SavedModel.class,
            ModelFiles.class,
            ModelDescription.class,
            ModelException.class,
            FileDirectory.class,
            LocalDirectory.class,
            CellPredictor.class,
            Predictor.class,
            TextGenerator.class,
            ModelSpec.class,
            Network.class,
            OnnxExport.class,
            OnnxImport.class,
            ImportOptions.class,
            TorchImport.class,
            TorchImport.Imported.class,
            SafeTensorsReader.class,
            Shape.class,
            Tensor.class);

    private static void named(Class<?> type, Set<Class<?>> all) {
        if (type.isAnnotationPresent(SpecName.class)) {
            all.add(type);
        }
        Class<?>[] permitted = type.getPermittedSubclasses();
        for (int i = 0; permitted != null && i < permitted.length; i++) {
            named(permitted[i], all);
        }
    }

    @Test
    void nothingThatProgramsCallIsGone() throws IOException {
        Set<Class<?>> all = new LinkedHashSet<>(CLASSES);
        for (Class<?> kind : new Class<?>[] {LayerSpec.class, Loss.class, Optimizer.class, Schedule.class}) {
            int before = all.size();
            named(kind, all);
            assertThat(all.size()).as(kind.getName()).isGreaterThan(before);
        }
        PublicApi.assertKept(all, Path.of("src", "test", "api.txt"), Path.of("target", "api.txt"));
    }
}
