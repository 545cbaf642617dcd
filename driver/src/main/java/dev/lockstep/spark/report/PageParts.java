package dev.lockstep.spark.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** What pages are made of, from the jar: nothing is fetched from anywhere else. */
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
