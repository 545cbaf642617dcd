package dev.lockstep.spark.train;

import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Customers of whom some leave, as a table has them: numbers with gaps, names, times and words. */
public final class TypedRows {
    /** The columns with types, in the order of the features. */
    public static final List<String> COLUMNS = List.of("age", "income", "since", "city", "plan", "when", "note");

    static final String HEADER = "id,age,income,since,city,plan,when,note,left";

    static final String TYPES = """
            age: {number: {missing: median, clip: [0, 120]}}
                income: {number: {missing: indicator, scale: log1p}}
                since: {number: {bins: 4, missing: mostFrequent}}
                city: {category: {least: 3}}
                plan: oneHot
                when: {time: {parts: [hour, weekday, elapsed], missing: indicator}}
                note: {words: {hash: 16}}""";

    private static final int ROWS = 500;
    private static final String[] CITIES = {"Berlin", "Paris", "Rome", "Oslo", "\"Aachen, West\"", ""};
    private static final String[] PLANS = {"basic", "pro", "free", "NA"};
    private static final String[] WORDS = {"slow", "great", "Late!", "refund", "thanks", "ok"};

    private TypedRows() {}

    /** The rows as CSV lines. */
    static List<String> lines() {
        Random random = new Random(17);
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            int city = random.nextInt(CITIES.length);
            boolean rare = random.nextInt(40) == 0;
            int plan = random.nextInt(PLANS.length);
            boolean left = random.nextInt(10) < (plan == 2 ? 8 : city == 1 ? 6 : 2);
            String age =
                    random.nextInt(9) == 0 ? (row % 2 == 0 ? "NA" : "") : Integer.toString(18 + random.nextInt(140));
            String income = random.nextInt(7) == 0 ? "?" : Double.toString(random.nextInt(9_000_000) / 100.0);
            String note = WORDS[random.nextInt(6)] + " " + WORDS[left ? random.nextInt(2) * 3 : random.nextInt(6)];
            lines.add(String.join(
                    ",",
                    Integer.toString(row),
                    age,
                    income,
                    random.nextInt(12) == 0 ? " " : Integer.toString(1990 + random.nextInt(12)),
                    rare ? "Village" + row : CITIES[city],
                    PLANS[plan],
                    row % 50 == 3
                            ? ""
                            : "2024-0%d-1%d %02d:3%d"
                                    .formatted(
                                            1 + random.nextInt(9),
                                            random.nextInt(10),
                                            random.nextInt(24),
                                            random.nextInt(10)),
                    note,
                    left ? "yes" : "no"));
        }
        return lines;
    }

    /** Writes the rows, in an order that depends on the seed, to a number of files. */
    public static Path write(Path directory, int files, int seed) throws IOException {
        List<String> lines = lines();
        Collections.shuffle(lines, new Random(seed));
        Path folder = Files.createDirectories(directory.resolve("typed-" + files + "-" + seed));
        for (int file = 0; file < files; file++) {
            List<String> part = new ArrayList<>(List.of(HEADER));
            part.addAll(lines.subList(file * ROWS / files, (file + 1) * ROWS / files));
            Files.write(folder.resolve("part-" + file + ".csv"), part);
        }
        return folder;
    }

    /** The job file's text over rows at a path. */
    public static String text(Object path, String format) {
        return """
            data:
              train: {path: "%s", format: %s, label: left}
              validation: 0.2
              columns:
                %s
            model:
              layers: [{dense: {units: 8, activation: relu}}, {dense: 2}]
              loss: crossEntropy
            train: {epochs: 2, batchSize: 32, seed: 5}
            sync: {transport: driver}
            output: {dir: unused}
            """.formatted(path, format, TYPES);
    }

    static JobSpec job(Object path, String format, String... settings) {
        return JobFile.parse(text(path, format), "typed.yaml", List.of(settings));
    }
}
