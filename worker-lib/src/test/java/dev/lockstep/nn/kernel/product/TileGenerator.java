package dev.lockstep.nn.kernel.product;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes {@code Chains.java}, the innermost loops of matrix products and convolutions, from {@code Chains.template}
 * beside this file. After a change to either, run this in the project's directory:
 *
 * <pre>{@code
 * java worker-lib/src/test/java/dev/lockstep/nn/kernel/product/TileGenerator.java
 * }</pre>
 *
 * <p>The command needs no build and works while the kernels do not compile: this file uses no class outside the JDK.
 * {@link TileGeneratorTest} compares what it writes with what is committed.
 *
 * <p>The template is Java, laid out as the project's formatter leaves it, with blocks and {@code $values}. A block
 * begins with one of the lines below and ends with {@code #end}. A backslash joins a line with the next one.
 *
 * <ul>
 *   <li>{@code #methods} repeats its block for each method that it names. For {@code chains6x2}, a tile of six rows by
 *       two vectors, {@code $method} is the whole name, {@code $kind} is {@code chains} and {@code $height} is 6.
 *   <li>{@code #if} keeps its block for the kinds that it names.
 *   <li>{@code #parameters} holds what {@code $parameters} declares and {@code $arguments} passes on in the methods
 *       below it.
 *   <li>{@code #rows} repeats its block for each row of the tile: {@code $r} is the row, {@code $previous} the one
 *       before it, and {@code $+r} what the row adds to an index. {@code $x} is the variable x, declared in the first
 *       row.
 *   <li>{@code #later} keeps its block for all rows but the first.
 *   <li>{@code #vectors} repeats its block for each vector of a row: {@code $v} is the vector's letter, and {@code $+v}
 *       what the vector adds to an index. {@code $+rv} is what row and vector add where rows have no gaps between them.
 * </ul>
 */
final class TileGenerator {
    static final String COMMAND = "java worker-lib/src/test/java/dev/lockstep/nn/kernel/product/TileGenerator.java";
    static final Path TEMPLATE = Path.of("worker-lib/src/test/java/dev/lockstep/nn/kernel/product/Chains.template");
    static final Path GENERATED = Path.of("worker-lib/src/main/java/dev/lockstep/nn/kernel/product/Chains.java");

    private static final Pattern METHOD = Pattern.compile("([a-z]+)(?:(\\d+)x(\\d+))?");
    private static final Pattern VALUE = Pattern.compile("\\$(\\+?[a-z]+)");

    private List<String> parameters = List.of();
    private String method = "";
    private String kind = "";
    private int rows;
    private int vectors;
    private int row;
    private int vector;

    private TileGenerator() {}

    public static void main(String[] args) throws IOException {
        Files.writeString(GENERATED, generate(Files.readString(TEMPLATE)));
    }

    /** The class that a template describes. */
    static String generate(String template) {
        return new TileGenerator()
                .text(template.replaceAll("\\\\\\R", "").lines().toList());
    }

    private String text(List<String> lines) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < lines.size(); at++) {
            String line = lines.get(at);
            if (line.strip().startsWith("#")) {
                int end = end(lines, at);
                text.append(block(List.of(line.strip().split("\\s+")), lines.subList(at + 1, end)));
                at = end;
            } else {
                text.append(filled(line)).append('\n');
            }
        }
        return text.toString();
    }

    /** Where the block ends that begins with the given line. */
    private static int end(List<String> lines, int first) {
        int depth = 0;
        for (int at = first; at < lines.size(); at++) {
            String line = lines.get(at).strip();
            if (line.equals("#end")) {
                depth--;
            } else if (line.startsWith("#")) {
                depth++;
            }
            if (depth == 0) {
                return at;
            }
        }
        throw new IllegalArgumentException("no #end for " + lines.get(first).strip());
    }

    private String block(List<String> words, List<String> lines) {
        StringBuilder text = new StringBuilder();
        List<String> names = words.subList(1, words.size());
        switch (words.get(0)) {
            case "#parameters" -> parameters = lines;
            case "#methods" -> {
                for (String name : names) {
                    name(name);
                    text.append(text(lines));
                }
            }
            case "#rows" -> {
                for (row = 0; row < rows; row++) {
                    text.append(text(lines));
                }
            }
            case "#vectors" -> {
                for (vector = 0; vector < vectors; vector++) {
                    text.append(text(lines));
                }
            }
            case "#later" -> text.append(row > 0 ? text(lines) : "");
            case "#if" -> text.append(names.contains(kind) ? text(lines) : "");
            default -> throw new IllegalArgumentException("unknown block " + words.get(0));
        }
        return text.toString();
    }

    private void name(String name) {
        Matcher parts = METHOD.matcher(name);
        if (!parts.matches()) {
            throw new IllegalArgumentException("expected a method like chains6x2, got " + name);
        }
        method = name;
        kind = parts.group(1);
        rows = parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2));
        vectors = parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3));
    }

    /** A line with its values in place; all lines of a value are indented alike. */
    private String filled(String line) {
        String indent = line.substring(0, line.length() - line.stripLeading().length());
        return VALUE.matcher(line).replaceAll(value -> value(value.group(1)).replace("\n", "\n" + indent));
    }

    private String value(String name) {
        return switch (name) {
            case "command" -> COMMAND;
            case "method" -> method;
            case "kind" -> kind;
            case "height" -> Integer.toString(rows);
            case "count" -> rows == 1 ? "1 row" : rows + " rows";
            case "parameters" -> listed(parameter -> parameter);
            case "arguments" -> listed(parameter -> parameter.substring(parameter.indexOf(' ') + 1));
            case "r" -> Integer.toString(row);
            case "previous" -> Integer.toString(row - 1);
            case "x" -> row == 0 ? "FloatVector x" : "x";
            case "v" -> Character.toString('a' + vector);
            case "+r" -> row == 0 ? "" : " + " + row;
            case "+v" -> lanes(vector);
            case "+rv" -> lanes(row * vectors + vector);
            default -> throw new IllegalArgumentException("unknown value $" + name);
        };
    }

    private String listed(UnaryOperator<String> form) {
        return text(parameters).lines().map(String::strip).map(form).collect(Collectors.joining(",\n"));
    }

    private static String lanes(int vectors) {
        return switch (vectors) {
            case 0 -> "";
            case 1 -> " + L";
            default -> " + " + vectors + " * L";
        };
    }
}
