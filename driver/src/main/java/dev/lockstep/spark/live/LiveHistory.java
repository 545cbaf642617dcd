package dev.lockstep.spark.live;

import java.util.Iterator;
import org.apache.spark.SparkConf;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.status.AppHistoryServerPlugin;
import org.apache.spark.status.ElementTrackingStore;
import org.apache.spark.ui.SparkUI;
import scala.collection.immutable.List;
import scala.collection.immutable.Nil$;

/**
 * The tab <i>Lockstep</i> in a history server that has Lockstep's jar on its class path: the trainings of an
 * application that has ended, from its event log. Spark finds this class by its service file.
 */
public final class LiveHistory implements AppHistoryServerPlugin {
    private static final int BEHIND_OTHERS = 100;

    /** For Spark, which makes one. */
    public LiveHistory() {}

    /** Keeps the last snapshot of each training. */
    private static final class Listener extends SparkListener {
        private final ElementTrackingStore store;

        Listener(ElementTrackingStore store) {
            this.store = store;
        }

        @Override
        public void onOtherEvent(SparkListenerEvent event) {
            if (event instanceof LiveSnapshot snapshot) {
                store.write(new StoredRun(snapshot));
            }
        }
    }

    @Override
    public List<SparkListener> createListeners(SparkConf conf, ElementTrackingStore store) {
        return Nil$.MODULE$.$colon$colon(new Listener(store));
    }

    @Override
    public void setupUI(SparkUI ui) {
        if (!json(ui).equals(json(""))) {
            LiveTab.attach(ui, ui.conf(), () -> json(ui));
        }
    }

    @Override
    public int displayOrder() {
        return BEHIND_OTHERS;
    }

    private static String json(SparkUI ui) {
        StringBuilder runs = new StringBuilder();
        try {
            for (Iterator<StoredRun> all =
                            ui.store().store().view(StoredRun.class).iterator();
                    all.hasNext(); ) {
                runs.append(runs.length() == 0 ? "" : ",").append(all.next().getRun());
            }
        } catch (Exception e) {
            throw new IllegalStateException("the history server's store cannot be read", e);
        }
        return json(runs.toString());
    }

    private static String json(String runs) {
        return "{\"runs\":[" + runs + "]}";
    }
}
