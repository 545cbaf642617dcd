package dev.lockstep.spark.config;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * Makes data of {@code conf/examples/data} by formulas: {@code java ExampleData.java FOLDER} writes them. The same
 * files come out on any machine.
 */
final class ExampleData {
    private static final int SIDE = 10;
    private static final int DIGITS = 600;
    private static final int WAVES = 240;
    private static final int CLICKS = 600;
    private static final int WIDTH = 20_000;
    private static final int FREQUENT = 60;

    /** Five columns a line, seven lines a digit, the left column first. */
    private static final int[][] GLYPHS = {
        {14, 17, 19, 21, 25, 17, 14},
        {4, 12, 4, 4, 4, 4, 14},
        {14, 17, 1, 2, 4, 8, 31},
        {31, 2, 4, 2, 1, 17, 14},
        {2, 6, 10, 18, 31, 2, 2},
        {31, 16, 30, 1, 1, 17, 14},
        {6, 8, 16, 30, 17, 17, 14},
        {31, 1, 2, 4, 8, 8, 8},
        {14, 17, 17, 14, 17, 17, 14},
        {14, 17, 17, 15, 1, 2, 12}
    };

    private ExampleData() {}

    public static void main(String[] arguments) throws IOException {
        for (Map.Entry<String, byte[]> file : files().entrySet()) {
            boolean packed = file.getKey().endsWith(".gz");
            try (OutputStream plain = Files.newOutputStream(Path.of(arguments[0], file.getKey()));
                    OutputStream out = packed ? new GZIPOutputStream(plain) : plain) {
                out.write(file.getValue());
            }
        }
    }

    /** The content of each file, of those that are packed before packing, by its name. */
    static Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        digits(files);
        files.put("waves.csv", waves());
        files.put("waves-line.csv", line());
        files.put("clicks.libsvm", clicks());
        return files;
    }

    private static void digits(Map<String, byte[]> files) throws IOException {
        Random random = new Random(1);
        ByteArrayOutputStream images = new ByteArrayOutputStream();
        ByteArrayOutputStream labels = new ByteArrayOutputStream();
        DataOutputStream imageHeader = new DataOutputStream(images);
        for (int number : new int[] {0x803, DIGITS, SIDE, SIDE}) {
            imageHeader.writeInt(number);
        }
        DataOutputStream labelHeader = new DataOutputStream(labels);
        labelHeader.writeInt(0x801);
        labelHeader.writeInt(DIGITS);
        for (int i = 0; i < DIGITS; i++) {
            int digit = random.nextInt(GLYPHS.length);
            labels.write(digit);
            images.writeBytes(drawn(GLYPHS[digit], random));
        }
        files.put("digits-images-idx3-ubyte.gz", images.toByteArray());
        files.put("digits-labels-idx1-ubyte.gz", labels.toByteArray());
    }

    /** A digit somewhere in the image, in some shade, with some pixels missing and some too many. */
    private static byte[] drawn(int[] glyph, Random random) {
        byte[] image = new byte[SIDE * SIDE];
        int top = random.nextInt(SIDE - glyph.length + 1);
        int left = random.nextInt(SIDE - 5 + 1);
        int shade = 128 + 32 * random.nextInt(4);
        for (int y = 0; y < glyph.length; y++) {
            for (int x = 0; x < 5; x++) {
                boolean set = (glyph[y] >> (4 - x) & 1) == 1;
                if (set && random.nextInt(20) > 0) {
                    image[(top + y) * SIDE + left + x] = (byte) shade;
                }
            }
        }
        for (int i = 0; i < 3; i++) {
            image[random.nextInt(image.length)] = (byte) 96;
        }
        return image;
    }

    /** A sine with noise, measured on both sides of a gap. */
    private static byte[] waves() {
        Random random = new Random(2);
        StringBuilder text = new StringBuilder("x,y\n");
        for (int i = 0; i < WAVES; i++) {
            double x = i % 2 == 0 ? -3 + 2 * random.nextDouble() : 1 + 2 * random.nextDouble();
            double y = StrictMath.sin(2 * x) + 0.15 * random.nextGaussian();
            text.append(String.format(Locale.ROOT, "%.3f,%.3f%n", x, y));
        }
        return bytes(text);
    }

    private static byte[] line() {
        StringBuilder text = new StringBuilder("x\n");
        for (int i = -50; i <= 50; i++) {
            text.append(String.format(Locale.ROOT, "%.1f%n", i / 10.0));
        }
        return bytes(text);
    }

    /** Visitors, each with a dozen of many pages that they have seen; some pages say whether they buy. */
    private static byte[] clicks() {
        Random random = new Random(3);
        double[] weights = new double[FREQUENT];
        for (int i = 0; i < FREQUENT; i++) {
            weights[i] = 2 * random.nextGaussian();
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < CLICKS; i++) {
            TreeMap<Integer, Integer> seen = new TreeMap<>();
            double score = 0;
            while (seen.size() < 12) {
                int page = seen.size() < 6 ? random.nextInt(FREQUENT) : random.nextInt(WIDTH);
                if (seen.put(page + 1, 1 + random.nextInt(3)) == null && page < FREQUENT) {
                    score += weights[page];
                }
            }
            text.append(score + random.nextGaussian() > 0 ? 1 : 0);
            seen.forEach(
                    (page, count) -> text.append(' ').append(page).append(':').append(count));
            text.append('\n');
        }
        return bytes(text);
    }

    private static byte[] bytes(StringBuilder text) {
        return text.toString().replace(System.lineSeparator(), "\n").getBytes(StandardCharsets.UTF_8);
    }
}
