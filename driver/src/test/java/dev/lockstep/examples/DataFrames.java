package dev.lockstep.examples;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.predict.TablePrediction;
import dev.lockstep.spark.report.MetricsFile;
import dev.lockstep.spark.train.TrainingJob;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Trains and predicts in a Spark program. */
public final class DataFrames {
    private DataFrames() {}

    /** Trains on the rows of a data frame and saves the model. */
    public static SavedModel train(Dataset<Row> rows, String jobFile, String directory) throws IOException {
        rows.createOrReplaceTempView("flowers"); // the job file says {path: flowers, format: table}
        SparkSession spark = rows.sparkSession();
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        FileDirectory output = FileSystems.directory(directory, hadoop);
        JobSpec job = JobFile.parse(FileSystems.readText(jobFile, hadoop), jobFile, List.of("output.dir=" + directory));
        SavedModel model =
                new TrainingJob(spark, job, new MetricsFile(output)).run().model();
        ModelFiles.save(output, model);
        return model;
    }

    /** The rows with all their columns, and the columns that the predict command adds. */
    public static Dataset<Row> predict(Dataset<Row> rows, String directory) throws IOException {
        Configuration hadoop = rows.sparkSession().sparkContext().hadoopConfiguration();
        SavedModel model = ModelFiles.load(FileSystems.directory(directory, hadoop));
        return TablePrediction.of(rows, model, 0);
    }
}
