package dev.lockstep.spark.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** The most that collections leave on the heap of this process. */
final class HeapWatch {
    private static final double MEBI = 1 << 20;

    private final AtomicLong most = new AtomicLong();

    private HeapWatch() {}

    /** Begins to watch. */
    static HeapWatch start() {
        HeapWatch watch = new HeapWatch();
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            NotificationEmitter emitter = (NotificationEmitter) collector;
            emitter.addNotificationListener((event, unused) -> watch.add(event.getUserData()), null, null);
        }
        return watch;
    }

    private void add(Object collection) {
        long used =
                GarbageCollectionNotificationInfo.from((CompositeData) collection)
                        .getGcInfo()
                        .getMemoryUsageAfterGc()
                        .values()
                        .stream()
                        .mapToLong(MemoryUsage::getUsed)
                        .sum();
        most.accumulateAndGet(used, Math::max);
    }

    /** What was left after the fullest of them, in MB. */
    double megabytes() {
        return most.get() / MEBI;
    }
}
