package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.Sampling;
import dev.lockstep.nn.model.TextGenerator;
import dev.lockstep.spark.config.JobException;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep generate}: a text by a model that predicts the next character. Does not start Spark. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        description = "Continue a text with a model that predicts the next character. The same seed gives the same"
                + " text on any machine.")
final class GenerateCommand extends SparkCommand {
    @Parameters(paramLabel = "MODEL", description = "Directory of the model.")
    private String directory;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "How the text begins. Default: the end of a line.")
    private String prompt = "\n";

    @Option(
            names = "--length",
            paramLabel = "N",
            defaultValue = "500",
            description = "How many characters to add. Default: ${DEFAULT-VALUE}.")
    private int length;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "1",
            description =
                    "Below 1: more predictable; 0: always the most probable character." + " Default: ${DEFAULT-VALUE}.")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "0",
            description = "Draw among the K most probable characters. Default: all.")
    private int topK;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Decides the random numbers. Default: ${DEFAULT-VALUE}.")
    private long seed;

    GenerateCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        check("--length", length >= 0, "at least 0", length);
        check("--temperature", temperature >= 0 && Double.isFinite(temperature), "a number of at least 0", temperature);
        check("--top-k", topK >= 0, "at least 0", topK);
        SavedModel model = model(directory);
        TextGenerator generator;
        try {
            generator = model.textGenerator();
        } catch (IllegalArgumentException e) {
            throw new JobException(directory, e.getMessage(), e);
        }
        try {
            String text = generator.generate(prompt, length, new Sampling(temperature, topK, seed));
            print(object().put("prompt", prompt).put("text", text), List.of(prompt + text));
        } catch (IllegalArgumentException e) {
            throw new JobException("--prompt", e.getMessage(), e);
        }
        return 0;
    }

    private static void check(String option, boolean right, String expected, Object got) {
        if (!right) {
            throw new JobException(option, "expected " + expected + ", got " + got);
        }
    }
}
