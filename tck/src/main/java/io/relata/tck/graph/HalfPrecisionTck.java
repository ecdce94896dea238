package io.relata.tck.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.tck.tensor.RelataTck;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * FLOAT16 and BFLOAT16 store features: messages over them are those of FLOAT32 on the same numbers,
 * rounded once at the end; gradients are FLOAT32; everything else asks for a conversion.
 */
public abstract class HalfPrecisionTck extends RelataTck {
  private static final List<DType> HALVES = List.of(DType.FLOAT16, DType.BFLOAT16);

  private static final List<TestGraph> GRAPHS =
      List.of(TestGraph.random(3, 20, 15, 90), TestGraph.hub(4, 12, 60), TestGraph.small().get(5));

  /** Relative size of half a unit of the last place. */
  private static double rounding(DType half) {
    return half == DType.FLOAT16 ? 0x1p-11 : 0x1p-8;
  }

  private Tensor features(DType half, long rows, long... row) {
    relata.seed(rows);
    Shape shape = Shape.of(row).prepend(rows);
    return relata.uniform(0.5, 2, DType.FLOAT32, shape.dims()).to(half);
  }

  private static void close(Tensor found, Tensor expected, double relative, String what) {
    assertThat(found.shape()).as(what).isEqualTo(expected.shape());
    double[] f = found.toDoubleArray();
    double[] e = expected.toDoubleArray();
    for (int i = 0; i < f.length; i++) {
      assertThat(f[i])
          .as(what + ", element " + i)
          .isCloseTo(e[i], within(relative * (1 + Math.abs(e[i]))));
    }
  }

  @Test
  void messages_are_those_of_float32_rounded_once() {
    for (DType half : HALVES) {
      for (TestGraph t : GRAPHS) {
        Adjacency g = t.on(relata);
        for (MessageForm m : MessageForm.all()) {
          MessageForm.Rows rows = m.rows().get(0);
          Tensor x = features(half, MessageForm.count(t, m.left()), rows.left().dims());
          Tensor y =
              m.right() == null
                  ? null
                  : features(half, MessageForm.count(t, m.right()), rows.right().dims());
          Arg l = MessageForm.arg(m.left(), x);
          Arg r = MessageForm.arg(m.right(), y);
          Arg fullL = MessageForm.arg(m.left(), x.to(DType.FLOAT32));
          Arg fullR = MessageForm.arg(m.right(), y == null ? null : y.to(DType.FLOAT32));
          for (Reducer reducer : Reducer.values()) {
            Tensor found = GraphOps.gspmm(g, m.op(), reducer, l, r);
            assertThat(found.dtype()).isEqualTo(half);
            Tensor expected = GraphOps.gspmm(g, m.op(), reducer, fullL, fullR);
            close(
                found, expected, 1.01 * rounding(half), half + " " + m + " " + reducer + ", " + t);
          }
          Tensor found = GraphOps.gsddmm(g, m.op(), l, r);
          assertThat(found.dtype()).isEqualTo(half);
          close(
              found,
              GraphOps.gsddmm(g, m.op(), fullL, fullR),
              1.01 * rounding(half),
              half + " " + m + " per edge, " + t);
        }
      }
    }
  }

  @Test
  void edge_softmax_is_that_of_float32_rounded_once() {
    for (DType half : HALVES) {
      for (TestGraph t : GRAPHS) {
        Tensor logits = features(half, t.numEdges(), 3, 1);
        Tensor found = GraphOps.edgeSoftmax(t.on(relata), logits);
        assertThat(found.dtype()).isEqualTo(half);
        Tensor expected = GraphOps.edgeSoftmax(t.on(relata), logits.to(DType.FLOAT32));
        close(found, expected, 1.01 * rounding(half), half + ", " + t);
      }
    }
  }

  @Test
  void gradients_pass_through_halves_in_float32() {
    TestGraph t = GRAPHS.getFirst();
    Adjacency g = t.on(relata);
    for (DType half : HALVES) {
      // Numbers that both types hold exactly, so that only the gradient's own arithmetic counts.
      Tensor x = features(half, t.numSrc(), 4).to(DType.FLOAT32).requiresGrad(true);
      Tensor w = features(half, t.numEdges(), 1).to(DType.FLOAT32).requiresGrad(true);
      for (Reducer reducer : Reducer.values()) {
        gradients(g, reducer, x, w, half);
        Tensor dx = x.grad();
        Tensor dw = w.grad();
        x.setGrad(null);
        w.setGrad(null);
        gradients(g, reducer, x, w, DType.FLOAT32);
        // The forward softmax is rounded to half, and products of gradients see it.
        close(dx, x.grad(), 20 * rounding(half), half + " dx, " + reducer);
        close(dw, w.grad(), 20 * rounding(half), half + " dw, " + reducer);
        x.setGrad(null);
        w.setGrad(null);
      }
    }
  }

  private static void gradients(Adjacency g, Reducer reducer, Tensor x, Tensor w, DType type) {
    Tensor attention = GraphOps.edgeSoftmax(g, w.to(type));
    Tensor rows = x.to(type).slice(1, 1, 4);
    Tensor y = GraphOps.gspmm(g, MessageOp.MUL, reducer, Arg.u(rows), Arg.e(attention));
    assertThat(y.dtype()).isEqualTo(type);
    y.to(DType.FLOAT32).sum().backward();
  }

  @Test
  void moving_and_converting_keep_every_bit() {
    for (DType half : HALVES) {
      Tensor x = features(half, 6, 5);
      double[] v = x.toDoubleArray();
      assertThat(x.to(DType.FLOAT64).to(half).toDoubleArray()).isEqualTo(v);
      assertThat(Tensor.concat(0, List.of(x.slice(0, 0, 2), x.slice(0, 2, 6))).toDoubleArray())
          .isEqualTo(v);
      assertThat(x.permute(1, 0).permute(1, 0).toDoubleArray()).isEqualTo(v);
      Tensor reversed = relata.tensor(new int[] {5, 4, 3, 2, 1, 0});
      Tensor twice = x.indexSelect(0, reversed).indexSelect(0, reversed);
      assertThat(twice.toDoubleArray()).isEqualTo(v);
      assertThat(relata.full(1.5, half, 3).toDoubleArray()).containsExactly(1.5, 1.5, 1.5);
      Tensor odd = relata.tensor(new float[] {1, Float.NaN, Float.POSITIVE_INFINITY}).to(half);
      assertThat(odd.isFinite().toBooleanArray()).containsExactly(true, false, false);
      assertThat(odd.isNan().toBooleanArray()).containsExactly(false, true, false);
    }
  }

  @Test
  void arithmetic_asks_for_a_conversion() {
    for (DType half : HALVES) {
      Tensor x = features(half, 3, 3);
      List<Runnable> refused =
          List.of(
              () -> x.add(x),
              () -> x.eq(x),
              () -> x.mul(2),
              () -> x.exp(),
              () -> x.sum(),
              () -> x.argmax(1),
              () -> x.matmul(x),
              () -> x.indexAdd(relata.tensor(new int[] {0, 1, 2}), x),
              () -> x.requiresGrad(true));
      for (Runnable r : refused) {
        assertThatThrownBy(r::run)
            .isInstanceOf(RelataException.class)
            .hasMessageContaining(half.toString());
      }
      assertThatThrownBy(() -> x.add(x)).hasMessageContaining(".to(DType.FLOAT32)");
    }
  }
}
