package dev.lockstep.nn.loss;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of predictions: its name, and what it holds of a row's predictive distribution.
 *
 * @param name the column's name
 * @param content what it holds
 * @param index of the output that it is about, or the rank of a class; 0 where it is about all of them
 * @param head the number of the head that it is of, where the network has several; -1: it has not
 * @param classNames names of the head's classes; null: they are called by their index, or as the model says
 */
public record PredictionColumn(
        String name,
        Content content,
        int index,
        int head,
        @Nullable List<String> classNames) implements Serializable {
    /** The one of a network that has no heads. */
    private static final int NO_HEAD = -1;

    private PredictionColumn(String name, Content content, int index) {
        this(name, content, index, NO_HEAD, null);
    }

    /** What a column holds; {@code y} are the predictions after the link. */
    public enum Content {
        /** Index of the class that is {@linkplain PredictiveDistribution#decided decided} for. */
        MOST_PROBABLE_CLASS("prediction"),
        /** The {@code y} of that class. */
        GREATEST_PROBABILITY("probability"),
        /** Index of the class whose {@code y} is greater than all but {@code index} others. */
        RANKED_CLASS("prediction"),
        /** The {@code y} of that class. */
        RANKED_PROBABILITY("probability"),
        /** 1 where {@code y_0} is at least one half, or the threshold, otherwise 0. */
        MORE_PROBABLE_ANSWER("prediction"),
        /** {@code y_0} or {@code 1 - y_0}, whichever is that of the answer. */
        GREATER_PROBABILITY("probability"),
        /** {@code y_index}, the probability of a class. */
        PROBABILITY("probability"),
        /** {@code 1 - y_index}, the probability of the other class. */
        COMPLEMENT("probability"),
        /** {@code y_index}: a mean, which is a rate of counts and a probability of answers. */
        PREDICTION("prediction"),
        /** {@code y_index}: how far a class is on its side of a border. */
        MARGIN("margin"),
        /** {@code y_index}: below it lies a given share of the targets. */
        QUANTILE("quantile"),
        /** {@link PredictiveDistribution#standardDeviation}. */
        STANDARD_DEVIATION("standardDeviation"),
        /** Root of {@link PredictiveDistribution#aleatoricVariance}. */
        ALEATORIC_DEVIATION("aleatoricDeviation"),
        /** Root of {@link PredictiveDistribution#epistemicVariance}. */
        EPISTEMIC_DEVIATION("epistemicDeviation"),
        /** {@link PredictiveDistribution#lower95}. */
        LOWER_95("lower95"),
        /** {@link PredictiveDistribution#upper95}. */
        UPPER_95("upper95"),
        /** {@link PredictiveDistribution#predictiveEntropy}. */
        ENTROPY("entropy"),
        /** {@link PredictiveDistribution#mutualInformation}. */
        MUTUAL_INFORMATION("mutualInformation");

        private final String label;

        Content(String label) {
            this.label = label;
        }
    }

    /** The only column with such a content. */
    static PredictionColumn of(Content content) {
        return new PredictionColumn(content.label, content, 0);
    }

    /** One of several columns with such a content, which are distinguished by what they are about. */
    static PredictionColumn of(Content content, int index, String about) {
        return new PredictionColumn(content.label + "_" + about, content, index);
    }

    /** A column with such a content, whose name ends so. */
    static PredictionColumn named(Content content, int index, String suffix) {
        return new PredictionColumn(content.label + suffix, content, index);
    }

    /** The column of one of several heads, whose name stands before its own. */
    PredictionColumn ofHead(int number, String headName, @Nullable List<String> names) {
        return new PredictionColumn(headName + "_" + name, content, index, number, names);
    }

    /** Whether it is of one of several heads. */
    public boolean isOfHead() {
        return head != NO_HEAD;
    }

    /** How sure a row's class is. */
    static List<PredictionColumn> entropies() {
        return List.of(of(Content.ENTROPY), of(Content.MUTUAL_INFORMATION));
    }

    /**
     * The columns of one of several classes with the most probable ones in place of all: {@code prediction2},
     * {@code probability2} and so on instead of the probability of each class.
     *
     * @param columns as a likelihood has them
     * @param top how many classes, at least 1
     */
    public static List<PredictionColumn> ranked(List<PredictionColumn> columns, int top) {
        List<PredictionColumn> ranked = new ArrayList<>();
        for (PredictionColumn column : columns) {
            if (column.content != Content.PROBABILITY) {
                ranked.add(column);
            }
            if (column.content == Content.GREATEST_PROBABILITY) {
                for (int rank = 1; rank < top; rank++) {
                    for (Content content : List.of(Content.RANKED_CLASS, Content.RANKED_PROBABILITY)) {
                        ranked.add(new PredictionColumn(content.label + (rank + 1), content, rank));
                    }
                }
            }
        }
        return ranked;
    }

    /** Columns of numbers whose variance is not predicted. */
    static List<PredictionColumn> ofMeans(TargetNames names, int numbers, boolean mixed) {
        List<Content> contents = mixed
                ? List.of(Content.PREDICTION, Content.STANDARD_DEVIATION, Content.LOWER_95, Content.UPPER_95)
                : List.of(Content.PREDICTION);
        return ofNumbers(names, numbers, contents);
    }

    /** Columns of numbers whose variance is predicted. */
    static List<PredictionColumn> ofDistributions(TargetNames names, int numbers, boolean mixed) {
        List<Content> contents = mixed
                ? List.of(
                        Content.PREDICTION,
                        Content.STANDARD_DEVIATION,
                        Content.ALEATORIC_DEVIATION,
                        Content.EPISTEMIC_DEVIATION,
                        Content.LOWER_95,
                        Content.UPPER_95)
                : List.of(Content.PREDICTION, Content.STANDARD_DEVIATION);
        return ofNumbers(names, numbers, contents);
    }

    /** Columns of numbers: for each content one a number, whose names differ by the number's if there are several. */
    static List<PredictionColumn> ofNumbers(TargetNames names, int numbers, List<Content> contents) {
        List<PredictionColumn> columns = new ArrayList<>();
        for (Content content : contents) {
            for (int i = 0; i < numbers; i++) {
                columns.add(numbers == 1 ? of(content) : of(content, i, names.ofNumber(i, numbers)));
            }
        }
        return columns;
    }

    /** Whether it holds the index of a class, which may have a name; all others hold numbers. */
    public boolean holdsClass() {
        return content == Content.MOST_PROBABLE_CLASS
                || content == Content.RANKED_CLASS
                || content == Content.MORE_PROBABLE_ANSWER;
    }

    /**
     * What it holds of a row.
     *
     * @param predicted the predictive distributions of a pass
     * @param row which row of it
     */
    public double read(PredictiveDistribution predicted, int row) {
        return read(predicted, row, 0);
    }

    /** What it holds of a step of a row. */
    public double read(PredictiveDistribution predicted, int row, int step) {
        PredictiveDistribution own = isOfHead() ? predicted.heads().get(head) : predicted;
        int width = own.stepWidth();
        int at = step * width;
        int of = at + index;
        return switch (content) {
            case MOST_PROBABLE_CLASS, MORE_PROBABLE_ANSWER -> own.decided(row, at, width);
            case RANKED_CLASS -> own.ranked(row, step, index);
            case RANKED_PROBABILITY -> own.prediction(row, at + own.ranked(row, step, index));
            case GREATEST_PROBABILITY -> own.prediction(row, at + own.decided(row, at, width));
            case GREATER_PROBABILITY ->
                own.decided(row, at, width) == 1 ? own.prediction(row, at) : 1 - own.prediction(row, at);
            case PROBABILITY, PREDICTION, MARGIN, QUANTILE -> own.prediction(row, of);
            case COMPLEMENT -> 1 - own.prediction(row, of);
            case STANDARD_DEVIATION -> own.standardDeviation(row, of);
            case ALEATORIC_DEVIATION -> Math.sqrt(own.aleatoricVariance(row, of));
            case EPISTEMIC_DEVIATION -> Math.sqrt(own.epistemicVariance(row, of));
            case LOWER_95 -> own.lower95(row, of);
            case UPPER_95 -> own.upper95(row, of);
            case ENTROPY -> own.predictiveEntropy(row, step);
            case MUTUAL_INFORMATION -> own.mutualInformation(row, step);
        };
    }
}
