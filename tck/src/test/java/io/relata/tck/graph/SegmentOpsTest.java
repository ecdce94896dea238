package io.relata.tck.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.SegmentOps;
import io.relata.graph.Segments;
import io.relata.spi.Reducer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the golden cases do not show: bad input, and segments used more than once. */
class SegmentOpsTest {
  private static Relata relata;

  @BeforeAll
  static void open() {
    relata = Relata.open();
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  private static Tensor numbers(int from, long... shape) {
    int n = 1;
    for (long s : shape) {
      n *= (int) s;
    }
    return relata.arange(from, from + n, DType.INT32).to(DType.FLOAT64).reshape(shape);
  }

  @Test
  void emptySegmentsGiveZeroWithEveryReducer() {
    Segments s = Segments.of(relata, 0, 2, 0);
    Tensor x = numbers(3, 2);
    for (Reducer r : Reducer.values()) {
      double[] y = SegmentOps.segmentReduce(s, r, x).toDoubleArray();
      assertThat(y[0]).as("%s of the first segment", r).isZero();
      assertThat(y[1]).as("%s of the second segment", r).isBetween(3.0, 7.0);
      assertThat(y[2]).as("%s of the third segment", r).isZero();
    }
  }

  @Test
  void gradientOfASegmentWithoutRowsIsAMatrixOfZeros() {
    Tensor a = numbers(1, 2, 3).requiresGrad(true);
    Tensor b = numbers(1, 2, 3, 2).requiresGrad(true);
    SegmentOps.segmentMatmul(Segments.of(relata, 2, 0), a, b).sum().backward();
    assertThat(b.grad().slice(0, 1, 2).toDoubleArray()).containsOnly(0);
    assertThat(b.grad().slice(0, 0, 1).toDoubleArray()).containsExactly(5, 5, 7, 7, 9, 9);
    assertThat(a.grad().toDoubleArray()).containsExactly(3, 7, 11, 3, 7, 11);
  }

  @Test
  void productsOverNoColumnsAreZero() {
    Tensor a = relata.zeros(DType.FLOAT64, 3, 0);
    Tensor b = relata.zeros(DType.FLOAT64, 1, 0, 2);
    Tensor y = SegmentOps.segmentMatmul(Segments.of(relata, 3), a, b);
    assertThat(y.shape().dims()).containsExactly(3, 2);
    assertThat(y.toDoubleArray()).containsOnly(0);
  }

  @Test
  void gatheredProductsAgreeWithOneProductARow() {
    Tensor a = numbers(1, 4, 3);
    Tensor b = numbers(-5, 3, 3, 2);
    int[] index = {2, 0, 2, 1};
    Tensor y = SegmentOps.gatherMatmul(a, b, relata.tensor(index));
    for (int i = 0; i < index.length; i++) {
      Tensor row = a.slice(0, i, i + 1).matmul(b.select(0, index[i]));
      assertThat(y.select(0, i).toDoubleArray()).containsExactly(row.toDoubleArray());
    }
  }

  @Test
  void broadcastingNeedsARowForEverySegment() {
    Segments s = Segments.of(relata, 2, 0, 1);
    assertThat(SegmentOps.segmentBroadcast(s, numbers(5, 3)).toDoubleArray())
        .containsExactly(5, 5, 7);
    assertThatThrownBy(() -> SegmentOps.segmentBroadcast(s, numbers(0, 2)))
        .hasMessageContaining("Every segment needs a row [SHAPE]")
        .hasMessageContaining("3 rows");
  }

  @Test
  void negativeLengthIsRefused() {
    assertThatThrownBy(() -> Segments.of(relata, 1, -1))
        .isInstanceOf(RelataException.class)
        .hasMessageContaining("A segment length is negative [ARGUMENT]")
        .hasMessageContaining("segment 1")
        .hasMessageContaining("-1");
  }

  @Test
  void lengthsThatDoNotCoverTheRowsAreRefused() {
    Segments s = Segments.of(relata, 1, 2);
    assertThatThrownBy(() -> SegmentOps.segmentSoftmax(s, numbers(0, 4, 1)))
        .hasMessageContaining("The segments do not cover the rows [SHAPE]")
        .hasMessageContaining("3 rows")
        .hasMessageContaining("(4, 1)");
    assertThatThrownBy(() -> SegmentOps.segmentReduce(s, Reducer.SUM, numbers(0, 4, 1)))
        .hasMessageContaining("segmentReduce");
    assertThatThrownBy(() -> SegmentOps.segmentMatmul(s, numbers(0, 4, 1), numbers(0, 2, 1, 1)))
        .hasMessageContaining("The segments do not cover the rows [SHAPE]")
        .hasMessageContaining("segmentMatmul");
  }

  @Test
  void matricesOfAnotherSizeAreRefused() {
    Segments s = Segments.of(relata, 1, 2);
    assertThatThrownBy(() -> SegmentOps.segmentMatmul(s, numbers(0, 3, 2), numbers(0, 2, 3, 1)))
        .hasMessageContaining("The rows and the matrices do not fit [SHAPE]")
        .hasMessageContaining("(3, 2) and (2, 3, 1)");
    Tensor index = relata.tensor(new int[] {0, 1, 1});
    assertThatThrownBy(() -> SegmentOps.gatherMatmul(numbers(0, 3, 2), numbers(0, 2, 3, 1), index))
        .hasMessageContaining("gatherMatmul")
        .hasMessageContaining("(3, 2) and (2, 3, 1)");
    assertThatThrownBy(
            () ->
                SegmentOps.segmentMatmul(s, numbers(0, 3, 2).to(DType.INT32), numbers(0, 2, 2, 1)))
        .hasMessageContaining("The matrices need one floating-point type [DTYPE]")
        .hasMessageContaining(".to(DType.FLOAT64)");
    assertThatThrownBy(
            () ->
                SegmentOps.segmentMatmul(
                    s, numbers(0, 3, 2).to(DType.FLOAT32), numbers(0, 2, 2, 1)))
        .hasMessageContaining(".to(DType.FLOAT32)");
  }

  @Test
  void anIndexWithoutMatrixIsRefused() {
    Tensor index = relata.tensor(new int[] {0, 2});
    assertThatThrownBy(() -> SegmentOps.gatherMatmul(numbers(0, 2, 1), numbers(0, 2, 1, 1), index))
        .hasMessageContaining("There is no such matrix [INDEX]")
        .hasMessageContaining("position 1")
        .hasMessageContaining("0 to 1");
  }
}
