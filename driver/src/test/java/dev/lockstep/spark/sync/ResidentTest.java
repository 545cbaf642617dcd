package dev.lockstep.spark.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.Serializer;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag$;

class ResidentTest {
    @Test
    void noSerialiserWritesIt() {
        SparkConf conf = new SparkConf();
        Resident<String> resident = new Resident<>("here");
        assertThat(resident.get()).isEqualTo("here");
        for (Serializer serializer : List.of(new JavaSerializer(conf), new KryoSerializer(conf))) {
            assertThatThrownBy(
                            () -> serializer.newInstance().serialize(resident, ClassTag$.MODULE$.apply(Resident.class)))
                    .as(serializer.getClass().getSimpleName())
                    .isInstanceOf(Exception.class);
        }
    }
}
