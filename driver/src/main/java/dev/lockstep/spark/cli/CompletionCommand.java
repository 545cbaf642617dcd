package dev.lockstep.spark.cli;

import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lockstep completion}: the script with which a shell completes commands and options. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Print what bash or zsh needs to complete commands and options:"
                + " source <(scripts/lockstep completion).")
final class CompletionCommand extends SparkCommand {
    @Spec
    private CommandSpec spec;

    CompletionCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() {
        String script = AutoComplete.bash("lockstep", spec.root().commandLine());
        print(object().put("script", script), List.of(script));
        return 0;
    }
}
