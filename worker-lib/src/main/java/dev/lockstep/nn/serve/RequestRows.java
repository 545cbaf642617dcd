package dev.lockstep.nn.serve;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.spec.JsonTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows in a request's body: one, a JSON object of cells by the names of their columns, or an array of such. A cell
 * is a text, a number, true, false, null where it is missing, or an array of numbers, which may be nested.
 *
 * @param rows the cells of each
 * @param single whether the body is one row, not an array
 */
record RequestRows(List<Map<String, @Nullable Object>> rows, boolean single) {
    private static final String SEVERAL_ROWS =
            "several rows are an array without a name around it, [{\"column\": cell, ...}, ...]";

    /**
     * Reads a body.
     *
     * @param maxRows the most rows
     * @throws RequestException if it is not JSON, or no rows, naming the place
     */
    static RequestRows parse(byte[] body, int maxRows) throws RequestException {
        try (JsonParser parser = JsonTree.factory().createParser(body)) {
            JsonToken first = parser.nextToken();
            RequestRows read;
            if (first == JsonToken.START_OBJECT) {
                read = new RequestRows(List.of(row(parser, 0)), true);
            } else if (first == JsonToken.START_ARRAY) {
                read = new RequestRows(rows(parser, maxRows), false);
            } else {
                throw new RequestException(
                        400, "expected a row, {\"column\": cell, ...}, or an array of rows, got " + shown(parser));
            }
            if (parser.nextToken() != null) {
                throw new RequestException(400, "expected nothing behind the rows, got " + shown(parser));
            }
            return read;
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null
                    ? ""
                    : "line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ": ";
            // What follows in brackets is about Jackson.
            String complaint = e.getOriginalMessage().replaceFirst(" \\(start marker at .*", "");
            throw new RequestException(400, "not JSON: " + place + Excerpt.of(complaint, 200));
        } catch (IOException e) {
            // The only input is an array: what is left are bytes that are no characters.
            throw new RequestException(400, "not JSON: " + Excerpt.of(String.valueOf(e.getMessage()), 200));
        }
    }

    private static List<Map<String, @Nullable Object>> rows(JsonParser parser, int maxRows)
            throws IOException, RequestException {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (rows.size() == maxRows) {
                throw new RequestException(413, "expected at most " + maxRows + " rows in a request, got more");
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new RequestException(
                        400,
                        "row " + rows.size() + ": expected an object {\"column\": cell, ...}, got " + shown(parser),
                        new RequestException.Place(rows.size(), null, null));
            }
            rows.add(row(parser, rows.size()));
        }
        return rows;
    }

    private static Map<String, @Nullable Object> row(JsonParser parser, int row) throws IOException, RequestException {
        Map<String, @Nullable Object> cells = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String column = parser.currentName();
            parser.nextToken();
            cells.put(column, cell(parser, row, column));
        }
        return cells;
    }

    private static @Nullable Object cell(JsonParser parser, int row, String column)
            throws IOException, RequestException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case START_ARRAY -> numbers(parser, row, column);
            default ->
                throw wrong(
                        row,
                        column,
                        "expected a text, a number, true, false, null or an array of numbers, got " + shown(parser));
        };
    }

    private static double[] numbers(JsonParser parser, int row, String column) throws IOException, RequestException {
        double[] numbers = new double[64];
        int count = 0;
        for (int depth = 1; depth > 0; ) {
            switch (parser.nextToken()) {
                case START_ARRAY -> depth++;
                case END_ARRAY -> depth--;
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                    numbers = count == numbers.length ? Arrays.copyOf(numbers, 2 * count) : numbers;
                    numbers[count++] = parser.getDoubleValue();
                }
                default ->
                    throw wrong(
                            row,
                            column,
                            "number " + count + ": expected a number, got " + shown(parser)
                                    + (parser.currentToken() == JsonToken.START_OBJECT ? "; " + SEVERAL_ROWS : ""));
            }
        }
        return Arrays.copyOf(numbers, count);
    }

    private static RequestException wrong(int row, String column, String complaint) {
        return new RequestException(
                400,
                "row " + row + ", column " + Excerpt.quoted(column) + ": " + complaint,
                new RequestException.Place(row, column, null));
    }

    private static String shown(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> Excerpt.quoted(parser.getText());
            default -> Excerpt.of(parser.getText());
        };
    }
}
