import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code java scripts/RotateImages.java IN OUT DEGREES}: turns the images of an idx file counterclockwise about their centre, each pixel
 * interpolated between the four nearest; what comes in from outside is 0.
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

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            System.err.println("usage: java scripts/RotateImages.java IN OUT DEGREES");
            System.exit(2);
        }
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[0])));
        if (file.getInt() != MAGIC) {
            System.err.println(arguments[0] + ": expected an idx file of images");
            System.exit(1);
        }
        int images = file.getInt();
        int height = file.getInt();
        int width = file.getInt();
        byte[] pixels = new byte[file.remaining()];
        file.get(pixels);
        RotateImages rotation = new RotateImages(pixels, height, width, Double.parseDouble(arguments[2]));
        ByteBuffer out = ByteBuffer.allocate(file.capacity());
        out.putInt(MAGIC).putInt(images).putInt(height).putInt(width);
        for (int image = 0; image < images; image++) {
            rotation.turn(image, out);
        }
        Files.write(Path.of(arguments[1]), out.array());
    }

    private void turn(int image, ByteBuffer out) {
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
