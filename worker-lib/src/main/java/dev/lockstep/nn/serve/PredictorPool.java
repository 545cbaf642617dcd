package dev.lockstep.nn.serve;

import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.CellPredictor;
import dev.lockstep.nn.model.InvalidRowException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The predictors of a server, one for each request that is predicted at the same time, and who waits for them. */
final class PredictorPool {
    /** Rows of a pass: changes speed and memory, never a prediction. */
    private static final int PASS_ROWS = 64;

    private final BlockingQueue<CellPredictor> idle;
    private final AtomicInteger waiting = new AtomicInteger();
    private final ServeOptions options;

    PredictorPool(SavedModel model, ServeOptions options) {
        this.options = options;
        idle = new ArrayBlockingQueue<>(options.threads());
        int passRows = Math.min(PASS_ROWS, options.maxRows());
        for (int i = 0; i < options.threads(); i++) {
            idle.add(model.cellPredictor(options.samples(), passRows));
        }
    }

    /** How many requests wait for their turn. */
    int waiting() {
        return waiting.get();
    }

    /** How many requests are being predicted. */
    int busy() {
        return options.threads() - idle.size();
    }

    /**
     * Predicts rows when it is their turn.
     *
     * @throws RequestException if too many wait already, if the turn does not come in time, or if a row is wrong
     */
    List<Map<String, Object>> predict(List<Map<String, @Nullable Object>> rows) throws RequestException {
        CellPredictor predictor = take();
        try {
            return predictor.predictRows(rows);
        } catch (InvalidRowException e) {
            String column = e.column();
            Object value = column == null ? null : rows.get(e.row()).get(column);
            throw new RequestException(
                    400, String.valueOf(e.getMessage()), new RequestException.Place(e.row(), column, value));
        } finally {
            idle.add(predictor);
        }
    }

    private CellPredictor take() throws RequestException {
        CellPredictor free = idle.poll();
        if (free != null) {
            return free;
        }
        if (waiting.incrementAndGet() > options.waiting()) {
            waiting.decrementAndGet();
            throw new RequestException(
                    503, "busy: " + options.waiting() + " requests are waiting already; try again later");
        }
        try {
            free = idle.poll(options.timeoutSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RequestException(503, "the server stops");
        } finally {
            waiting.decrementAndGet();
        }
        if (free == null) {
            throw new RequestException(
                    503, "busy: the request's turn did not come within " + options.timeoutSeconds() + " s");
        }
        return free;
    }
}
