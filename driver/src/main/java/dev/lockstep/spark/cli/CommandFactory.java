package dev.lockstep.spark.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes the commands, giving each its streams. */
record CommandFactory(Streams streams) implements IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
        if (SparkCommand.class.isAssignableFrom(type)) {
            return type.getDeclaredConstructor(Streams.class).newInstance(streams);
        }
        return CommandLine.defaultFactory().create(type);
    }
}
