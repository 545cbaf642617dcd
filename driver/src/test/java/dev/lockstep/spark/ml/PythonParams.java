package dev.lockstep.spark.ml;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** Writes {@code lockstep/params.py}: the Params of the estimators and models, as Python classes. */
final class PythonParams {
    private static final int WIDTH = 84;

    private static final String HEAD = """
            \"""The Params of the estimators and models. Generated from the Java Params by PythonPackageTest.\"""

            from typing import Any, List, Optional, TypeVar, Union

            from pyspark import keyword_only
            from pyspark.ml.param import Param, Params, TypeConverters
            from pyspark.ml.param.shared import HasWeightCol
            from pyspark.ml.wrapper import JavaModel

            P = TypeVar("P", bound=Params)
            """;

    private final NeuralNetworkClassifier classifier = new NeuralNetworkClassifier();
    private final NeuralNetworkRegressor regressor = new NeuralNetworkRegressor();
    private final StringBuilder text = new StringBuilder(HEAD);

    private PythonParams() {}

    /** The file. */
    static String text() {
        return new PythonParams().written();
    }

    private String written() {
        group("FeatureParams", "Params", "The features, and how rows are predicted.", of(FeatureParams.class));
        group("TrainingParams", "HasWeightCol", "How a network is made and trained.", of(TrainingParams.class));
        group(
                "ClassUncertaintyParams",
                "Params",
                "How sure a classifier's model is.",
                of(ClassUncertaintyParams.class));
        group(
                "NumberUncertaintyParams",
                "Params",
                "How sure a regressor's model is.",
                of(NumberUncertaintyParams.class));
        group("TargetParams", "Params", "What a regressor predicts.", List.of(regressor.labelCols()));
        arguments("ClassifierArguments", classifier);
        arguments("RegressorArguments", regressor);
        return text.toString();
    }

    /** The Params that one of the classes beside the estimators has as fields. */
    private List<Param<?>> of(Class<?> owner) {
        Params stage = owner == NumberUncertaintyParams.class ? regressor : classifier;
        return Arrays.stream(owner.getDeclaredFields())
                .filter(field -> Param.class.isAssignableFrom(field.getType()))
                .map(Field::getName)
                .sorted()
                .<Param<?>>map(stage::getParam)
                .toList();
    }

    private void group(String name, String base, String doc, List<Param<?>> params) {
        line(0, "", "", "class " + name + "(" + base + "):");
        line(1, "\"\"\"" + doc + "\"\"\"");
        for (Param<?> param : params) {
            line(0, "");
            line(1, param.name() + ": \"Param[" + type(param) + "]\" = Param(");
            line(2, "Params._dummy(),", "\"" + param.name() + "\",");
            List<String> parts = wrapped(param.doc());
            for (int i = 0; i < parts.size(); i++) {
                line(2, "\"" + parts.get(i) + "\"" + (i == parts.size() - 1 ? "," : ""));
            }
            line(2, "typeConverter=TypeConverters." + converter(param) + ",");
            line(1, ")");
        }
        defaults(params);
        for (Param<?> param : params) {
            String suffix = param.name().substring(0, 1).toUpperCase(Locale.ROOT)
                    + param.name().substring(1);
            line(0, "");
            line(1, "def get" + suffix + "(self) -> " + type(param) + ":");
            line(2, "\"\"\"Gets :py:attr:`" + param.name() + "`, or its default.\"\"\"");
            line(2, "return self.getOrDefault(self." + param.name() + ")");
            line(0, "");
            line(1, "def set" + suffix + "(self: P, value: " + type(param) + ") -> P:");
            line(2, "\"\"\"Sets :py:attr:`" + param.name() + "`.\"\"\"");
            line(2, "return self._set(" + param.name() + "=value)");
        }
    }

    private void defaults(List<Param<?>> params) {
        List<String> values = new ArrayList<>();
        for (Param<?> param : params) {
            owner(param).getDefault(param).foreach(value -> values.add(param.name() + "=" + literal(value)));
        }
        if (values.isEmpty()) {
            return;
        }
        line(0, "");
        line(1, "def __init__(self, *args: Any) -> None:");
        line(2, "super().__init__(*args)", "self._setDefault(");
        values.forEach(value -> line(3, value + ","));
        line(2, ")");
    }

    private Params owner(Param<?> param) {
        return classifier.hasParam(param.name()) ? classifier : regressor;
    }

    private void arguments(String name, Params stage) {
        List<Param<?>> params = Stream.of(stage.params())
                .<Param<?>>map(param -> param)
                .sorted(Comparator.comparing((Param<?> param) -> param.name()))
                .toList();
        line(0, "", "", "class " + name + ":");
        line(1, "\"\"\"Params as arguments by name; None leaves one as it is.", "");
        line(1, "Parameters", "----------");
        for (Param<?> param : params) {
            line(1, param.name() + " : " + type(param) + ", optional");
            wrapped(param.doc().replace("\\", "\\\\")).forEach(part -> line(2, part.strip()));
        }
        line(1, "\"\"\"");
        signature("__init__", "None", params);
        line(2, "super().__init__()", "self._start(self._input_kwargs)");
        signature("setParams", "Any", params);
        line(2, "\"\"\"Sets those Params that are given.\"\"\"", "return self._use(self._input_kwargs)");
    }

    private void signature(String method, String result, List<Param<?>> params) {
        line(0, "");
        line(1, "@keyword_only", "def " + method + "(");
        line(2, "self,", "*,");
        for (Param<?> param : params) {
            String type = param.name().equals("initialModel") ? "Union[str, JavaModel]" : type(param);
            line(2, param.name() + ": Optional[" + type + "] = None,");
        }
        line(1, ") -> " + result + ":");
    }

    private static String type(Param<?> param) {
        return switch (param.getClass().getSimpleName()) {
            case "IntParam", "LongParam" -> "int";
            case "DoubleParam" -> "float";
            case "IntArrayParam" -> "List[int]";
            case "DoubleArrayParam" -> "List[float]";
            case "StringArrayParam" -> "List[str]";
            default -> "str";
        };
    }

    private static String converter(Param<?> param) {
        return switch (param.getClass().getSimpleName()) {
            case "IntParam", "LongParam" -> "toInt";
            case "DoubleParam" -> "toFloat";
            case "IntArrayParam" -> "toListInt";
            case "DoubleArrayParam" -> "toListFloat";
            case "StringArrayParam" -> "toListString";
            default -> "toString";
        };
    }

    private static String literal(Object value) {
        if (value instanceof String[] several) {
            return Arrays.stream(several).map(PythonParams::literal).collect(Collectors.joining(", ", "[", "]"));
        }
        return value instanceof String one ? "\"" + one + "\"" : String.valueOf(value);
    }

    /** A text in lines; all but the last one end with a space. */
    private static List<String> wrapped(String doc) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : doc.split("(?<= )")) {
            if (line.length() + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    private void line(int indent, String... lines) {
        for (String line : lines) {
            text.append(line.isEmpty() ? "" : "    ".repeat(indent))
                    .append(line)
                    .append('\n');
        }
    }
}
