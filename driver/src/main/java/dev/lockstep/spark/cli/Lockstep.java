package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.LockstepVersion;
import dev.lockstep.nn.spec.Excerpt;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line, the same in local mode and behind spark-submit. Results go to standard output, progress and errors
 * to standard error. An error is one line, {@code error: ...}, and an exit code that is not 0: 1 if the work failed, 2
 * if the command line was wrong. {@link Supervision} is the exception.
 */
@Command(
        name = "lockstep",
        description = "Trains neural networks on Spark: the same rows, job and seed give the same model, bit for bit.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Lockstep.Version.class,
        subcommands = {
            DescribeCommand.class,
            InitCommand.class,
            DoctorCommand.class,
            TrainCommand.class,
            TuneCommand.class,
            EvaluateCommand.class,
            PredictCommand.class,
            InspectCommand.class,
            ExplainCommand.class,
            ImportanceCommand.class,
            ReportCommand.class,
            CompareCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            GenerateCommand.class,
            VerifyCommand.class,
            CompletionCommand.class
        })
public final class Lockstep {

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Show stack traces and the memory that a training needs (and, with scripts/lockstep,"
                    + " Spark's log).")
    private boolean verbose;

    /** Whether more is to be shown than usual. */
    boolean isVerbose() {
        return verbose;
    }

    /** What Java shows for bytes of an argument that are not characters of the locale. */
    private static final char NOT_DECODED = '\uFFFD';

    /** Runs a command and ends the process: Spark may leave threads behind that would keep it alive. */
    public static void main(String[] arguments) {
        Lockstep root = new Lockstep();
        int code = run(root, System.out, System.err, arguments);
        if (!root.verbose) {
            Streams.silence();
        }
        if (code != CommandLine.ExitCode.OK || !Supervision.isEndAFailure()) {
            System.exit(code);
        }
    }

    /**
     * Runs a command.
     *
     * @param out for results
     * @param err for progress and errors
     * @return the exit code
     */
    static int run(PrintStream out, PrintStream err, String... arguments) {
        return run(new Lockstep(), out, err, arguments);
    }

    private static int run(Lockstep root, PrintStream out, PrintStream err, String... arguments) {
        CommandLine line = new CommandLine(root, new CommandFactory(new Streams(out, err)))
                .setOut(writer(out))
                .setErr(writer(err))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((failure, given) -> {
                    err.println("error: " + usage(failure));
                    return exitCode(CommandLine.ExitCode.USAGE, true, err);
                })
                .setExecutionExceptionHandler((failure, command, given) -> {
                    report(failure, root.verbose, err);
                    return exitCode(CommandLine.ExitCode.SOFTWARE, Supervision.isLasting(failure), err);
                });
        for (String argument : arguments) {
            if (argument.indexOf(NOT_DECODED) >= 0) {
                err.println("error: " + Excerpt.of(argument)
                        + ": the locale cannot express these characters; set LC_ALL=C.UTF-8, as scripts/lockstep does");
                return CommandLine.ExitCode.USAGE;
            }
        }
        try {
            return line.execute(arguments);
        } catch (Error e) {
            // The handler above gets only exceptions.
            report(e, root.verbose, err);
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    /** The code; 0 where a cluster would otherwise run the same command into the same failure again and again. */
    private static int exitCode(int code, boolean lasting, PrintStream err) {
        if (!lasting || !Supervision.isOn()) {
            return code;
        }
        err.println(Supervision.NOT_RESTARTED);
        return CommandLine.ExitCode.OK;
    }

    private static String usage(ParameterException failure) {
        String hint = "";
        if (failure instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            hint = "; did you mean \"" + unmatched.getSuggestions().get(0) + "\"?";
        }
        String command = failure.getCommandLine().getCommandSpec().qualifiedName();
        return FailureText.firstLine(String.valueOf(failure.getMessage())) + hint + " (" + command
                + " --help shows the options)";
    }

    private static void report(Throwable failure, boolean verbose, PrintStream err) {
        err.println("error: " + FailureText.of(failure));
        if (verbose) {
            failure.printStackTrace(err);
        }
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    /** Says which version this is. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Lockstep " + LockstepVersion.current()};
        }
    }
}
