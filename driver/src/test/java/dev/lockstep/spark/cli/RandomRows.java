package dev.lockstep.spark.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Any number of rows of 64 random bytes in three classes, and a job over them. */
public final class RandomRows {
    private static final int FEATURES = 64;

    private RandomRows() {}

    /**
     * Writes the rows and the job file.
     *
     * @param folder for both
     * @return the job file
     */
    public static Path job(Path folder, int rows) throws IOException {
        Random random = new Random(2);
        ByteBuffer images = ByteBuffer.allocate(12 + rows * FEATURES);
        images.putInt(0x0802).putInt(rows).putInt(FEATURES);
        ByteBuffer labels = ByteBuffer.allocate(8 + rows);
        labels.putInt(0x0801).putInt(rows);
        byte[] row = new byte[FEATURES];
        for (int i = 0; i < rows; i++) {
            random.nextBytes(row);
            images.put(row);
            labels.put((byte) (i % 3));
        }
        Path features = Files.write(folder.resolve("rows-idx2-ubyte"), images.array());
        Path classes = Files.write(folder.resolve("labels-idx1-ubyte"), labels.array());
        return Files.writeString(folder.resolve("job.yaml"), """
                data: {train: {path: "%s", label: "%s"}, scale: {divide: 255}, shards: 4}
                model: {layers: [{dense: {units: 16, activation: relu}}, {dense: 3}], loss: crossEntropy}
                train: {epochs: 2, batchSize: %d, seed: 3}
                sync: {transport: driver}
                output: {dir: unused}
                """.formatted(features, classes, rows / 8));
    }
}
