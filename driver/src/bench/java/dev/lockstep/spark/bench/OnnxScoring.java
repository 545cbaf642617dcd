package dev.lockstep.spark.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.lockstep.nn.onnx.OnnxExport;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** ONNX Runtime as one would use it in mapPartitions: a session a task, one thread, some rows at a time. */
final class OnnxScoring implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    private static final int BATCH = 256;
    private static final long STACK_BYTES = 16 << 20;

    private final byte[] model;
    private final int features;
    private final int classes;

    OnnxScoring(byte[] model, int features, int classes) {
        this.model = model;
        this.features = features;
        this.classes = classes;
    }

    /** The columns that are added. */
    static StructType schema(StructType rows) {
        return rows.add("probability", SQLDataTypes.VectorType()).add("prediction", DataTypes.DoubleType);
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) throws OrtException {
        OrtSession session = session();
        FloatBuffer buffer = ByteBuffer.allocateDirect(BATCH * features * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        return new Iterator<>() {
            private final Queue<Row> ready = new ArrayDeque<>();

            @Override
            public boolean hasNext() {
                if (ready.isEmpty() && rows.hasNext()) {
                    score(session, buffer, rows, ready);
                }
                return !ready.isEmpty();
            }

            @Override
            public Row next() {
                return ready.remove();
            }
        };
    }

    /**
     * Made in a thread of its own: what reads the model needs more stack than a task's thread has, and ends the JVM.
     */
    private OrtSession session() throws OrtException {
        FutureTask<OrtSession> made = new FutureTask<>(() -> {
            OrtSession.SessionOptions options = new OrtSession.SessionOptions();
            options.setIntraOpNumThreads(1);
            return OrtEnvironment.getEnvironment().createSession(model, options);
        });
        new Thread(null, made, "onnx", STACK_BYTES).start();
        try {
            return made.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new OrtException(e.toString());
        }
    }

    private void score(OrtSession session, FloatBuffer buffer, Iterator<Row> rows, Queue<Row> ready) {
        List<Row> batch = new ArrayList<>(BATCH);
        buffer.clear();
        while (batch.size() < BATCH && rows.hasNext()) {
            Row row = rows.next();
            batch.add(row);
            double[] values = ((Vector) row.get(0)).toArray();
            for (int i = 0; i < features; i++) {
                buffer.put((float) values[i]);
            }
        }
        buffer.flip();
        try (OnnxTensor input = OnnxTensor.createTensor(
                        OrtEnvironment.getEnvironment(), buffer, new long[] {batch.size(), features});
                OrtSession.Result result = session.run(Map.of(OnnxExport.FEATURES, input))) {
            FloatBuffer probabilities =
                    ((OnnxTensor) result.get(OnnxExport.PROBABILITIES).orElseThrow()).getFloatBuffer();
            for (int row = 0; row < batch.size(); row++) {
                double[] values = new double[classes];
                int best = 0;
                for (int i = 0; i < classes; i++) {
                    values[i] = probabilities.get(row * classes + i);
                    best = values[i] > values[best] ? i : best;
                }
                Row from = batch.get(row);
                ready.add(RowFactory.create(from.get(0), from.get(1), new DenseVector(values), (double) best));
            }
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
