/**
 * Columns with types: how the cells of a table, as people have them (numbers with gaps, categories, times, words,
 * images), become the features of a row.
 *
 * <p>A column goes by three names, for example:
 *
 * <ul>
 *   <li>{@code Category}, a {@link dev.lockstep.nn.data.column.ColumnSpec}: what a job wants of the column;
 *   <li>{@code CategoryEncoding}, a {@link dev.lockstep.nn.data.column.ColumnEncoding}: that, with all that was
 *       measured over the training rows. Part of a model;
 *   <li>a {@link dev.lockstep.nn.data.column.CellEncoder}: what encodes cells in one thread.
 * </ul>
 *
 * <p>What is measured is a {@link dev.lockstep.nn.data.column.ColumnSummary}. Summaries of parts of the rows merge to
 * the same bits in any order and any grouping: they hold counts, extremes and sums that are exact. The whole row is a
 * {@link dev.lockstep.nn.data.column.RowEncoding}. Training, tables, streams and a plain JVM all read cells by it.
 */
@NullMarked
package dev.lockstep.nn.data.column;

import org.jspecify.annotations.NullMarked;
