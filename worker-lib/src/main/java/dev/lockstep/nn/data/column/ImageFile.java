package dev.lockstep.nn.data.column;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Files of images, read by the JDK's ImageIO. Samples are taken as they stand in the file: no profile of colours is
 * applied, since what that gives differs between JDKs, and opacity is not looked at. Formats without loss have the same
 * samples everywhere; those of a JPEG are as the JDK's library decodes it.
 */
final class ImageFile {
    /** More pixels than that are no photograph, but a file that is to fill the memory. */
    private static final long MOST_PIXELS = 1L << 27;

    private static final int[][] BEGINNINGS = {
        {0x89, 'P', 'N', 'G'},
        {0xff, 0xd8, 0xff},
        {'G', 'I', 'F', '8'},
        {'B', 'M'},
        {'I', 'I', 42, 0},
        {'M', 'M', 0, 42}
    };

    private ImageFile() {}

    /** Whether bytes begin as a file of a known format does. */
    static boolean isOne(byte[] file) {
        for (int[] beginning : BEGINNINGS) {
            boolean same = file.length >= beginning.length;
            for (int i = 0; same && i < beginning.length; i++) {
                same = (file[i] & 0xff) == beginning[i];
            }
            if (same) {
                return true;
            }
        }
        return false;
    }

    /** The pixels of the first image of a file. */
    static Pixels decode(byte[] file) throws CellException {
        // Never a file on a disk: ImageIO would make one for its cache.
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new CellException("expected an image (PNG, JPEG, GIF, BMP, TIFF), got " + file.length
                        + " bytes of something else");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                int width = reader.getWidth(0);
                int height = reader.getHeight(0);
                if ((long) width * height > MOST_PIXELS) {
                    throw new CellException(
                            "expected at most " + MOST_PIXELS + " pixels, got " + width + " x " + height);
                }
                return pixels(reader.read(0));
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            // Decoders throw what comes to hand where a file is damaged.
            throw new CellException("the image cannot be read: " + e.getMessage());
        }
    }

    private static Pixels pixels(BufferedImage image) throws CellException {
        Raster raster = image.getRaster();
        int height = image.getHeight();
        int width = image.getWidth();
        if (image.getColorModel() instanceof IndexColorModel palette) {
            return ofPalette(raster, palette);
        }
        int bands = raster.getNumBands();
        int channels = bands < 3 ? 1 : 3;
        int shift = shift(image.getColorModel(), raster);
        byte[] samples = new byte[height * width * channels];
        int[] row = new int[width];
        for (int y = 0; y < height; y++) {
            for (int channel = 0; channel < channels; channel++) {
                raster.getSamples(0, y, width, 1, channel, row);
                for (int x = 0; x < width; x++) {
                    samples[(y * width + x) * channels + channel] = (byte) (row[x] >> shift);
                }
            }
        }
        return new Pixels(height, width, channels, samples);
    }

    /** By how many bits samples are longer than a byte. */
    private static int shift(ColorModel model, Raster raster) throws CellException {
        int bits = model.getComponentSize(0);
        boolean whole =
                raster.getTransferType() != DataBuffer.TYPE_FLOAT && raster.getTransferType() != DataBuffer.TYPE_DOUBLE;
        if (!whole || bits < Byte.SIZE || bits > Short.SIZE) {
            throw new CellException("expected samples of 8 to 16 bits, got " + bits);
        }
        return bits - Byte.SIZE;
    }

    private static Pixels ofPalette(Raster raster, IndexColorModel palette) {
        int height = raster.getHeight();
        int width = raster.getWidth();
        byte[] samples = new byte[height * width * 3];
        int[] row = new int[width];
        for (int y = 0; y < height; y++) {
            raster.getSamples(0, y, width, 1, 0, row);
            for (int x = 0; x < width; x++) {
                int to = (y * width + x) * 3;
                samples[to] = (byte) palette.getRed(row[x]);
                samples[to + 1] = (byte) palette.getGreen(row[x]);
                samples[to + 2] = (byte) palette.getBlue(row[x]);
            }
        }
        return new Pixels(height, width, 3, samples);
    }
}
