package dev.lockstep.spark.live;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A long series in bounded memory: when it is full, every second item is dropped, and from then on only every second
 * one is taken. The newest item is always there.
 */
final class Thinned<T> {
    private final int most;
    private final List<T> taken = new ArrayList<>();
    private @Nullable T newest;
    private long stride = 1;
    private long seen;

    /** A series that keeps at most so many items, and the newest one. */
    Thinned(int most) {
        this.most = most;
    }

    void add(T item) {
        newest = item;
        if (seen % stride == 0) {
            taken.add(item);
        }
        seen++;
        if (taken.size() > most) {
            for (int i = 1; i < taken.size(); i++) {
                taken.remove(i);
            }
            stride *= 2;
        }
    }

    List<T> items() {
        List<T> items = new ArrayList<>(taken);
        if (newest != null && (seen - 1) % stride != 0) {
            items.add(newest);
        }
        return items;
    }
}
