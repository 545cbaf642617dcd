package dev.lockstep.spark;

import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.esotericsoftware.kryo.KryoSerializable;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaParameterizedType;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.JavaTypeVariable;
import com.tngtech.archunit.core.domain.JavaWildcardType;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.io.Serializable;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.types.DataType;

/**
 * What travels between driver and executors can be read again where it arrives.
 *
 * <p>Tasks, with all that they capture, are written by Java's serialiser whatever a session is set to. (That lambdas
 * capture nothing else needs no rule: Spark writes each when a job begins, in local mode too.) What lies in an RDD, is
 * broadcast or comes back as a result is data: the session's own serialiser writes it. Kryo, if it is that one, asks
 * for no {@link Serializable}, but sets no field of a record and cannot read the collections of {@link List#of} and its
 * like.
 */
@AnalyzeClasses(
        packages = "dev.lockstep",
        importOptions = {DoNotIncludeTests.class, TravelTest.DoNotIncludeTestJars.class})
class TravelTest {
    /** What carries data, by the type arguments in its signature. */
    private static final Set<String> CARRIERS = names(RDD.class, JavaRDD.class, JavaPairRDD.class, Broadcast.class);

    /** Interfaces of which all implementations in use are serialisable. */
    private static final Set<String> COLLECTIONS =
            names(Collection.class, List.class, Set.class, Map.class, Queue.class);

    @ArchTest
    static final ArchRule SERIALIZABLE_CLASSES_HAVE_SERIALIZABLE_FIELDS = classes()
            .that()
            .areAssignableTo(Serializable.class)
            .and()
            .areNotEnums()
            .should(new HaveSerializableFields());

    @ArchTest
    static final ArchRule DATA_CAN_BE_READ_BY_KRYO = classes().should(new BeReadableByKryoIfData());

    /** The worker library's tests, where they are packaged. */
    static final class DoNotIncludeTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    private static Set<String> names(Class<?>... types) {
        Set<String> names = new HashSet<>();
        for (Class<?> type : types) {
            names.add(type.getName());
        }
        return names;
    }

    /** The fields that make up an object's state, as far as it travels. */
    private static Stream<JavaField> state(JavaClass type) {
        return type.getFields().stream()
                .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC)
                        && !field.getModifiers().contains(JavaModifier.TRANSIENT));
    }

    /** Java's serialiser finds an object that it can write in each field, those of superclasses included. */
    private static final class HaveSerializableFields extends ArchCondition<JavaClass> {
        HaveSerializableFields() {
            super("have serialisable fields only");
        }

        @Override
        public void check(JavaClass type, ConditionEvents events) {
            Stream.concat(Stream.of(type), type.getAllRawSuperclasses().stream())
                    .filter(TravelTest::isOwn)
                    .flatMap(TravelTest::state)
                    .filter(field ->
                            !isSubtype(field.getOwner(), Serializable.class) || !isSerializable(field.getType()))
                    .forEach(field -> events.add(violated(
                            type, type.getName() + " is Serializable, but " + field.getDescription() + " is not")));
        }

        private static boolean isSerializable(JavaType type) {
            if (type instanceof JavaTypeVariable<?> variable) {
                return variable.getUpperBounds().stream().allMatch(HaveSerializableFields::isSerializable);
            }
            if (type instanceof JavaWildcardType wildcard) {
                return wildcard.getUpperBounds().stream().allMatch(HaveSerializableFields::isSerializable);
            }
            JavaClass element = type.toErasure().getBaseComponentType();
            if (COLLECTIONS.contains(element.getName())) {
                return type instanceof JavaParameterizedType generic
                        && generic.getActualTypeArguments().stream().allMatch(HaveSerializableFields::isSerializable);
            }
            return element.isPrimitive()
                    || isSubtype(element, Serializable.class)
                    || element.isEquivalentTo(DataType.class);
        }
    }

    /** Of classes that are not ours only the names have been imported. */
    private static boolean isSubtype(JavaClass type, Class<?> parent) {
        return parent.isAssignableFrom(type.reflect());
    }

    private static boolean isOwn(JavaClass type) {
        return type.getPackageName().startsWith("dev.lockstep.");
    }

    /**
     * Whatever stands in a signature as the element of an RDD or as what is broadcast, and what its fields hold, is a
     * plain class with fields of concrete types, or refuses to be written.
     */
    private static final class BeReadableByKryoIfData extends ArchCondition<JavaClass> {
        private final Set<JavaClass> data = new HashSet<>();

        BeReadableByKryoIfData() {
            super("be readable by Kryo if they are data");
        }

        @Override
        public void init(Collection<JavaClass> all) {
            Deque<JavaClass> open = new ArrayDeque<>();
            all.stream().flatMap(BeReadableByKryoIfData::signatures).forEach(type -> collect(type, false, open));
            while (!open.isEmpty()) {
                JavaClass type = open.remove().getBaseComponentType();
                if (isOwn(type) && data.add(type) && !writesItself(type)) {
                    state(type)
                            .flatMap(field -> field.getAllInvolvedRawTypes().stream())
                            .forEach(open::add);
                }
            }
        }

        /** All types in the signatures of a class. */
        private static Stream<JavaType> signatures(JavaClass type) {
            Stream<JavaType> fields = type.getFields().stream().map(JavaField::getType);
            Stream<JavaType> parameters =
                    type.getCodeUnits().stream().flatMap(code -> code.getParameterTypes().stream());
            Stream<JavaType> results = type.getCodeUnits().stream().map(JavaCodeUnit::getReturnType);
            Stream<JavaType> parents = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
            return Stream.of(fields, parameters, results, parents).flatMap(all -> all);
        }

        /** Collects what carriers carry, wherever they stand in a type. */
        private static void collect(JavaType type, boolean isCarried, Collection<JavaClass> carried) {
            JavaClass erasure = type.toErasure();
            if (isCarried) {
                carried.add(erasure);
            }
            if (type instanceof JavaParameterizedType generic && !writesItself(erasure)) {
                boolean carries = isCarried || CARRIERS.contains(erasure.getName());
                generic.getActualTypeArguments().forEach(argument -> collect(argument, carries, carried));
            }
        }

        private static boolean writesItself(JavaClass type) {
            return isSubtype(type, KryoSerializable.class);
        }

        @Override
        public void check(JavaClass type, ConditionEvents events) {
            if (!data.contains(type) || writesItself(type)) {
                return;
            }
            if (type.isRecord() || !isConcrete(type) || !isSubtype(type, Serializable.class)) {
                events.add(violated(
                        type,
                        type.getName() + " is data that travels: expected a class that is Serializable"
                                + " and neither a record nor an interface nor abstract"));
            }
            state(type)
                    .filter(field -> !isConcrete(field.getRawType().getBaseComponentType()))
                    .forEach(field -> events.add(violated(
                            type,
                            field.getDescription()
                                    + " travels as data: expected a concrete type, since Kryo cannot read"
                                    + " whatever implements "
                                    + field.getRawType().getName())));
        }

        private static boolean isConcrete(JavaClass type) {
            // Of classes that are not ours only the names have been imported.
            Class<?> loaded = type.reflect();
            return loaded.isPrimitive() || loaded.isEnum() || !Modifier.isAbstract(loaded.getModifiers());
        }
    }
}
