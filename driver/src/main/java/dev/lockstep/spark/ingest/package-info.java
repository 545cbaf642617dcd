/**
 * Any source becomes rows: files of any format, tables, data frames.
 *
 * <p>There is one door. {@link dev.lockstep.spark.ingest.Sources} opens what a job file names as a
 * {@link dev.lockstep.spark.ingest.Source}, which says once what its rows are
 * ({@link dev.lockstep.spark.ingest.SourceDescription}) and gives each partition's rows through a
 * {@link dev.lockstep.spark.ingest.RowCursor}. Prediction wants all cells of a row too, and gets them as a
 * {@link dev.lockstep.spark.ingest.RawTable}. Both ways end in a {@link dev.lockstep.spark.ingest.RawRow}, where every
 * number is checked and rounded. The same rows give the same bits whichever format they have.
 *
 * <p>A new format is a {@code Source} of its own, with a case in {@code Sources} and in {@code RawTable}; how its files
 * are written stays private to this package. The use of rows does not belong here: no shards, seeds, ranks or models,
 * neither {@code shard} nor {@code predict}.
 */
@NullMarked
package dev.lockstep.spark.ingest;

import org.jspecify.annotations.NullMarked;
