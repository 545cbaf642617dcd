package dev.lockstep.spark.report;

import java.util.ArrayList;
import java.util.List;

/** A paragraph in lines that fit a terminal. */
final class Wrapped {
    private static final int COLUMNS = 100;

    private Wrapped() {}

    /** The lines of a paragraph; a word that is longer has a line of its own. */
    static List<String> lines(String paragraph) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : paragraph.split(" ", -1)) {
            if (line.length() > 0 && line.length() + 1 + word.length() > COLUMNS) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
