package dev.lockstep.spark.report;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.Map;

/**
 * A run's settings for TensorBoard's plug-in <i>hparams</i>: messages of its {@code plugin_data.proto}, of which the
 * values are those of {@code google.protobuf.Value}.
 */
final class HyperParameters {
    /** The plug-in's name. */
    static final String PLUGIN = "hparams";

    /** Where it looks for the settings of a run. */
    static final String BEGIN = "_hparams_/session_start_info";

    /** Where it looks for the end of a run. */
    static final String END = "_hparams_/session_end_info";

    // Fields of HParamsPluginData.
    private static final int SESSION_START = 3;
    private static final int SESSION_END = 4;

    // Fields of SessionStartInfo and of the entries of its map.
    private static final int PARAMETERS = 1;
    private static final int GROUP = 4;
    private static final int START_SECONDS = 5;
    private static final int KEY = 1;
    private static final int VALUE = 2;

    // Fields of SessionEndInfo.
    private static final int STATUS = 1;
    private static final int END_SECONDS = 2;
    private static final int SUCCESS = 1;

    // Fields of Value.
    private static final int NUMBER = 2;
    private static final int TEXT = 3;
    private static final int TRUTH = 4;

    private HyperParameters() {}

    /** The settings of a run that begins. */
    static byte[] begin(double seconds, String name, Map<String, String> settings) throws IOException {
        return EventRecord.message(data -> data.writeByteArray(SESSION_START, EventRecord.message(start -> {
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                start.writeByteArray(PARAMETERS, EventRecord.message(entry -> {
                    entry.writeString(KEY, setting.getKey());
                    entry.writeByteArray(VALUE, EventRecord.message(value -> write(value, setting.getValue())));
                }));
            }
            start.writeString(GROUP, name);
            start.writeDouble(START_SECONDS, seconds);
        })));
    }

    /** The run has ended. */
    static byte[] end(double seconds) throws IOException {
        return EventRecord.message(data -> data.writeByteArray(SESSION_END, EventRecord.message(end -> {
            end.writeEnum(STATUS, SUCCESS);
            end.writeDouble(END_SECONDS, seconds);
        })));
    }

    private static void write(CodedOutputStream value, String text) throws IOException {
        if (text.equals("true") || text.equals("false")) {
            value.writeBool(TRUTH, text.equals("true"));
        } else if (isNumber(text)) {
            value.writeDouble(NUMBER, Double.parseDouble(text));
        } else {
            value.writeString(TEXT, text);
        }
    }

    /** A number as JSON writes it. */
    private static boolean isNumber(String text) {
        return text.matches("-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?");
    }
}
