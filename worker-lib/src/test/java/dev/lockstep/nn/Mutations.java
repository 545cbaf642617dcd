package dev.lockstep.nn;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Files with random damage, for tests that read them: bits flipped, pieces cut, doubled, swapped, numbers and words of
 * a text replaced by others, brackets nested. {@code -Dlockstep.test.seed=N} repeats a run whose failure named N.
 */
public final class Mutations {
    private static final long SEED = Long.getLong("lockstep.test.seed", 1);
    private static final long MOST_SECONDS = 10;
    private static final int SHOWN = 4000;
    private static final long MOST_BYTES = 256L << 20;
    private static final Pattern WORD = Pattern.compile("-?[0-9][0-9.eE+-]*|[A-Za-z_][A-Za-z0-9_]*");
    private static final List<String> NUMBERS = List.of(
            "0",
            "-1",
            "1",
            "2",
            "255",
            "65536",
            "2147483647",
            "-2147483648",
            "2147483648",
            "1e9",
            "1000000",
            "9223372036854775807",
            "9223372036854775808",
            "1e999",
            "-1e999",
            "1e-400",
            "NaN",
            "0.5",
            "1e1000000000",
            "123456789012345678901234567890",
            "null",
            "[]",
            "{}",
            "\"\"",
            "[[]]",
            "true");

    private final Random random;

    private Mutations(Random random) {
        this.random = random;
    }

    /** Reads a damaged file. */
    @FunctionalInterface
    public interface Reader {
        /** Reads; what it throws is judged. */
        void read(byte[] bytes) throws Exception;
    }

    /**
     * Reads mutations of files and fails if a reading throws anything but the allowed exceptions, or takes long, or
     * takes much memory.
     *
     * @param count how many mutations
     * @param files what is mutated, in turn
     * @param reader what reads
     * @param allowed the errors that a damaged file may lead to; each must have a message
     * @return how many were read without an error
     */
    public static int read(int count, List<byte[]> files, Reader reader, Set<Class<? extends Exception>> allowed) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        int sound = 0;
        for (int i = 0; i < count; i++) {
            Mutations mutations = new Mutations(new Random(SEED + i));
            byte[] bytes = mutations.mutate(files.get(i % files.size()));
            long start = System.nanoTime();
            long before = threads.getThreadAllocatedBytes(thread);
            try {
                reader.read(bytes);
                sound++;
            } catch (Exception | StackOverflowError | OutOfMemoryError e) {
                if (!allowed.contains(e.getClass()) || e.getMessage() == null) {
                    throw new AssertionError(replay(i, bytes, "led to " + e), e);
                }
            }
            long seconds = (System.nanoTime() - start) / 1_000_000_000;
            if (seconds > MOST_SECONDS) {
                throw new AssertionError(replay(i, bytes, "took " + seconds + " s"));
            }
            long taken = threads.getThreadAllocatedBytes(thread) - before;
            if (taken > MOST_BYTES) {
                throw new AssertionError(replay(i, bytes, "took " + taken + " bytes of memory"));
            }
        }
        return sound;
    }

    private static String replay(int number, byte[] bytes, String what) {
        String shown = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, SHOWN));
        return "mutation " + number + " " + what + " (repeat with -Dlockstep.test.seed=" + SEED + "):\n" + shown;
    }

    private byte[] mutate(byte[] original) {
        byte[] bytes = original;
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            bytes = random.nextInt(2) == 0 ? changeWord(bytes) : changeBytes(bytes);
        }
        return bytes;
    }

    /** Another number or word of the file in place of one; texts that are not in this encoding stay as they are. */
    private byte[] changeWord(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        List<MatchResult> words = WORD.matcher(text).results().toList();
        if (words.isEmpty()) {
            return changeBytes(bytes);
        }
        MatchResult word = words.get(random.nextInt(words.size()));
        String other =
                switch (random.nextInt(4)) {
                    case 0 -> words.get(random.nextInt(words.size())).group();
                    case 1 -> "[".repeat(1 + random.nextInt(200));
                    default -> NUMBERS.get(random.nextInt(NUMBERS.size()));
                };
        return (text.substring(0, word.start()) + other + text.substring(word.end()))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] changeBytes(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int from = random.nextInt(bytes.length);
        int to = from + random.nextInt(Math.min(bytes.length - from, 1 + random.nextInt(100)) + 1);
        byte[] changed = bytes.clone();
        switch (random.nextInt(7)) {
            case 0 -> changed[from] ^= (byte) (1 << random.nextInt(8));
            case 1 -> changed[from] = (byte) random.nextInt();
            case 2 -> {
                return Arrays.copyOf(bytes, from);
            }
            case 3 -> Arrays.fill(changed, from, to, (byte) (random.nextBoolean() ? 0xff : 0));
            case 4 -> {
                return join(bytes, 0, from, bytes, to, bytes.length);
            }
            case 5 -> {
                return join(bytes, 0, to, bytes, from, bytes.length);
            }
            default -> {
                byte[] inserted = new byte[1 + random.nextInt(8)];
                random.nextBytes(inserted);
                byte[] head = join(bytes, 0, from, inserted, 0, inserted.length);
                return join(head, 0, head.length, bytes, from, bytes.length);
            }
        }
        return changed;
    }

    private static byte[] join(byte[] first, int from, int to, byte[] second, int secondFrom, int secondTo) {
        byte[] joined = Arrays.copyOf(Arrays.copyOfRange(first, from, to), to - from + secondTo - secondFrom);
        System.arraycopy(second, secondFrom, joined, to - from, secondTo - secondFrom);
        return joined;
    }
}
