package dev.lockstep.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.expressions.codegen.GenerateUnsafeRowJoiner;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows with predictions have the bytes that Spark's own projections write. */
@Tag("compat")
@Tag("java")
class WiderRowTest {
    private static final List<DataType> TYPES = List.of(
            DataTypes.DoubleType,
            DataTypes.StringType,
            DataTypes.createDecimalType(30, 2),
            DataTypes.BooleanType,
            DataTypes.BinaryType,
            DataTypes.IntegerType);

    private final SplittableRandom random = new SplittableRandom(1);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 6, 60, 62, 63, 64, 127, 130})
    void bytesOfSpark(int columns) {
        StructType table = new StructType();
        for (int i = 0; i < columns; i++) {
            table = table.add("c" + i, TYPES.get(i % TYPES.size()));
        }
        StructType added = new StructType()
                .add("raw", SQLDataTypes.VectorType())
                .add("number", DataTypes.DoubleType)
                .add("probability", SQLDataTypes.VectorType())
                .add("stays", DataTypes.BooleanType);
        assertThat(WiderRow.takes(added)).isTrue();
        UnsafeProjection narrow = UnsafeProjection.create(table);
        RowBuffer buffer = new RowBuffer(columns);
        WiderRow wider = new WiderRow(table, added);
        for (int chunk = 0; chunk < 3; chunk++) {
            buffer.clear();
            List<UnsafeRow> copies = new ArrayList<>();
            for (int row = 0; row < 40; row++) {
                UnsafeRow written = narrow.apply(row(table));
                buffer.add(written);
                copies.add(written.copy());
            }
            assertThat(buffer.size()).isEqualTo(copies.size());
            for (int row = 0; row < copies.size(); row++) {
                assertThat(buffer.get(row)).isEqualTo(copies.get(row));
                check(table, added, copies.get(row), wider);
            }
        }
    }

    private void check(StructType table, StructType added, UnsafeRow narrow, WiderRow wider) {
        Object[] cells = {
            cell(new DenseVector(numbers())), cell(random.nextDouble()), cell(new DenseVector(numbers())), cell(true)
        };
        GenericInternalRow objects = new GenericInternalRow(cells.length);
        wider.begin(narrow);
        for (int i = 0; i < cells.length; i++) {
            objects.update(
                    i,
                    CatalystTypeConverters.createToCatalystConverter(
                                    added.apply(i).dataType())
                            .apply(cells[i]));
            if (cells[i] instanceof DenseVector vector) {
                wider.vector(vector.size());
                for (double value : vector.values()) {
                    wider.element(value);
                }
            } else if (cells[i] instanceof Double number) {
                wider.number(number);
            } else {
                wider.cell(cells[i]);
            }
        }
        UnsafeRow expected = GenerateUnsafeRowJoiner.create(table, added)
                .join(narrow, UnsafeProjection.create(added).apply(objects));
        UnsafeRow actual = wider.end();
        for (int i = 0; i < table.size(); i++) {
            DataType type = table.apply(i).dataType();
            assertThat(actual.get(i, type)).isEqualTo(expected.get(i, type));
        }
        assertThat(actual.getBytes()).isEqualTo(expected.getBytes());
        assertThat(actual).hasSameHashCodeAs(expected);
    }

    private Object cell(Object value) {
        return random.nextInt(4) == 0 ? null : value;
    }

    private double[] numbers() {
        double[] numbers = random.doubles(random.nextInt(140)).toArray();
        if (numbers.length > 2) {
            numbers[0] = Double.NaN;
            numbers[1] = -0.0;
        }
        return numbers;
    }

    private GenericInternalRow row(StructType table) {
        GenericInternalRow row = new GenericInternalRow(table.size());
        for (int i = 0; i < table.size(); i++) {
            Object value =
                    switch (i % TYPES.size()) {
                        case 0 -> random.nextDouble();
                        case 1 -> UTF8String.fromString("x".repeat(random.nextInt(30)));
                        case 2 -> Decimal.apply(random.nextLong(), 20, 2);
                        case 3 -> random.nextBoolean();
                        case 4 -> new byte[random.nextInt(5000)];
                        default -> random.nextInt();
                    };
            row.update(i, cell(value));
        }
        return row;
    }

    /** A row that is larger than a block of the buffer, between small ones. */
    @ParameterizedTest
    @ValueSource(ints = {1, 65_000, 200_000})
    void largeRows(int bytes) {
        StructType table = new StructType().add("blob", DataTypes.BinaryType);
        UnsafeProjection narrow = UnsafeProjection.create(table);
        RowBuffer buffer = new RowBuffer(1);
        for (int turn = 0; turn < 2; turn++) {
            buffer.clear();
            for (int row = 0; row < 5; row++) {
                byte[] blob = new byte[row % 2 == 0 ? 10 : bytes];
                blob[0] = (byte) (10 * turn + row);
                buffer.add(narrow.apply(new GenericInternalRow(new Object[] {blob})));
            }
            for (int row = 0; row < 5; row++) {
                assertThat(buffer.get(row).getBinary(0)).hasSize(row % 2 == 0 ? 10 : bytes);
                assertThat(buffer.get(row).getBinary(0)[0]).isEqualTo((byte) (10 * turn + row));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"float", "string", "array<double>"})
    void othersAreLeftToSpark(String type) {
        assertThat(WiderRow.takes(new StructType().add("other", DataType.fromDDL(type))))
                .isFalse();
        WiderRow wider = new WiderRow(new StructType(), new StructType().add("number", DataTypes.DoubleType));
        wider.begin(UnsafeProjection.create(new StructType()).apply(new GenericInternalRow(0)));
        assertThatThrownBy(() -> wider.cell(type)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(wider::end).hasMessage("expected 1 columns, got 0");
    }
}
