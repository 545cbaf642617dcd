package dev.lockstep.nn.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void dimensionsAndSize() {
        Shape shape = Shape.of(4, 3, 2);
        assertThat(shape.rank()).isEqualTo(3);
        assertThat(shape.dimension(1)).isEqualTo(3);
        assertThat(shape.last()).isEqualTo(2);
        assertThat(shape.size()).isEqualTo(24);
        assertThat(shape).isEqualTo(Shape.of(4, 3, 2)).isNotEqualTo(Shape.of(2, 3, 4));
        assertThat(shape).hasToString("[4, 3, 2]");
    }

    @Test
    void whatNoArrayCanHoldIsRefused() {
        assertThatThrownBy(() -> Shape.of(3, 0)).hasMessage("shape [3, 0]: every dimension must be at least 1, got 0");
        assertThatThrownBy(() -> Shape.of(65_536, 65_536)).hasMessageContaining("4294967296 elements");
    }

    @Test
    void rowsOfATensorLieBehindEachOther() {
        Tensor tensor = Tensor.allocate(5, Shape.of(2, 3));
        assertThat(tensor.array()).hasSize(30);
        assertThat(tensor.rowOffset(4)).isEqualTo(24);
    }
}
