package dev.lockstep.nn.onnx.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that PyTorch wrote: what they predict is PyTorch's own output, or the operator that is missing is named. */
class RealFilesTest {
    private static byte[] read(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(RealFilesTest.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }

    private static Constant tensor(String name) throws IOException {
        return Constant.of(TensorProto.parseFrom(read(name)));
    }

    /** A tensor's rows, with channels last where they come first. */
    private static List<float[]> rows(Constant tensor, boolean channelsFirst) {
        int rank = tensor.rank();
        Constant turned = channelsFirst && rank > 2 ? tensor.transposed(new long[] {0, 2, 1}) : tensor;
        float[] all = turned.floats();
        int width = all.length / tensor.sizes()[0];
        List<float[]> rows = new ArrayList<>();
        for (int from = 0; from < all.length; from += width) {
            rows.add(Arrays.copyOfRange(all, from, from + width));
        }
        return rows;
    }

    @ParameterizedTest
    @CsvSource({
        "linear, false",
        "linear-no-bias, false",
        "embedding, false",
        "conv1d-pad1, true",
        "conv1d-groups, true",
        "batchnorm1d-3d-input-eval, true"
    })
    void predictsWhatPyTorchDoes(String name, boolean channelsFirst) throws IOException {
        SavedModel model = OnnxImport.of(read(name + ".onnx"), ImportOptions.NONE);
        List<float[]> rows = rows(tensor(name + ".input.pb"), channelsFirst);
        List<float[]> expected = rows(tensor(name + ".output.pb"), channelsFirst);
        Tensor predicted = model.predictor(rows.size()).predict(rows);
        int width = predicted.shape().size();
        for (int row = 0; row < rows.size(); row++) {
            assertThat(expected.get(row)).hasSize(width);
            for (int i = 0; i < width; i++) {
                assertThat((double) predicted.array()[predicted.offset() + row * width + i])
                        .as("%s, row %d, output %d", name, row, i)
                        .isEqualTo(expected.get(row)[i], within(1e-5));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRelu", "ConvTranspose", "LogSoftmax"})
    void whatIsMissingIsNamed(String operator) throws IOException {
        String file = operator.equals("PRelu")
                ? "prelu-1d.onnx"
                : operator.equals("LogSoftmax") ? "logsoftmax.onnx" : "convtranspose2d.onnx";
        byte[] onnx = read(file);
        assertThatThrownBy(() -> OnnxImport.of(onnx, ImportOptions.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("operator " + operator + " \\(node \"[^\"]+\"\\): Lockstep has no layer for it");
    }
}
