package dev.lockstep.spark.live;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.spark.report.PageParts;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.ui.JettyUtils;
import org.apache.spark.ui.SparkUI;
import org.apache.spark.ui.WebUITab;
import org.jspecify.annotations.Nullable;
import scala.Function1;

/**
 * The tab <i>Lockstep</i> in the web UI of an application, on its port, with its filters and view rights: every
 * training of the application, as it runs. There is none where the UI is switched off.
 */
public final class LiveTab {
    private static final String PATH = "lockstep";

    /** Trainings that are kept; a program may start very many. */
    private static final int MOST_RUNS = 20;

    private static final Map<SparkContext, LiveTab> TABS = new WeakHashMap<>();

    private final Deque<LiveRun> runs = new ArrayDeque<>();
    private int started;

    private LiveTab() {}

    /**
     * Shows a training from now on.
     *
     * @param name what the page calls it
     * @return what has to be told how it goes; null if nobody can look, neither in a UI nor in an event log
     */
    public static @Nullable LiveRun open(SparkContext context, String name) {
        boolean logged = context.conf().getBoolean("spark.eventLog.enabled", false);
        if (context.ui().isEmpty() && !logged) {
            return null;
        }
        synchronized (TABS) {
            LiveTab tab = TABS.get(context);
            if (tab == null) {
                tab = new LiveTab();
                if (context.ui().isDefined()) {
                    attach(context.ui().get(), context.conf(), tab::json);
                }
                TABS.put(context, tab);
            }
            return tab.add(name, logged ? context.listenerBus()::post : snapshot -> {});
        }
    }

    /** Where the trainings of an application can be watched; null without a UI. */
    public static @Nullable String address(SparkContext context) {
        return context.uiWebUrl().isEmpty() ? null : context.uiWebUrl().get() + "/" + PATH + "/";
    }

    /**
     * Adds the tab to a UI.
     *
     * @param runs what the page shows, a JSON object
     */
    static void attach(SparkUI ui, SparkConf conf, Supplier<String> runs) {
        String page = PageParts.text("live.html");
        String script = PageParts.text("charts.js") + PageParts.text("live.js");
        String style = PageParts.chartStyle() + PageParts.text("report.css") + PageParts.text("live.css");
        String charts = PageParts.chartScript();
        serve(ui, conf, "", "text/html", () -> page);
        serve(ui, conf, "/style", "text/css", () -> style);
        serve(ui, conf, "/charts", "text/javascript", () -> charts);
        serve(ui, conf, "/script", "text/javascript", () -> script);
        serve(ui, conf, "/runs", "application/json", runs);
        ui.attachTab(new WebUITab(ui, PATH) {});
    }

    /** The types of requests differ between Spark's versions, so none of them is named here. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static void serve(SparkUI ui, SparkConf conf, String path, String type, Supplier<String> text) {
        Function1<Object, String> answer = request -> text.get();
        Function1<Object, String> asIs = String::valueOf;
        var handler = JettyUtils.createServletHandler(
                "/" + PATH + path, new JettyUtils.ServletParams(answer, type, asIs), conf, ui.basePath());
        ui.attachHandler(handler);
    }

    private LiveRun add(String name, Consumer<LiveSnapshot> log) {
        synchronized (runs) {
            for (Iterator<LiveRun> all = runs.iterator(); runs.size() >= MOST_RUNS && all.hasNext(); ) {
                if (all.next().isOver()) {
                    all.remove();
                }
            }
            LiveRun run = new LiveRun(++started, name, log);
            runs.addLast(run);
            return run;
        }
    }

    private String json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode all = json.putArray("runs");
        synchronized (runs) {
            runs.forEach(run -> all.add(run.json()));
        }
        return json.toString();
    }
}
