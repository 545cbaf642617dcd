package dev.lockstep.spark.checkpoint;

import dev.lockstep.spark.shard.ShardSummary;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The digest of a set of canonical rows. */
final class RowsDigest {
    private RowsDigest() {}

    /** SHA-256 over the number, the row count and the digest of every shard, in hexadecimal. */
    static String of(List<ShardSummary> shards) {
        ByteBuffer bytes = ByteBuffer.allocate(shards.size() * (2 * Integer.BYTES + Long.BYTES));
        for (ShardSummary shard : shards) {
            bytes.putInt(shard.shard()).putInt(shard.rows()).putLong(shard.digest());
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
