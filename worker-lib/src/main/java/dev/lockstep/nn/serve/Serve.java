package dev.lockstep.nn.serve;

import dev.lockstep.nn.io.LockstepVersion;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.io.SavedModel;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The command {@code serve MODEL}, without Spark: the main class of the jar that serves. Says on standard output where
 * it listens; an error is one line, {@code error: ...}, and an exit code that is not 0: 1 if the model cannot be
 * served, 2 if the command line was wrong.
 */
public final class Serve {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private Serve() {}

    /** Serves until the process gets a signal to end. */
    public static void main(String[] arguments) throws InterruptedException {
        int code = run(System.out, System.err, arguments);
        if (code != 0) {
            System.exit(code);
        }
    }

    /**
     * Runs the command.
     *
     * @return the exit code: at once where nothing is served, else when the process ends
     */
    static int run(PrintStream out, PrintStream err, String... arguments) throws InterruptedException {
        List<String> given = new ArrayList<>(Arrays.asList(arguments));
        // As with scripts/lockstep; the jar takes it as well.
        if (!given.isEmpty() && given.get(0).equals("serve")) {
            given.remove(0);
        }
        if (given.contains("--help") || given.contains("-h")) {
            out.print(ServeOptions.HELP);
            return 0;
        }
        if (given.contains("--version") || given.contains("-V")) {
            out.println("Lockstep " + LockstepVersion.current());
            return 0;
        }
        ServeOptions.Line line;
        try {
            line = ServeOptions.parse(given);
        } catch (IllegalArgumentException e) {
            err.println("error: " + e.getMessage() + " (serve --help shows the options)");
            return USAGE;
        }
        ModelServer server;
        try {
            SavedModel model = SavedModel.load(line.model());
            server = ModelServer.start(model, line.options());
            out.println(
                    "serving " + line.model() + " sha256 " + model.description().sha256() + " at " + server.url());
        } catch (ModelException e) {
            err.println("error: " + e.getMessage());
            return FAILED;
        } catch (IllegalArgumentException e) {
            err.println("error: " + line.model() + ": " + e.getMessage());
            return FAILED;
        } catch (IOException e) {
            err.println("error: cannot listen at " + line.options().host() + ":"
                    + line.options().port() + ": " + e.getMessage());
            return FAILED;
        }
        awaitEnd(server, err);
        return 0;
    }

    private static void awaitEnd(ModelServer server, PrintStream err) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new StopHook(() -> {
            server.close();
            err.println("stopped");
            ended.countDown();
        }));
        ended.await();
    }

    /** Runs when the process gets a signal to end. */
    private static final class StopHook extends Thread {
        private final Runnable stop;

        StopHook(Runnable stop) {
            this.stop = stop;
        }

        @Override
        public void run() {
            stop.run();
        }
    }
}
