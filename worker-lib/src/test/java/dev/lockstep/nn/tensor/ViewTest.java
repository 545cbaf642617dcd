package dev.lockstep.nn.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Views of vectors and matrices lie within their arrays, and say where. */
class ViewTest {
    private final float[] array = new float[10];

    @Test
    void aTransposedViewSwapsRowsAndColumns() {
        Matrix view = new Matrix().transposedAt(array, 1, 2, 3, 5);
        assertThat(view.rows()).isEqualTo(3);
        assertThat(view.columns()).isEqualTo(2);
        assertThat(view.stride()).isEqualTo(5);
        assertThat(view.transposed()).isTrue();
        assertThat(view.at(array, 0, 2, 3).transposed()).isFalse();
        assertThat(view.stride()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"0,2,5,5", "1,3,3,3", "4,2,2,4", "7,1,3,100", "10,0,5,5", "10,3,0,0"})
    void whatFitsIsAccepted(int offset, int rows, int columns, int stride) {
        assertThat(new Matrix().at(array, offset, rows, columns, stride).array())
                .isSameAs(array);
        assertThat(new Matrix()
                        .transposedAt(array, offset, rows, columns, stride)
                        .rows())
                .isEqualTo(columns);
    }

    @ParameterizedTest
    @CsvSource({"1,2,5,5", "0,2,5,6", "0,2,5,4", "-1,1,1,1", "0,-1,1,1", "0,2,-1,0", "0,2147483647,2,2"})
    void whatDoesNotFitIsRefused(int offset, int rows, int columns, int stride) {
        assertThatThrownBy(() -> new Matrix().at(array, offset, rows, columns, stride))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new Matrix().transposedAt(array, offset, rows, columns, stride))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aVectorLiesWithinItsArray() {
        assertThat(new Vector().at(array, 3, 7).length()).isEqualTo(7);
        assertThatThrownBy(() -> new Vector().at(array, 4, 7)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void anElementIsWhereTheViewShowsIt() {
        Matrix view = new Matrix();
        assertThat(view.at(array, 1, 2, 3, 4).index(1, 2)).isEqualTo(7);
        assertThat(view.transposedAt(array, 1, 2, 3, 4).index(2, 1)).isEqualTo(7);
    }

    @Test
    void segmentsCountLinesOfRows() {
        int[] rowStart = {0, 2, 2, 5};
        Segments view = new Segments().at(rowStart, 1, 3);
        assertThat(view.count()).isEqualTo(2);
        assertThat(view.start(0)).isEqualTo(2);
        assertThat(view.at(rowStart, 1, 3, 10).start(2)).isEqualTo(50);
        assertThat(view.at(rowStart, 3, 3).count()).isZero();
        assertThatThrownBy(() -> view.at(rowStart, 1, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
