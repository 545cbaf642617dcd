package dev.lockstep.experiments;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Rotates the images of an idx file counterclockwise about their centre. Each pixel is interpolated between the four
 * nearest ones; whatever comes in from outside is 0.
 *
 * <p>{@code scripts/experiments} runs this file with Java's source launcher, {@code java RotateImages.java IN OUT
 * DEGREES}, so it uses the JDK alone.
 */
final class RotateImages {
    private static final int MAGIC = 0x803;

    private final byte[] pixels;
    private final int height;
    private final int width;
    private final double cos;
    private final double sin;

    private RotateImages(byte[] pixels, int height, int width, double degrees) {
        this.pixels = pixels;
        this.height = height;
        this.width = width;
        this.cos = StrictMath.cos(StrictMath.toRadians(degrees));
        this.sin = StrictMath.sin(StrictMath.toRadians(degrees));
    }

    /** Exits with 2 if the arguments are wrong, with 1 if the input is no idx file of images. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            System.err.println("usage: java RotateImages.java IN OUT DEGREES");
            System.exit(2);
        }
        try {
            byte[] rotated = rotate(Files.readAllBytes(Path.of(arguments[0])), Double.parseDouble(arguments[2]));
            Files.write(Path.of(arguments[1]), rotated);
        } catch (IllegalArgumentException e) {
            System.err.println(arguments[0] + ": " + e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Rotates all images of a file.
     *
     * @param file the content of an idx file of images
     * @param degrees counterclockwise
     * @return the content of a file of the same size
     * @throws IllegalArgumentException if it is no such file
     */
    static byte[] rotate(byte[] file, double degrees) {
        try {
            ByteBuffer in = ByteBuffer.wrap(file);
            int magic = in.getInt();
            int images = in.getInt();
            int height = in.getInt();
            int width = in.getInt();
            byte[] pixels = new byte[in.remaining()];
            if (magic == MAGIC && pixels.length == (long) images * height * width) {
                in.get(pixels);
                ByteBuffer out = ByteBuffer.allocate(file.length);
                out.putInt(MAGIC).putInt(images).putInt(height).putInt(width);
                RotateImages rotation = new RotateImages(pixels, height, width, degrees);
                for (int image = 0; image < images; image++) {
                    rotation.rotate(image, out);
                }
                return out.array();
            }
        } catch (BufferUnderflowException e) {
            // Shorter than a header: likewise none.
        }
        throw new IllegalArgumentException("expected an idx file of images");
    }

    private void rotate(int image, ByteBuffer out) {
        double middleY = (height - 1) / 2.0;
        double middleX = (width - 1) / 2.0;
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                double right = column - middleX;
                double up = middleY - row;
                // Where the pixel comes from: the other way round.
                out.put(at(image, middleY - (up * cos - right * sin), middleX + (right * cos + up * sin)));
            }
        }
    }

    private byte at(int image, double y, double x) {
        int top = (int) Math.floor(y);
        int left = (int) Math.floor(x);
        double below = y - top;
        double beside = x - left;
        double value = (1 - below) * ((1 - beside) * pixel(image, top, left) + beside * pixel(image, top, left + 1))
                + below * ((1 - beside) * pixel(image, top + 1, left) + beside * pixel(image, top + 1, left + 1));
        return (byte) Math.round(value);
    }

    private int pixel(int image, int row, int column) {
        boolean inside = row >= 0 && row < height && column >= 0 && column < width;
        return inside ? pixels[(image * height + row) * width + column] & 0xff : 0;
    }
}
