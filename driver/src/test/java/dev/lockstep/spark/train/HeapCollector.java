package dev.lockstep.spark.train;

import com.sun.management.GarbageCollectionNotificationInfo;
import dev.lockstep.spark.report.TrainingListener;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/** Collects the heap of this JVM again and again until it is closed, and notes what each full collection leaves. */
final class HeapCollector implements TrainingListener, NotificationListener, AutoCloseable {
    private static final int INTERVAL_MILLIS = 100;

    private static final Set<String> HEAP = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());

    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread = new Thread(this::collectTillTheEnd, "collector");
    private final List<Long> left = new ArrayList<>();

    HeapCollector() {
        beans().forEach(bean -> bean.addNotificationListener(this, null, null));
        thread.start();
    }

    private static Stream<NotificationEmitter> beans() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream().map(NotificationEmitter.class::cast);
    }

    private void collectTillTheEnd() {
        try {
            do {
                System.gc();
            } while (!end.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {
        System.gc();
    }

    @Override
    public synchronized void handleNotification(Notification notification, Object handback) {
        GarbageCollectionNotificationInfo collection =
                GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData());
        if (collection.getGcCause().equals("System.gc()")) {
            left.add(collection.getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
                    .filter(pool -> HEAP.contains(pool.getKey()))
                    .mapToLong(pool -> pool.getValue().getUsed())
                    .sum());
        }
    }

    /**
     * The most bytes that were held during some collections in a row: the maximum over all such runs of the least that
     * a collection of the run left.
     */
    synchronized long held(int collections) {
        return IntStream.rangeClosed(0, left.size() - collections)
                .mapToLong(first -> Collections.min(left.subList(first, first + collections)))
                .max()
                .orElseThrow();
    }

    @Override
    public void close() throws InterruptedException, ListenerNotFoundException {
        end.countDown();
        thread.join();
        for (NotificationEmitter bean : beans().toList()) {
            bean.removeNotificationListener(this);
        }
    }
}
