package dev.lockstep.spark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.spark.config.JobSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** One trial of a search: what it sets, and its runs, each with its own number of epochs. */
final class Trial {
    private final int number;
    private final Map<String, JsonNode> values;
    private final List<String> settings;
    private final String location;
    private final Function<List<String>, JobSpec> parse;
    private final Map<Integer, TrialRun> runs = new LinkedHashMap<>();

    /**
     * A trial.
     *
     * @param values what it sets: keys to values
     * @param settings the same and all else that is put over the job file, {@code key=value} each
     * @param location the directory of the search
     * @param parse makes a job of settings
     */
    Trial(
            int number,
            Map<String, JsonNode> values,
            List<String> settings,
            String location,
            Function<List<String>, JobSpec> parse) {
        this.number = number;
        this.values = values;
        this.settings = settings;
        this.location = location;
        this.parse = parse;
    }

    int number() {
        return number;
    }

    Map<String, JsonNode> values() {
        return values;
    }

    List<String> settings() {
        return settings;
    }

    /** Its run of so many epochs. */
    TrialRun of(int epochs) {
        return runs.computeIfAbsent(epochs, this::run);
    }

    private TrialRun run(int epochs) {
        String directory = location + "/trial-%03d-epochs-%d".formatted(number, epochs);
        List<String> all = new ArrayList<>(settings);
        all.add("train.epochs=" + epochs);
        all.add("output.dir=" + directory);
        return new TrialRun(number, parse.apply(all), directory);
    }

    /** The run of the most epochs that has ended. */
    TrialRun last() {
        return runs.values().stream()
                .filter(TrialRun::ended)
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }
}
