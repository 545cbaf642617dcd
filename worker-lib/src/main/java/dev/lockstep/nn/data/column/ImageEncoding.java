package dev.lockstep.nn.data.column;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;

/**
 * The encoding of images: each sample of a pixel, 0 to 255, divided by 255.
 *
 * @param spec what the job wanted
 */
@SpecName("image")
public record ImageEncoding(@JsonProperty(required = true) Image spec) implements ColumnEncoding {
    private static final float WHITE = 255;

    public ImageEncoding {
        Expect.present("spec", spec);
    }

    @Override
    public int width() {
        return shape().size();
    }

    /** {@code [height, width, channels]}. */
    @Override
    public Shape shape() {
        return Shape.of(spec.height(), spec.width(), spec.channels());
    }

    /** Its size; a picture is drawn, not told. */
    @Override
    public String text(float[] features, int at) {
        return shape().toString();
    }

    @Override
    public boolean isConstant() {
        return false;
    }

    @Override
    public CellEncoder encoder() {
        int width = width();
        return (cell, out, at) -> {
            if (cell == null) {
                if (spec.missing() == MissingImage.ERROR) {
                    throw ColumnSpec.missing("an image");
                }
                Arrays.fill(out, at, at + width, 0f);
                return;
            }
            byte[] samples = (byte[]) cell;
            for (int i = 0; i < width; i++) {
                out[at + i] = (samples[i] & 0xff) / WHITE;
            }
        };
    }
}
