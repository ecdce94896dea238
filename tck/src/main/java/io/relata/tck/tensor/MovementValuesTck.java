package io.relata.tck.tensor;

import static io.relata.DType.BOOL;
import static io.relata.DType.FLOAT32;
import static io.relata.DType.FLOAT64;
import static io.relata.DType.INT32;
import static io.relata.DType.INT64;
import static io.relata.tck.tensor.Domain.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Values of everything that moves elements, in every type, and of views at odd offsets. */
public abstract class MovementValuesTck extends RelataTck {
  private static final List<DType> ALL = List.of(FLOAT32, FLOAT64, INT32, INT64, BOOL);

  /** Where element {@code index} of the result comes from, as a position in the source. */
  private interface Source {
    long of(long[] index);
  }

  private static long[] index(Shape s, long i) {
    long[] index = new long[s.rank()];
    for (int a = s.rank() - 1; a >= 0; a--) {
      index[a] = i % s.dim(a);
      i /= s.dim(a);
    }
    return index;
  }

  private void check(String name, Shape from, Function<Tensor, Tensor> f, Shape to, Source source) {
    for (DType dtype : ALL) {
      double[] x = Oracle.rounded(dtype, WHOLE.numbers(5, from.size()));
      double[] expected = new double[(int) to.size()];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = x[(int) source.of(index(to, i))];
      }
      Oracle.requireEqual(name, f.apply(tensor(dtype, x, from)), dtype, to, expected, 0);
    }
  }

  @Test
  void axesInAnotherOrder() {
    Shape s = Shape.of(5, 7, 9);
    check(
        "permute", s, t -> t.permute(2, 0, 1), Shape.of(9, 5, 7), i -> i[1] * 63 + i[2] * 9 + i[0]);
    check(
        "transpose",
        s,
        t -> t.transpose(1, 2),
        Shape.of(5, 9, 7),
        i -> i[0] * 63 + i[2] * 9 + i[1]);
    check("t", Shape.of(33, 65), Tensor::t, Shape.of(65, 33), i -> i[1] * 65 + i[0]);
    check("t of nothing", Shape.of(0, 4), Tensor::t, Shape.of(4, 0), i -> 0);
    check("same order", s, t -> t.permute(0, 1, 2), s, i -> i[0] * 63 + i[1] * 9 + i[2]);
    check(
        "four axes",
        Shape.of(2, 3, 4, 5),
        t -> t.permute(3, 1, 0, 2),
        Shape.of(5, 3, 2, 4),
        i -> i[2] * 60 + i[1] * 20 + i[3] * 5 + i[0]);
  }

  @Test
  void axesComeAndGo() {
    Shape s = Shape.of(2, 1, 3);
    assertThat(relata.zeros(2, 1, 3).squeeze(1).shape()).isEqualTo(Shape.of(2, 3));
    assertThat(relata.zeros(2, 1, 3).squeeze(0).shape()).isEqualTo(s);
    assertThat(relata.zeros(2, 3).unsqueeze(0).shape()).isEqualTo(Shape.of(1, 2, 3));
    assertThat(relata.zeros(2, 3).unsqueeze(2).shape()).isEqualTo(Shape.of(2, 3, 1));
    assertThat(relata.zeros(2, 3).unsqueeze(-1).shape()).isEqualTo(Shape.of(2, 3, 1));
    assertThat(relata.zeros(2, 3).unsqueeze(-3).shape()).isEqualTo(Shape.of(1, 2, 3));
    assertThat(relata.zeros(2, 3, 4).flatten(1).shape()).isEqualTo(Shape.of(2, 12));
    assertThat(relata.zeros(2, 3, 4).flatten(-1).shape()).isEqualTo(Shape.of(2, 3, 4));
    for (int axis : new int[] {3, -4, 9}) {
      assertThatThrownBy(() -> relata.zeros(1, 1).unsqueeze(axis))
          .isInstanceOf(RelataException.class);
    }
    assertThatThrownBy(() -> relata.zeros(2, 3).reshape(4, -1)).isInstanceOf(RelataException.class);
    assertThatThrownBy(() -> relata.zeros(2, 3).reshape(-1, -1))
        .isInstanceOf(RelataException.class);
    assertThatThrownBy(() -> relata.zeros(2, 3).permute(0, 0)).isInstanceOf(RelataException.class);
    assertThatThrownBy(() -> relata.zeros(2, 3).expand(4, 3)).isInstanceOf(RelataException.class);
    assertThatThrownBy(() -> relata.zeros(2, 3).expand(3)).isInstanceOf(RelataException.class);
  }

  @Test
  void expandRepeats() {
    check("rows", Shape.of(17), t -> t.expand(3, 17), Shape.of(3, 17), i -> i[1]);
    check("columns", Shape.of(9, 1), t -> t.expand(9, 17), Shape.of(9, 17), i -> i[0]);
    check("scalar", Shape.of(), t -> t.expand(4, 5), Shape.of(4, 5), i -> 0);
    check(
        "both",
        Shape.of(3, 1, 5, 1),
        t -> t.expand(3, 2, 5, 4),
        Shape.of(3, 2, 5, 4),
        i -> i[0] * 5 + i[2]);
  }

  @Test
  void slicesAndSelections() {
    Shape s = Shape.of(5, 7, 9);
    check(
        "rows",
        s,
        t -> t.slice(0, 1, 4),
        Shape.of(3, 7, 9),
        i -> (i[0] + 1) * 63 + i[1] * 9 + i[2]);
    check("middle", s, t -> t.slice(1, 2, 3), Shape.of(5, 1, 9), i -> i[0] * 63 + 18 + i[2]);
    check(
        "last", s, t -> t.slice(-1, 3, 8), Shape.of(5, 7, 5), i -> i[0] * 63 + i[1] * 9 + i[2] + 3);
    check("none", s, t -> t.slice(0, 5, 5), Shape.of(0, 7, 9), i -> 0);
    check("select", s, t -> t.select(1, 6), Shape.of(5, 9), i -> i[0] * 63 + 54 + i[1]);
    check(
        "slice of a slice",
        s,
        t -> t.slice(0, 1, 5).slice(0, 2, 3),
        Shape.of(1, 7, 9),
        i -> 3 * 63 + i[1] * 9 + i[2]);
    assertThatThrownBy(() -> relata.zeros(3).slice(0, 1, 4)).isInstanceOf(RelataException.class);
    assertThatThrownBy(() -> relata.zeros(3).slice(0, -1, 2)).isInstanceOf(RelataException.class);
    assertThatThrownBy(() -> relata.zeros(3).slice(0, 2, 1)).isInstanceOf(RelataException.class);
    assertThatThrownBy(() -> relata.zeros(3).select(0, 3)).isInstanceOf(RelataException.class);
  }

  @Test
  void rowsByIndex() {
    int[] ids = {3, 0, 0, 4, 2};
    for (DType dtype : List.of(INT32, INT64)) {
      Tensor index = relata.tensor(ids).to(dtype);
      check(
          "rows",
          Shape.of(5, 17),
          t -> t.indexSelect(0, index),
          Shape.of(5, 17),
          i -> ids[(int) i[0]] * 17L + i[1]);
      check(
          "columns",
          Shape.of(3, 5),
          t -> t.indexSelect(1, index),
          Shape.of(3, 5),
          i -> i[0] * 5 + ids[(int) i[1]]);
      check(
          "numbers", Shape.of(5), t -> t.indexSelect(0, index), Shape.of(5), i -> ids[(int) i[0]]);
      check(
          "middle",
          Shape.of(2, 5, 3),
          t -> t.indexSelect(-2, index),
          Shape.of(2, 5, 3),
          i -> i[0] * 15 + ids[(int) i[1]] * 3L + i[2]);
    }
    assertThat(relata.zeros(0, 3).indexSelect(0, relata.tensor(new int[0])).shape())
        .isEqualTo(Shape.of(0, 3));
    for (int bad : new int[] {-1, 5, Integer.MIN_VALUE}) {
      assertThatThrownBy(() -> relata.zeros(5).indexSelect(0, relata.tensor(new int[] {0, bad})))
          .isInstanceOf(RelataException.class)
          .hasMessageContaining("position 1")
          .hasMessageContaining(Integer.toString(bad));
    }
    assertThatThrownBy(() -> relata.zeros(5).indexSelect(0, relata.zeros(1)))
        .isInstanceOf(RelataException.class);
  }

  @Test
  void rowsAreAddedInAscendingOrder() {
    for (DType dtype : List.of(FLOAT32, FLOAT64, INT32, INT64)) {
      for (int width : new int[] {1, 3, 17}) {
        double[] x = WHOLE.numbers(1, 6L * width);
        double[] rows = WHOLE.numbers(2, 40L * width);
        int[] ids = new int[40];
        double[] expected = x.clone();
        for (int i = 0; i < 40; i++) {
          ids[i] = i * i % 6;
          for (int j = 0; j < width; j++) {
            expected[ids[i] * width + j] += rows[i * width + j];
          }
        }
        Tensor before = tensor(dtype, x, Shape.of(6, width));
        Tensor out = before.indexAdd(relata.tensor(ids), tensor(dtype, rows, Shape.of(40, width)));
        Oracle.requireEqual("indexAdd", out, dtype, Shape.of(6, width), expected, 0);
        assertThat(before.toDoubleArray()).containsExactly(x);
      }
    }
    // 1e8 swallows a 1 added after it, so the order shows.
    Tensor ordered =
        relata
            .zeros(1)
            .indexAdd(relata.tensor(new int[4]), relata.tensor(new float[] {1e8f, 1, -1e8f, 1}));
    assertThat(ordered.item()).isEqualTo(1);
  }

  @Test
  void partsAreJoined() {
    Tensor a = relata.tensor(new int[] {1, 2, 3, 4}, 2, 2);
    Tensor b = relata.tensor(new int[] {5, 6}, 2, 1);
    Tensor none = relata.tensor(new int[0], 2, 0);
    assertThat(Tensor.concat(1, a, none, b, a).toIntArray())
        .containsExactly(1, 2, 5, 1, 2, 3, 4, 6, 3, 4);
    assertThat(Tensor.concat(-2, a, a).toIntArray()).containsExactly(1, 2, 3, 4, 1, 2, 3, 4);
    assertThat(Tensor.stack(0, List.of(b, b)).shape()).isEqualTo(Shape.of(2, 2, 1));
    assertThat(Tensor.stack(-1, List.of(a, a)).toIntArray())
        .containsExactly(1, 1, 2, 2, 3, 3, 4, 4);
    assertThatThrownBy(() -> Tensor.concat(0, a, b)).isInstanceOf(RelataException.class);
    assertThatThrownBy(() -> Tensor.concat(0)).isInstanceOf(RelataException.class);
    assertThatThrownBy(() -> Tensor.concat(0, a, a.to(INT64))).isInstanceOf(RelataException.class);
  }

  @Test
  void viewsShareMemoryAndKernelsReadThemAtAnyOffset() {
    for (DType dtype : List.of(FLOAT32, FLOAT64)) {
      double[] x = Domain.POSITIVE.numbers(8, 131);
      Tensor whole = tensor(dtype, x, Shape.of(131));
      Tensor view = whole.slice(0, 3, 120);
      Tensor copy = view.copy();
      assertThat(view.exp().toDoubleArray()).containsExactly(copy.exp().toDoubleArray());
      assertThat(view.add(copy).toDoubleArray()).containsExactly(copy.mul(2).toDoubleArray());
      assertThat(view.sum().item()).isEqualTo(copy.sum().item());
      assertThat(view.softmax(0).toDoubleArray()).containsExactly(copy.softmax(0).toDoubleArray());
      assertThat(view.reshape(9, 13).matmul(true, copy.reshape(9, 13), false).toDoubleArray())
          .containsExactly(
              copy.reshape(9, 13).matmul(true, view.reshape(9, 13), false).toDoubleArray());
      view.assign(relata.full(7, dtype, 117));
      assertThat(whole.toDoubleArray()[2]).isEqualTo(Oracle.rounded(dtype, x)[2]);
      assertThat(whole.toDoubleArray()[3]).isEqualTo(7);
      assertThat(whole.toDoubleArray()[120]).isEqualTo(Oracle.rounded(dtype, x)[120]);
      assertThat(copy.max().item()).isLessThan(7);
    }
  }

  @Test
  void matrixProductsOfManySizesAgreeWithPlainLoops() {
    int[] sizes = {0, 1, 2, 3, 5, 8, 13, 17, 33, 70};
    for (DType dtype : List.of(FLOAT32, FLOAT64)) {
      for (int m : sizes) {
        for (int n : sizes) {
          int k = sizes[(m + 2 * n) % sizes.length];
          for (int flags = 0; flags < 4; flags++) {
            product(dtype, m, k, n, (flags & 1) != 0, (flags & 2) != 0);
          }
        }
      }
      product(dtype, 130, 257, 65, false, false);
      product(dtype, 1, 1000, 1, false, true);
    }
  }

  private void product(DType dtype, int m, int k, int n, boolean tx, boolean ty) {
    double[] x = Oracle.rounded(dtype, Domain.ANY.numbers(1, (long) m * k));
    double[] y = Oracle.rounded(dtype, Domain.ANY.numbers(2, (long) k * n));
    double[] expected = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        for (int l = 0; l < k; l++) {
          expected[i * n + j] += x[tx ? l * m + i : i * k + l] * y[ty ? j * k + l : l * n + j];
        }
      }
    }
    Tensor out =
        tensor(dtype, x, tx ? Shape.of(k, m) : Shape.of(m, k))
            .matmul(tx, tensor(dtype, y, ty ? Shape.of(n, k) : Shape.of(k, n)), ty);
    Oracle.requireEqual(
        "matmul " + m + " " + k + " " + n + " " + tx + " " + ty,
        out,
        dtype,
        Shape.of(m, n),
        expected,
        Oracle.tolerance(dtype) * Math.max(4, k));
  }

  @Test
  void aBatchIsAProductPerEntry() {
    for (int flags = 0; flags < 4; flags++) {
      boolean tx = (flags & 1) != 0;
      boolean ty = (flags & 2) != 0;
      relata.seed(1);
      Tensor x = tx ? relata.randn(3, 5, 7) : relata.randn(3, 7, 5);
      Tensor y = ty ? relata.randn(3, 9, 5) : relata.randn(3, 5, 9);
      Tensor out = x.matmul(tx, y, ty);
      assertThat(out.shape()).isEqualTo(Shape.of(3, 7, 9));
      for (int b = 0; b < 3; b++) {
        double[] one = x.select(0, b).matmul(tx, y.select(0, b), ty).toDoubleArray();
        Oracle.requireEqual("entry " + b, out.select(0, b), FLOAT32, Shape.of(7, 9), one, 1e-5);
      }
    }
    assertThat(relata.zeros(0, 2, 3).matmul(relata.zeros(0, 3, 4)).shape())
        .isEqualTo(Shape.of(0, 2, 4));
    assertThat(relata.zeros(2, 0, 3).matmul(relata.zeros(3, 4)).shape())
        .isEqualTo(Shape.of(2, 0, 4));
    assertThat(relata.ones(2, 3, 0).matmul(relata.ones(0, 4)).toDoubleArray()).containsOnly(0);
  }
}
