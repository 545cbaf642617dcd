package dev.lockstep.spark.ingest;

import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/** Rows somewhere, whose columns are known and which can be packed. */
interface Source {
    /** What errors call it. */
    String name();

    /** How many features a row has. */
    int width();

    /** The shape of a row's features where the job file gives none. */
    default Shape shape() {
        return Shape.of(width());
    }

    /** The columns of the features; empty if features are known by their place alone. */
    List<String> featureColumns();

    /** The columns of what is to be predicted; empty if it has no column of its own. */
    List<String> labelColumns();

    /** How many values are to be predicted; 1 for a class. */
    int outputs();

    /** The classes of a source whose rows hold a class index for each step already; null where a row has one label. */
    default List<String> stepClasses() {
        return null;
    }

    /** Whether rows have weights. */
    boolean weighted();

    /** Whether rows are sequences that say how many steps they have. */
    boolean sequences();

    /** Whether its cursors number rows within their file, not just within the piece they read. */
    boolean rowsCountWithinFile();

    /** Packs the rows, partition by partition. */
    JavaRDD<Packed> pack(PackPlan plan);
}
