package dev.lockstep.spark.report;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A real browser without a screen: Debian's package chromium. Tests that need it are skipped without it, but in CI. */
public final class Browser {
    private static final File CHROMIUM = new File("/usr/bin/chromium");

    private Browser() {}

    /** Whether there is one, or has to be. */
    public static void assumeThere() {
        if (!"true".equals(System.getenv("CI"))) {
            assumeThat(CHROMIUM).as("Debian's package chromium").exists();
        }
    }

    /**
     * What a page has become when its scripts have run for some seconds.
     *
     * @param folder for what the browser keeps
     */
    public static String show(String address, int width, Path folder) throws IOException, InterruptedException {
        Path dom = Files.createTempFile(folder, "page", ".html");
        Process browser = new ProcessBuilder(
                        CHROMIUM.getPath(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--user-data-dir=" + folder.resolve("profile" + width),
                        "--window-size=" + width + ",900",
                        "--virtual-time-budget=2000",
                        "--dump-dom",
                        address)
                .redirectOutput(dom.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!browser.waitFor(60, TimeUnit.SECONDS)) {
            try (Stream<ProcessHandle> children = browser.descendants()) {
                children.forEach(ProcessHandle::destroyForcibly);
            }
            browser.destroyForcibly();
            throw new AssertionError("the browser did not end");
        }
        return Files.readString(dom, StandardCharsets.UTF_8);
    }

    /** How often a part occurs in a text. */
    public static int count(String part, String text) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
