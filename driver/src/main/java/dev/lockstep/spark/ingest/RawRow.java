package dev.lockstep.spark.ingest;

/** One row as a source gives it; reused for all rows of a partition. */
final class RawRow {
    final double[] features;
    /** Values to predict; not used where a class is to be predicted. */
    final double[] targets;

    double weight = 1;
    /** Valid steps; used only where rows are sequences. */
    double length;

    private String labelText;
    private double labelNumber;

    RawRow(int features, int targets) {
        this.features = new double[features];
        this.targets = new double[targets];
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
    String label() {
        if (labelText != null) {
            return labelText;
        }
        long integer = (long) labelNumber;
        return integer == labelNumber ? Long.toString(integer) : Double.toString(labelNumber);
    }
}
