package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.spec.SpecMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Writes {@code time.json}: where a training's time has gone, when it has ended. */
public final class TimeFile implements TrainingListener {
    /** Name of the file in the output directory. */
    public static final String NAME = "time.json";

    private final FileDirectory directory;

    /** A file in a directory. */
    public TimeFile(FileDirectory directory) {
        this.directory = directory;
    }

    @Override
    public void finished(TrainingSummary summary) {
        if (summary.time().total() <= 0) {
            return;
        }
        byte[] text = (json(summary.time()) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            directory.write(NAME, out -> out.write(text));
        } catch (IOException e) {
            throw new ModelException(directory.location(NAME), "cannot be written: " + FileReason.of(e), e);
        }
    }

    /** {@code seconds} of each kind of work, and the {@code paragraph}. */
    static ObjectNode json(TimeSpent time) {
        ObjectNode json = SpecMapper.json().createObjectNode();
        ObjectNode seconds = json.putObject("seconds");
        time.seconds().forEach((work, spent) -> seconds.put(work.name().toLowerCase(Locale.ROOT), spent));
        return json.put("paragraph", time.paragraph());
    }
}
