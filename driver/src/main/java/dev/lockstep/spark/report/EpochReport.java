package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.model.LayerFigures;
import dev.lockstep.nn.train.StepTimes;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One epoch in numbers.
 *
 * @param epoch from 1
 * @param step optimiser steps taken since the beginning of training
 * @param loss mean training loss over the epoch's steps, each seen before its own update
 * @param metrics further training metrics by name, in the order they are written: {@code accuracy} or {@code rmse}
 * @param validationLoss mean loss over the validation rows, or null without validation
 * @param validationMetrics metrics over the validation rows by the same names; empty without validation
 * @param headMetrics figures of each head over the validation rows, such as {@code kind_accuracy}; empty where a
 *     network has one head, or without validation
 * @param divergence {@code KL(q || p)} of weights that are distributions, in the unit of the loss; null if there are
 *     none
 * @param learningRate the schedule's value at the epoch's last step
 * @param seconds wall-clock time of the epoch, validation included
 * @param rowsPerSecond training rows a second, validation left out
 * @param bytesSent bytes of parameters, gradients and states that the ranks and the driver exchanged in the epoch
 * @param stepTimes where the time of the epoch's rounds went, the mean over the ranks; null if it was not measured
 * @param layers how the layers learn
 */
public record EpochReport(
        int epoch,
        long step,
        double loss,
        Map<String, Double> metrics,
        @Nullable Double validationLoss,
        Map<String, Double> validationMetrics,
        Map<String, Double> headMetrics,
        @Nullable Double divergence,
        double learningRate,
        double seconds,
        double rowsPerSecond,
        long bytesSent,
        @Nullable StepTimes stepTimes,
        LayerFigures layers) {

    static final String GRADIENT_NORM = "gradientNorm";
    static final String UPDATE_RATIO = "updateRatio";
    static final String DEAD_UNITS = "deadUnits";

    private static final String VALIDATION = "validation";

    /** Copies the maps, keeping their order. */
    public EpochReport {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        validationMetrics = Collections.unmodifiableMap(new LinkedHashMap<>(validationMetrics));
        headMetrics = Collections.unmodifiableMap(new LinkedHashMap<>(headMetrics));
    }

    /**
     * One JSON object, flat but for the last three keys: {@code epoch, step, loss, accuracy, validationLoss,
     * validationAccuracy, validationHEAD_FIGURE, negativeLogLikelihood, kl, elbo, learningRate, seconds, rowsPerSecond,
     * bytesSent, computeSeconds, copySeconds, waitSeconds, gradientNorm, updateRatio, deadUnits}. The last three are
     * objects with a number a layer. Keys without a value are left out.
     */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("epoch", epoch);
        json.put("step", step);
        json.put("loss", loss);
        metrics.forEach(json::put);
        if (validationLoss != null) {
            json.put("validationLoss", validationLoss);
        }
        validationMetrics.forEach((name, value) -> json.put(validationName(name), value));
        headMetrics.forEach((name, value) -> json.put(validationName(name), value));
        if (divergence != null) {
            json.put("negativeLogLikelihood", loss);
            json.put("kl", divergence);
            json.put("elbo", elbo());
        }
        json.put("learningRate", learningRate);
        json.put("seconds", seconds);
        json.put("rowsPerSecond", rowsPerSecond);
        json.put("bytesSent", bytesSent);
        if (stepTimes != null) {
            json.put("computeSeconds", stepTimes.computeNanos() / 1e9);
            json.put("copySeconds", stepTimes.copyNanos() / 1e9);
            json.put("waitSeconds", stepTimes.waitNanos() / 1e9);
        }
        put(GRADIENT_NORM, layers.gradientNorm(), json);
        put(UPDATE_RATIO, layers.updateRatio(), json);
        put(DEAD_UNITS, layers.deadUnits(), json);
        return JsonNumbers.finite(json);
    }

    private static void put(String key, Map<String, Double> figures, ObjectNode json) {
        if (!figures.isEmpty()) {
            figures.forEach(json.putObject(key)::put);
        }
    }

    /**
     * The numbers of a line by their names, in its order: those of a layer have both names,
     * {@code gradientNorm/dense_1}.
     *
     * @param epoch what {@link #toJson} gave
     */
    public static Map<String, Double> numbers(JsonNode epoch) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : epoch.properties()) {
            if (field.getValue().isNumber()) {
                numbers.put(field.getKey(), field.getValue().asDouble());
            }
            for (Map.Entry<String, JsonNode> layer : field.getValue().properties()) {
                if (layer.getValue().isNumber()) {
                    numbers.put(
                            field.getKey() + "/" + layer.getKey(),
                            layer.getValue().asDouble());
                }
            }
        }
        return numbers;
    }

    /** The evidence lower bound in the unit of the loss; NaN if no weights are distributions. */
    public double elbo() {
        return divergence == null ? Double.NaN : -(loss + divergence);
    }

    /** {@code accuracy} on the validation rows is {@code validationAccuracy}. */
    public static String validationName(String metric) {
        return VALIDATION + Character.toUpperCase(metric.charAt(0)) + metric.substring(1);
    }

    /** Whether it is a figure of a head over the validation rows. */
    static boolean isOfHead(String key) {
        return key.startsWith(VALIDATION) && key.indexOf('_') > 0;
    }

    /** What {@link #validationName} made the name of. */
    static String metric(String validationName) {
        int at = VALIDATION.length();
        return Character.toLowerCase(validationName.charAt(at)) + validationName.substring(at + 1);
    }
}
