package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.WindowAxis;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The image at work of a {@link SimdConvolution}: where it lies, or with its padding around it in a copy. */
final class ImageFrame {
    private @Nullable ConvolutionPlan plan;
    private float[] frame = new float[0];
    private float[] values = frame;
    private int offset;

    /** Begins a run over images of a shape. */
    void begin(ConvolutionPlan newPlan) {
        plan = newPlan;
        if (newPlan.framed) {
            frame = Buffers.atLeast(frame, newPlan.frameHeight * newPlan.frameLine);
            Arrays.fill(frame, 0, newPlan.frameHeight * newPlan.frameLine, 0f);
        }
    }

    /** Takes the image that begins at an index of x. */
    void take(float[] x, int image) {
        ConvolutionPlan plan = Objects.requireNonNull(this.plan);
        if (!plan.framed) {
            values = x;
            offset = image;
            return;
        }
        WindowAxis vertical = plan.shape.vertical();
        WindowAxis horizontal = plan.shape.horizontal();
        int channels = plan.shape.channels();
        int line = horizontal.input() * channels;
        int to = vertical.padding() * plan.frameLine + horizontal.padding() * channels;
        for (int h = 0; h < vertical.input(); h++) {
            System.arraycopy(x, image + h * line, frame, to + h * plan.frameLine, line);
        }
        values = frame;
        offset = 0;
    }

    /** What holds the image. */
    float[] values() {
        return values;
    }

    /** Where it begins. */
    int offset() {
        return offset;
    }
}
