package dev.lockstep.nn.data.column;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images: whatever form they come in, their pixels become the same features. */
class ImageTest {
    /** An image of 5 x 3 pixels of any colours. */
    private static BufferedImage drawn(int type) {
        BufferedImage image = new BufferedImage(5, 3, type);
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 5; x++) {
                image.setRGB(x, y, 0xff000000 | (50 * x) << 16 | (100 * y) << 8 | (7 * x + y));
            }
        }
        return image;
    }

    private static byte[] file(BufferedImage image, String format) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            assertThat(ImageIO.write(image, format, out)).as(format).isTrue();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    private static Pixels pixels() {
        byte[] samples = new byte[45];
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 5; x++) {
                int at = (y * 5 + x) * 3;
                samples[at] = (byte) (50 * x);
                samples[at + 1] = (byte) (100 * y);
                samples[at + 2] = (byte) (7 * x + y);
            }
        }
        return new Pixels(3, 5, 3, samples);
    }

    private static Image image(int height, int width, int channels) {
        return new Image(List.of(height, width), channels, null);
    }

    @ParameterizedTest
    @CsvSource({"png, 1", "png, 2", "png, 5", "png, 6", "bmp, 1", "bmp, 5", "tiff, 1"})
    void filesOfAllKindsHaveThePixelsThatWereDrawn(String format, int type) throws CellException {
        byte[] file = file(drawn(type), format);
        byte[] expected = pixels().samples();
        assertThat((byte[]) image(3, 5, 3).read(file)).isEqualTo(expected);
        String base64 = Base64.getEncoder().encodeToString(file);
        assertThat((byte[]) image(3, 5, 3).read(base64)).isEqualTo(expected);
        assertThat((byte[]) image(3, 5, 3).read("data:image/" + format + ";base64," + base64))
                .isEqualTo(expected);
        assertThat((byte[]) image(3, 5, 3).read(pixels())).isEqualTo(expected);
        assertThat(Image.isImage(file)).isTrue();
        assertThat(Image.isImage(new byte[] {1, 2, 3, 4})).isFalse();
    }

    /** The JDK's own way from grey to colours goes by a profile and makes 64 of 13. */
    @Test
    void greyStaysAsItIs() throws CellException {
        BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSample(0, 0, 0, 13);
        grey.getRaster().setSample(1, 0, 0, 200);
        BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSample(0, 0, 0, 13 << 8 | 99);
        deep.getRaster().setSample(1, 0, 0, 200 << 8);
        for (BufferedImage each : List.of(grey, deep)) {
            byte[] file = file(each, "png");
            assertThat((byte[]) image(1, 2, 1).read(file)).containsExactly(13, (byte) 200);
            assertThat((byte[]) image(1, 2, 3).read(file))
                    .containsExactly(13, 13, 13, (byte) 200, (byte) 200, (byte) 200);
        }
        assertThat((byte[]) image(1, 1, 1).read(new Pixels(1, 1, 3, new byte[] {(byte) 255, 0, 0})))
                .containsExactly(76);
        assertThat((byte[]) image(1, 1, 3).read(new Pixels(1, 1, 4, new byte[] {9, 8, 7, 0})))
                .containsExactly(9, 8, 7);
    }

    @Test
    void palettes() throws CellException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
        image.setRGB(1, 0, 0xffffffff);
        assertThat((byte[]) image(1, 2, 1).read(file(image, "png"))).containsExactly(0, (byte) 255);
        assertThat((byte[]) image(1, 2, 1).read(file(image, "gif"))).containsExactly(0, (byte) 255);
    }

    /** By hand: the weights of a triangle over the pixels, in exact fractions. */
    @Test
    void sizes() {
        Pixels line = new Pixels(1, 4, 1, new byte[] {0, 80, (byte) 160, (byte) 240});
        assertThat(line.resized(1, 2).samples())
                .as("weights 3, 3, 1 of 7")
                .containsExactly((80 * 3 + 160 + 3) / 7, (byte) ((80 + 160 * 3 + 240 * 3 + 3) / 7));
        assertThat(line.resized(1, 8).samples())
                .containsExactly(0, 20, 60, 100, (byte) 140, (byte) 180, (byte) 220, (byte) 240);
        assertThat(new Pixels(4, 1, 1, line.samples()).resized(2, 1).samples())
                .isEqualTo(line.resized(1, 2).samples());
        assertThat(pixels().resized(3, 5).samples()).isEqualTo(pixels().samples());
        byte[] white = new byte[7 * 11 * 3];
        Arrays.fill(white, (byte) 255);
        assertThat(new Pixels(7, 11, 3, white).resized(64, 3).samples()).containsOnly(255);
    }

    /** What any JVM computes. */
    @Test
    void theBitsAreFixed() throws CellException {
        byte[] samples = new byte[37 * 23 * 3];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) (i * 31 + i * i / 7);
        }
        CRC32 sum = new CRC32();
        sum.update((byte[]) image(16, 40, 3).read(new Pixels(37, 23, 3, samples)));
        sum.update((byte[]) image(64, 5, 1).read(new Pixels(37, 23, 3, samples)));
        assertThat(sum.getValue()).isEqualTo(3387939445L);
    }

    @Test
    void featuresAreFromZeroToOne() throws CellException {
        Image spec = new Image(List.of(1, 2), 1, MissingImage.BLACK);
        RowEncoding encoding = new RowEncoding(List.of(new RowEncoding.Column("i", new ImageEncoding(spec))), null);
        assertThat(encoding.shape()).isEqualTo(Shape.of(1, 2, 1));
        RowEncoder encoder = encoding.encoder();
        float[] out = new float[2];
        encoder.read(new Object[] {new Pixels(1, 2, 1, new byte[] {(byte) 255, 51})});
        long hash = encoder.hash(3);
        encoder.encode(out, 0);
        assertThat(out).containsExactly(1, 0.2f);
        encoder.read(new Object[] {new Pixels(1, 2, 1, new byte[] {(byte) 255, 50})});
        assertThat(encoder.hash(3)).isNotEqualTo(hash);
        encoder.read(new Object[] {null});
        encoder.encode(out, 0);
        assertThat(out).containsOnly(0);
    }

    @Test
    void whatIsNoImageIsNamed() {
        assertThatThrownBy(() -> new Image().read(new byte[] {1, 2}))
                .hasMessage("expected an image (PNG, JPEG, GIF, BMP, TIFF), got 2 bytes of something else");
        assertThatThrownBy(() -> new Image().read(7))
                .hasMessage("expected an image, as bytes or as text in Base64, got 7");
        assertThatThrownBy(() -> new Image().read("caf\u00e9")).isInstanceOf(CellException.class);
        byte[] cut = Arrays.copyOf(file(drawn(1), "png"), 50);
        assertThatThrownBy(() -> new Image().read(cut)).hasMessageStartingWith("the image cannot be read: ");
        assertThatThrownBy(() -> new ImageEncoding(new Image()).encoder().encode(null, new float[0], 0))
                .hasMessage("expected an image, got nothing; missing: sets what replaces it");
        assertThatThrownBy(() -> new Image(List.of(5), null, null))
                .hasMessage("size: expected height and width, two numbers from 1 to 4096, got [5]");
        assertThatThrownBy(() -> new Image(null, 2, null)).hasMessage("channels: expected 1 or 3, got 2");
    }
}
