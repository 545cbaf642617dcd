package dev.lockstep.spark.report;

import java.io.Console;

/** What a terminal shows in colours and weights; elsewhere text stays as it is. */
enum Style {
    /** What heads a table. */
    HEADER("2"),
    /** What is better than all before. */
    GOOD("32"),
    /** What has to be known. */
    NOTE("33"),
    /** Where to look. */
    STRONG("1");

    private static final String ESCAPE = "\u001b[";

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** The text in this style, if it is shown in colours. */
    String of(String text, boolean colours) {
        return colours ? ESCAPE + code + "m" + text + ESCAPE + "0m" : text;
    }

    /**
     * Whether a person looks at the error output of this process through a terminal that can redraw a line.
     * {@code scripts/lockstep} says so in the property {@code lockstep.terminal}.
     */
    static boolean onTerminal() {
        if ("dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        String said = System.getProperty("lockstep.terminal");
        if (said != null) {
            return Boolean.parseBoolean(said);
        }
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // From Java 22 on there always is a console, which says itself whether it is a terminal.
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
