package dev.lockstep.nn.data.column;

import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of images: files as bytes (PNG, JPEG, GIF, BMP, TIFF, WBMP), the same in Base64 as texts can hold them, or
 * {@link Pixels}. Each is brought to one size and becomes {@code height x width x channels} features from 0 to 1, row
 * by row, the channels of a pixel (red, green, blue) behind one another.
 *
 * @param size height and width; {@code [64, 64]} unless given
 * @param channels 3 for colours, 1 for shades of grey; 3 unless given
 * @param missing what stands for a missing image; an error unless given
 */
@SpecName("image")
public record Image(List<Integer> size, Integer channels, MissingImage missing) implements ColumnSpec {
    private static final int MOST_PIXELS = 4096;
    private static final int DEFAULT_SIZE = 64;
    private static final String BASE64 = ";base64,";

    public Image {
        size = size == null ? List.of(DEFAULT_SIZE, DEFAULT_SIZE) : List.copyOf(size);
        if (size.size() != 2 || size.stream().anyMatch(side -> side < 1 || side > MOST_PIXELS)) {
            throw Expect.failure("size", "height and width, two numbers from 1 to " + MOST_PIXELS, size);
        }
        channels = channels == null ? 3 : channels;
        if (channels != 1 && channels != 3) {
            throw Expect.failure("channels", "1 or 3", channels);
        }
        missing = missing == null ? MissingImage.ERROR : missing;
    }

    /** Images of 64 x 64 pixels in colours. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public Image() {
        this(null, null, null);
    }

    int height() {
        return size.get(0);
    }

    int width() {
        return size.get(1);
    }

    /** The bytes of the features, 0 to 255. */
    @Override
    public Object read(Object raw) throws CellException {
        Pixels pixels;
        if (raw instanceof byte[] file) {
            pixels = ImageFile.decode(file);
        } else if (raw instanceof CharSequence text) {
            pixels = ImageFile.decode(bytes(text.toString()));
        } else if (raw instanceof Pixels given) {
            pixels = given;
        } else {
            throw new CellException("expected an image, as bytes or as text in Base64, got " + ColumnSpec.shown(raw));
        }
        return pixels.withChannels(channels).resized(height(), width()).samples();
    }

    private static byte[] bytes(String text) throws CellException {
        int marked = text.startsWith("data:") ? text.indexOf(BASE64) : -1;
        String code = marked < 0 ? text : text.substring(marked + BASE64.length());
        try {
            return Base64.getMimeDecoder().decode(code.getBytes(StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            throw new CellException("expected an image in Base64, got " + ColumnSpec.shown(text));
        }
    }

    @Override
    public boolean takesWordsForMissing() {
        return false;
    }

    @Override
    public boolean dropsRows() {
        return missing == MissingImage.DROP_ROW;
    }

    @Override
    public ColumnSummary summary() {
        return new ImageSummary(this);
    }

    /** Whether a cell begins as files of images do. */
    static boolean isImage(@Nullable Object raw) {
        return raw instanceof Pixels || raw instanceof byte[] file && ImageFile.isOne(file);
    }
}
