package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The parts of pages, from the jar: nothing is fetched from anywhere else. */
public final class PageParts {
    /** The charts, as the webjar has them. */
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/uPlot";

    private PageParts() {}

    /** The script that draws charts. */
    public static String chartScript() {
        return text(UPLOT + ".iife.min.js");
    }

    /** The style of its charts. */
    public static String chartStyle() {
        return text(UPLOT + ".min.css");
    }

    /**
     * A page of a file beside this class, with everything that it needs inside.
     *
     * @param name of the page's text and script
     * @param data what its script shows
     */
    static String page(String name, JsonNode data) {
        return text(name + ".html")
                .replace("@uplot.css@", chartStyle())
                .replace("@report.css@", text("report.css"))
                .replace("@uplot.js@", chartScript())
                .replace("@charts.js@", text("charts.js"))
                .replace("@" + name + ".js@", text(name + ".js"))
                // In a script only the end of the script has a meaning.
                .replace("@data@", data.toString().replace("<", "\\u003c"));
    }

    /** A file beside this class. */
    public static String text(String name) {
        try (InputStream in = PageParts.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the jar cannot be read: " + name, e);
        }
    }
}
