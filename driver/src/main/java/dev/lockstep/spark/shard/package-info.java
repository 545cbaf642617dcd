/**
 * Rows become canonical shards: packed into floats, put in the order that their content decides, cut, and kept on the
 * executors; and which rank owns which of them.
 *
 * <p>In the order of a row's way: {@code LoadedRows} packs what a {@link dev.lockstep.spark.ingest.Source} reads
 * ({@code Packer}); {@code CutPlan} says where shards begin; {@code RowRouter} sends rows to the tasks that
 * {@link dev.lockstep.spark.shard.ShardAssignment} names; {@code ShardBuilder} puts them in order; {@code BlockStore}
 * keeps them. {@link dev.lockstep.spark.shard.JobData} does all of it for a job, and
 * {@link dev.lockstep.spark.shard.ShardedData} is what others use.
 *
 * <p>The constants here are part of the format: they decide bits. File formats, columns and tables do not belong here,
 * nor does what is done with shards: no networks, steps or rounds.
 */
@NullMarked
package dev.lockstep.spark.shard;

import org.jspecify.annotations.NullMarked;
