package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.NumberText;
import dev.lockstep.nn.spec.Excerpt;
import java.util.Arrays;
import java.util.StringTokenizer;

/** One line of a LibSVM file. */
final class LibSvmLine {
    private String label = "";
    private int[] indexes = new int[16];
    private double[] values = new double[16];
    private int entries;

    /** Reads a line; what was read before is forgotten. */
    void split(String line) throws RowException {
        int comment = line.indexOf('#');
        StringTokenizer tokens = new StringTokenizer(comment < 0 ? line : line.substring(0, comment));
        entries = 0;
        if (!tokens.hasMoreTokens()) {
            throw new RowException("label", "expected a label, got nothing");
        }
        label = tokens.nextToken();
        if (label.indexOf(':') >= 0) {
            throw new RowException("label", "expected a label, got " + Excerpt.quoted(label));
        }
        int previous = 0;
        while (tokens.hasMoreTokens()) {
            String token = tokens.nextToken();
            if (entries == indexes.length) {
                indexes = Arrays.copyOf(indexes, 2 * entries);
                values = Arrays.copyOf(values, 2 * entries);
            }
            read(token);
            if (indexes[entries] <= previous) {
                throw new RowException(null, "expected an index above " + previous + ", got " + indexes[entries]);
            }
            previous = indexes[entries++];
        }
    }

    private void read(String token) throws RowException {
        int colon = token.indexOf(':');
        try {
            indexes[entries] = Integer.parseInt(token.substring(0, Math.max(0, colon)));
            values[entries] = NumberText.parse(token.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new RowException(null, "expected index:value, got " + Excerpt.quoted(token));
        }
    }

    String label() {
        return label;
    }

    double labelNumber() throws RowException {
        try {
            return NumberText.parse(label);
        } catch (NumberFormatException e) {
            throw new RowException("label", "expected a number, got " + Excerpt.quoted(label));
        }
    }

    int entries() {
        return entries;
    }

    /** Index of an entry, from 1. */
    int index(int entry) {
        return indexes[entry];
    }

    /** Gives the features, those that are not listed as 0. */
    void features(RawRow raw) throws RowException {
        raw.beginEntries();
        for (int i = 0; i < entries; i++) {
            if (indexes[i] > raw.width()) {
                throw new RowException(null, "expected indexes of at most " + raw.width() + ", got " + indexes[i]);
            }
            raw.entry(indexes[i] - 1, values[i]);
        }
    }
}
