package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.column.CellException;
import dev.lockstep.nn.data.column.RowEncoder;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One row as a source gives it, in doubles, or as cells where columns have types; reused for all rows of a partition.
 * Its reader gets each number rounded once to a float, +0 for -0, and only if it can be used: this is the one rounding
 * of all that is read.
 */
public final class RawRow {
    private final int width;

    private double @Nullable [] features;
    /** Whether the features are the entries and 0. */
    private boolean sparse;

    private int entries;
    private int[] indexes = {};
    private double[] numbers = {};
    private float[] rounded = {};
    /** The cells of columns that have types; these have no {@link #features}. */
    final @Nullable Object[] cells;

    private final @Nullable RowEncoder encoder;
    /** Values to predict; not used where a class is to be predicted. */
    final double[] targets;

    double weight = 1;
    /** The cell that decides whether the row is set aside, if there is one. */
    @Nullable
    Object splitCell;

    /** Steps of the features where rows are sequences; 0: they are not. */
    private final int steps;
    /** Whether each step has targets. */
    private final boolean stepTargets;

    private float length;
    private @Nullable String labelText;
    private double labelNumber;

    /**
     * Room for a row.
     *
     * @param features how many features it has
     * @param targets how many values it has to predict; 0 for a class
     */
    public RawRow(int features, int targets) {
        this(features, 0, null, targets, Steps.NONE);
    }

    /**
     * Room for a row that may say how many of its steps are valid.
     *
     * @param targets how many values it has to predict; 0 for a class
     * @param steps what it may say
     */
    public RawRow(int features, int targets, Steps steps) {
        this(features, 0, null, targets, steps);
    }

    /**
     * Room for a row whose columns have types.
     *
     * @param encoder makes features of its cells; for this row alone
     * @param targets how many values it has to predict; 0 for a class
     */
    public RawRow(RowEncoder encoder, int targets) {
        this(0, encoder.columns(), encoder, targets, Steps.NONE);
    }

    /**
     * Room for a row whose cells nobody makes features of.
     *
     * @param columns how many have types
     * @param targets how many values it has to predict; 0 for a class
     */
    public static RawRow ofCells(int columns, int targets) {
        return new RawRow(0, columns, null, targets, Steps.NONE);
    }

    /**
     * The steps of rows that say how many of them are valid.
     *
     * @param features steps of the features; 0: rows do not say
     * @param targets whether each step has its part of the targets
     */
    public record Steps(int features, boolean targets) {
        /** Of rows that do not say. */
        public static final Steps NONE = new Steps(0, false);
    }

    private RawRow(int features, int cells, @Nullable RowEncoder encoder, int targets, Steps steps) {
        this.width = encoder == null ? features : encoder.width();
        this.cells = new Object[cells];
        this.encoder = encoder;
        this.targets = new double[targets];
        this.steps = steps.features;
        this.stepTargets = steps.targets;
        this.length = steps.features;
    }

    /**
     * Sets how many steps are valid. The features and targets of the others become 0 and must not be read: their places
     * can hold anything, or nothing.
     *
     * @throws RowException if it is no whole number of steps
     */
    void length(double valid) throws RowException {
        if (!(valid >= 0 && valid <= steps) || valid != Math.rint(valid)) {
            throw new RowException("length", "expected a whole number from 0 to " + steps + ", got " + valid);
        }
        length = (float) valid + 0f;
        Arrays.fill(features(), validFeatures(), width, 0);
        Arrays.fill(targets, validTargets(), targets.length, 0);
    }

    /** How many features are to be read, from the first one on. */
    int validFeatures() {
        return steps == 0 ? width : width / steps * (int) length;
    }

    /** How many features it has. */
    int width() {
        return width;
    }

    /** The features, all of which are to be written. */
    double[] features() {
        sparse = false;
        if (features == null) {
            features = new double[width];
        }
        return features;
    }

    /** From now on features are 0 but for those that {@link #entry} gives. */
    void beginEntries() {
        sparse = true;
        entries = 0;
    }

    /**
     * Gives a feature.
     *
     * @param index above those that have been given
     */
    void entry(int index, double value) {
        if (entries == indexes.length) {
            indexes = Arrays.copyOf(indexes, Math.max(16, 2 * entries));
            numbers = Arrays.copyOf(numbers, indexes.length);
        }
        indexes[entries] = index;
        numbers[entries++] = value;
    }

    /** How many targets are to be read, from the first one on. */
    int validTargets() {
        return stepTargets ? targets.length / steps * (int) length : targets.length;
    }

    /** The cells of columns that have types. */
    public @Nullable Object[] cells() {
        return cells;
    }

    /**
     * Encodes the cells by the types of their columns, if they have types.
     *
     * @return whether the row is to be used: not if a cell is missing whose column leaves such rows out
     * @throws RowException if a cell is nothing that its column takes
     */
    public boolean complete() throws RowException {
        try {
            return encoder == null || encoder.read(cells);
        } catch (CellException e) {
            throw refused(e);
        }
    }

    /** The cells that count as missing, as their columns cannot take them; known after {@link #complete}. */
    public List<CellException> refusedCells() {
        return encoder == null ? List.of() : encoder.refused();
    }

    /** The cell that decides whether the row is set aside, if there is one. */
    public @Nullable Object splitCell() {
        return splitCell;
    }

    /** A hash of the cells, whichever source they come from; 0 if columns have no types. */
    public long hash(long seed) {
        return encoder == null ? 0 : encoder.hash(seed);
    }

    /** The complaint about a cell. */
    public static RowException refused(CellException e) {
        String column = e.column();
        return new RowException(column == null ? null : Columns.called(column), e.complaint());
    }

    /** Sets the class as text. */
    void label(String text) {
        labelText = text;
    }

    /** Sets the class as a number. */
    void label(double number) {
        labelText = null;
        labelNumber = number;
    }

    /** The class as text: 3 for the number 3.0. */
    public String label() {
        if (labelText != null) {
            return labelText;
        }
        long integer = (long) labelNumber;
        return integer == labelNumber ? Long.toString(integer) : Double.toString(labelNumber);
    }

    /**
     * Appends the row to packed ones; where columns have types, with the features of the cells that are
     * {@link #complete}.
     *
     * @param rows get the row
     * @param behind read: what follows the features
     * @param names what a complaint calls the features
     * @throws RowException if a feature is no finite float
     */
    public void pack(RowArray rows, float[] behind, ValueNames names) throws RowException {
        if (encoder == null && sparse) {
            rounded = rounded.length < entries ? new float[indexes.length] : rounded;
            round(numbers, entries, rounded, i -> names.of(indexes[i]));
            rows.add(indexes, rounded, entries, behind);
            return;
        }
        rounded = rounded.length < width + behind.length ? new float[width + behind.length] : rounded;
        if (encoder == null) {
            round(features(), width, rounded, names::of);
        } else {
            encode(encoder);
        }
        System.arraycopy(behind, 0, rounded, width, behind.length);
        rows.add(rounded, 0);
    }

    private void encode(RowEncoder cellEncoder) throws RowException {
        try {
            cellEncoder.encode(rounded, 0);
        } catch (CellException e) {
            throw refused(e);
        }
    }

    /**
     * Gives the values to predict.
     *
     * @param out overwritten from its first element on
     * @param names what a complaint calls them
     * @throws RowException if one is no finite float
     */
    public void targets(float[] out, ValueNames names) throws RowException {
        round(targets, targets.length, out, names::of);
    }

    private static void round(double[] values, int count, float[] out, IntFunction<String> name) throws RowException {
        for (int i = 0; i < count; i++) {
            // The name of the column is made only where it is needed: this is the inner loop.
            float number = (float) values[i] + 0f;
            if (!Float.isFinite(number)) {
                throw notFinite(values[i], name.apply(i));
            }
            out[i] = number;
        }
    }

    /** Whether the row weighs nothing and is to be dropped. */
    public boolean weightless() {
        return weight == 0;
    }

    /**
     * The weight of a row that is not {@link #weightless}.
     *
     * @throws RowException if it is not above 0, or no finite float
     */
    public float weight() throws RowException {
        float rounded = toFloat(weight, "weight");
        if (rounded <= 0) {
            throw new RowException("weight", "expected a number of at least 0, got " + weight);
        }
        return rounded;
    }

    /** How many steps are valid. */
    public float length() {
        return length;
    }

    private static float toFloat(double value, String column) throws RowException {
        float result = (float) value + 0f;
        if (!Float.isFinite(result)) {
            throw notFinite(value, column);
        }
        return result;
    }

    private static RowException notFinite(double value, String column) {
        String expected = Double.isFinite(value) ? "a number that fits a float" : "a finite number";
        return new RowException(column, "expected " + expected + ", got " + value);
    }
}
