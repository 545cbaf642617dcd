package dev.lockstep.nn.bench;

import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Conv2d;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.Lstm;
import dev.lockstep.nn.layer.MaxPool2d;
import dev.lockstep.nn.layer.Padding;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import java.util.Locale;

/** The networks that are timed; {@code docs/performance.md} says what each stands for. */
enum Workload {
    /** MLP 784-512-256-10 with ReLU. */
    W1(Shape.of(784), 10, 128, List.of(relu(512), relu(256), new Dense(10))),
    /** LeNet: two convolutions, each before a maximum pooling, and two dense layers. */
    W2(
            Shape.of(28, 28, 1),
            10,
            64,
            List.of(
                    new Conv2d(20, 5, Padding.VALID, null),
                    new MaxPool2d(2),
                    new Conv2d(50, 5, Padding.VALID, null),
                    new MaxPool2d(2),
                    relu(500),
                    new Dense(10))),
    /**
     * Four 3x3 convolutions with batch normalisation and ReLU, a maximum pooling after each two, and two dense layers.
     */
    W3(
            Shape.of(28, 28, 1),
            10,
            128,
            List.of(
                    new Conv2d(32, 3, Padding.SAME, null),
                    new BatchNorm(new Activation.Relu()),
                    new Conv2d(32, 3, Padding.SAME, null),
                    new BatchNorm(new Activation.Relu()),
                    new MaxPool2d(2),
                    new Conv2d(64, 3, Padding.SAME, null),
                    new BatchNorm(new Activation.Relu()),
                    new Conv2d(64, 3, Padding.SAME, null),
                    new BatchNorm(new Activation.Relu()),
                    new MaxPool2d(2),
                    new Dense(256),
                    new BatchNorm(new Activation.Relu()),
                    new Dropout(0.5),
                    new Dense(10))),
    /** LSTM over the 28 rows of an image; its last state goes through a dense layer. */
    W4(Shape.of(28, 28), 10, 128, List.of(new Lstm(128, false), new Dense(10))),
    /** MLP 784-128-10 with sigmoid. */
    W5(Shape.of(784), 10, 128, List.of(new Dense(128, new Activation.Sigmoid()), new Dense(10))),
    /** MLP 16-128-64-26 with ReLU. */
    W6(Shape.of(16), 26, 256, List.of(relu(128), relu(64), new Dense(26)));

    private final Shape input;
    private final int classes;
    private final int batch;
    private final List<LayerSpec> layers;

    Workload(Shape input, int classes, int batch, List<LayerSpec> layers) {
        this.input = input;
        this.classes = classes;
        this.batch = batch;
        this.layers = layers;
    }

    private static Dense relu(int units) {
        return new Dense(units, new Activation.Relu());
    }

    static Workload of(String name) {
        try {
            return valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--workload: expected one of " + List.of(values()) + ", got " + name, e);
        }
    }

    /** Shape of a row of features. */
    Shape input() {
        return input;
    }

    /** Number of classes. */
    int classes() {
        return classes;
    }

    /** Rows a step unless asked otherwise. */
    int batch() {
        return batch;
    }

    ModelSpec model() {
        return new ModelSpec(layers, new CrossEntropy());
    }
}
