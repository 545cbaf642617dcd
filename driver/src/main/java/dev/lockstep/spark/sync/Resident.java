package dev.lockstep.spark.sync;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.KryoSerializable;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;

/**
 * The element of an RDD in memory that stays on the executor which made it: nobody gets a copy. If a task runs
 * elsewhere, Spark tries to fetch the element, fails, and computes it there. Java's serialiser refuses what is not
 * {@link java.io.Serializable}; Kryo, to which a session may be set, would write the fields of any class.
 *
 * @param <T> what stays
 */
final class Resident<T> implements KryoSerializable {
    private final T value;

    Resident(T value) {
        this.value = value;
    }

    /** What stays. */
    T get() {
        return value;
    }

    @Override
    public void write(Kryo kryo, Output output) {
        throw refusal();
    }

    @Override
    public void read(Kryo kryo, Input input) {
        throw refusal();
    }

    private static KryoException refusal() {
        return new KryoException("it stays on its executor");
    }
}
