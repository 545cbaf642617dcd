package dev.lockstep.spark.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Tables that look like well-known ones, made up by formulas: {@code census} like Adult, {@code passengers} like
 * Titanic, {@code words} short texts of two kinds. The same numbers on every machine.
 */
final class MadeUpTables {
    private static final String[] WORK = {"Private", "Self-emp", "Local-gov", "State-gov", "Federal-gov", "?"};
    private static final String[] SCHOOL = {"HS-grad", "Some-college", "Bachelors", "Masters", "Doctorate", "11th"};
    private static final int[] YEARS = {9, 10, 13, 14, 16, 7};
    private static final String[] STATUS = {"Married", "Never-married", "Divorced", "Widowed"};
    private static final String[] JOB = {
        "Sales",
        "Craft-repair",
        "Exec-managerial",
        "Prof-specialty",
        "Adm-clerical",
        "Other-service",
        "Tech-support",
        "Farming-fishing",
        "?"
    };
    private static final double[] PAY = {0.1, -0.1, 0.9, 0.7, -0.4, -1.2, 0.4, -1.1, -0.6};
    private static final String[] PORTS = {"S", "S", "S", "C", "Q", ""};
    private static final int WORDS = 3000;

    private MadeUpTables() {}

    /** A kind of table. */
    private record Kind(String header, int train, int test, Function<SplittableRandom, String> row) {}

    /** Writes both files of a table that is made up, unless they are there; other names are left alone. */
    static void write(Path folder, String name) throws IOException {
        Kind kind =
                switch (name) {
                    case "census" ->
                        new Kind(
                                "age,workclass,education,years,status,occupation,gain,hours,income",
                                12_000,
                                6_000,
                                MadeUpTables::person);
                    case "passengers" ->
                        new Kind(
                                "class,sex,age,siblings,parents,fare,port,survived", 900, 400, MadeUpTables::passenger);
                    case "words" -> new Kind("text,kind", 4_000, 2_000, MadeUpTables::text);
                    default -> null;
                };
        Files.createDirectories(folder);
        if (kind != null && !Files.exists(folder.resolve(name + "-test.csv"))) {
            write(folder.resolve(name + "-train.csv"), kind, kind.train(), 1);
            write(folder.resolve(name + "-test.csv"), kind, kind.test(), 2);
        }
    }

    private static void write(Path file, Kind kind, int rows, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> lines = new ArrayList<>(List.of(kind.header()));
        for (int row = 0; row < rows; row++) {
            lines.add(kind.row().apply(random));
        }
        Files.write(file, lines);
    }

    /** Whether a coin falls so that lands on 1 with the probability of a logit. */
    private static boolean chance(SplittableRandom random, double logit) {
        return random.nextDouble() < 1 / (1 + StrictMath.exp(-logit));
    }

    /** Roughly normal: a sum of uniform numbers. */
    private static double bell(SplittableRandom random) {
        double sum = 0;
        for (int i = 0; i < 12; i++) {
            sum += random.nextDouble();
        }
        return sum - 6;
    }

    private static String person(SplittableRandom random) {
        int age = (int) Math.max(17, Math.min(90, 38 + 13 * bell(random)));
        int school = random.nextInt(SCHOOL.length);
        int status = age < 25 ? 1 : random.nextInt(STATUS.length);
        int job = random.nextInt(JOB.length);
        int hours = (int) Math.max(5, Math.min(99, 41 + 11 * bell(random)));
        int gain = random.nextInt(12) == 0 ? (int) StrictMath.exp(6 + 4 * random.nextDouble()) : 0;
        // Pay rises with age up to 50 or so, and school counts for more in offices.
        double logit = -2.2 - (age - 50) * (age - 50) / 500.0 + 0.25 * (YEARS[school] - 9) + PAY[job];
        logit += (job == 2 || job == 3) && YEARS[school] > 12 ? 1 : 0;
        logit += status == 0 ? 1.6 : -0.4;
        logit += hours > 45 ? 0.7 : hours < 30 ? -1.2 : 0;
        logit += gain > 5000 ? 4 : 0;
        return String.format(
                Locale.ROOT,
                "%d,%s,%s,%d,%s,%s,%d,%d,%s",
                age,
                WORK[random.nextInt(WORK.length)],
                SCHOOL[school],
                YEARS[school],
                STATUS[status],
                JOB[job],
                gain,
                hours,
                chance(random, logit) ? ">50K" : "<=50K");
    }

    private static String passenger(SplittableRandom random) {
        int deck = 1 + Math.max(0, random.nextInt(5) - 2);
        boolean woman = random.nextInt(3) == 0;
        double age = Math.max(0.5, 29 + 14 * bell(random));
        int siblings = Math.max(0, random.nextInt(6) - 3);
        int parents = Math.max(0, random.nextInt(7) - 4);
        double fare = StrictMath.exp(4.6 - 0.9 * (deck - 1) + 0.4 * bell(random));
        double logit = -1.1 + (woman ? 2.6 - (deck == 3 ? 1.3 : 0) : 0) + 0.8 * (2 - deck);
        logit += age < 10 ? 1.7 : 0;
        logit -= siblings + parents > 3 ? 1.5 : 0;
        return String.format(
                Locale.ROOT,
                "%d,%s,%s,%d,%d,%.2f,%s,%s",
                deck,
                woman ? "female" : "male",
                random.nextInt(5) == 0 ? "" : String.format(Locale.ROOT, "%.1f", age),
                siblings,
                parents,
                fare,
                PORTS[random.nextInt(PORTS.length)],
                chance(random, logit) ? "yes" : "no");
    }

    /** Words are the more frequent the lower their number is; a tenth of them are of the text's own kind. */
    private static String text(SplittableRandom random) {
        boolean second = random.nextBoolean();
        StringBuilder text = new StringBuilder();
        int length = 8 + random.nextInt(40);
        for (int i = 0; i < length; i++) {
            double place = random.nextDouble();
            int word = (int) (place * place * place * WORDS);
            boolean own = random.nextInt(10) == 0;
            text.append(i == 0 ? "" : " ").append(own ? (second ? "b" : "a") + word / 4 : "w" + word);
            text.append(random.nextInt(14) == 0 ? "." : "");
        }
        boolean noise = random.nextInt(20) == 0;
        return text + "," + (second ^ noise ? "second" : "first");
    }
}
