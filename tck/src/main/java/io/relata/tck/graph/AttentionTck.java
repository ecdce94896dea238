package io.relata.tck.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Scope;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.tck.tensor.Domain;
import io.relata.tck.tensor.GradientTck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * {@link GraphOps#attention}, which backends may compute in one pass, against the operations it
 * stands for, and its gradients also against differences.
 */
public abstract class AttentionTck extends GradientTck {
  private static final double SLOPE = 0.2;
  private static final int[] HEADS = {1, 2, 3, 4, 5, 8, 12, 16, 17, 40};
  private static final int[] WIDTHS = {1, 3, 8, 16, 20, 70};

  /** The operations that {@link GraphOps#attention} stands for. */
  private static Tensor composed(Adjacency g, double slope, Tensor[] x) {
    Tensor logits = GraphOps.gsddmm(g, MessageOp.ADD, Arg.u(x[0]), Arg.v(x[1]));
    logits = (x[3] == null ? logits : logits.add(x[3])).leakyRelu(slope);
    Arg weights = Arg.e(GraphOps.edgeSoftmax(g, logits).unsqueeze(2));
    return GraphOps.gspmm(g, MessageOp.MUL, Reducer.SUM, Arg.u(x[2]), weights);
  }

  private static Tensor fused(Adjacency g, double slope, Tensor[] x) {
    return GraphOps.attention(g, x[0], x[1], x[3], slope, x[2]);
  }

  private static Shape[] shapes(TestGraph g, int heads, int width, boolean edge) {
    Shape source = Shape.of(g.numSrc(), heads);
    Shape destination = Shape.of(g.numDst(), heads);
    Shape values = Shape.of(g.numSrc(), heads, width);
    Shape term = Shape.of(g.numEdges(), heads);
    return edge
        ? new Shape[] {source, destination, values, term}
        : new Shape[] {source, destination, values};
  }

  /** Random operands: terms of sources and destinations, values, terms of edges or null. */
  private Tensor[] operands(DType dtype, Shape[] shapes) {
    Tensor[] x = new Tensor[4];
    for (int i = 0; i < shapes.length; i++) {
      x[i] = tensor(dtype, Domain.ANY.numbers(i + 5, shapes[i].size()), shapes[i]);
      x[i].requiresGrad(true);
    }
    return x;
  }

  private static void assertClose(String what, DType dtype, Tensor actual, Tensor expected) {
    assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
    double[] a = actual.toDoubleArray();
    double[] e = expected.toDoubleArray();
    double scale = Math.max(1, Arrays.stream(e).map(Math::abs).max().orElse(0));
    for (int i = 0; i < a.length; i++) {
      assertThat(Math.abs(a[i] - e[i]))
          .as("%s, element %d: %s, composed %s", what, i, a[i], e[i])
          .isLessThanOrEqualTo(scale * (dtype == DType.FLOAT32 ? 5e-5 : 1e-12));
    }
  }

  private void equalsTheComposition(
      TestGraph g, Adjacency a, DType dtype, int heads, int width, boolean edge) {
    String what = "%s, %s, %d heads of %d, edge terms %s".formatted(g, dtype, heads, width, edge);
    try (Scope _ = relata.scope()) {
      Shape[] shapes = shapes(g, heads, width, edge);
      Tensor[] x = operands(dtype, shapes);
      Tensor[] y = operands(dtype, shapes);
      Tensor actual = fused(a, SLOPE, x);
      Tensor expected = composed(a, SLOPE, y);
      assertClose(what, dtype, actual, expected);
      double[] numbers = Domain.NONZERO.numbers(11, expected.size());
      Tensor gradient = tensor(dtype, numbers, expected.shape());
      actual.backward(gradient);
      expected.backward(gradient);
      for (int i = 0; i < shapes.length; i++) {
        assertClose(what + ", gradient " + i, dtype, x[i].grad(), y[i].grad());
      }
    }
  }

  private static List<TestGraph> graphs() {
    List<TestGraph> all = new ArrayList<>(TestGraph.small());
    all.add(TestGraph.random(31, 90, 70, 2_500));
    all.add(TestGraph.hub(32, 60, 4_000));
    TestGraph sorted = TestGraph.random(33, 80, 80, 1_500);
    int[] dst = sorted.dst().clone();
    Arrays.sort(dst);
    all.add(new TestGraph("in the order of destinations", 80, 80, sorted.src(), dst));
    int[] src = sorted.src().clone();
    Arrays.sort(src);
    all.add(new TestGraph("in the order of sources", 80, 80, src, sorted.dst()));
    return all;
  }

  @TestFactory
  List<DynamicTest> valuesAndGradientsEqualTheComposition() {
    for (TestGraph g : graphs()) {
      add(
          g.toString(),
          () -> {
            Adjacency a = g.on(relata);
            for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
              for (int i = 0; i < HEADS.length; i++) {
                int width = WIDTHS[i % WIDTHS.length];
                equalsTheComposition(g, a, dtype, HEADS[i], width, i % 4 < 2);
              }
              equalsTheComposition(g, a, dtype, 1, 128, true);
              equalsTheComposition(g, a, dtype, 8, 40, false);
              equalsTheComposition(g, a, dtype, 2, 300, true);
            }
          });
    }
    return added();
  }

  @TestFactory
  List<DynamicTest> headsOfEveryWidth() {
    TestGraph g = TestGraph.random(38, 50, 50, 1_200);
    for (int heads : HEADS) {
      add(
          heads + " heads",
          () -> {
            Adjacency a = g.on(relata);
            for (int width : WIDTHS) {
              equalsTheComposition(g, a, DType.FLOAT32, heads, width, false);
              equalsTheComposition(g, a, DType.FLOAT64, heads, width, true);
            }
          });
    }
    return added();
  }

  @TestFactory
  List<DynamicTest> gradientsAreSlopes() {
    for (TestGraph g : TestGraph.small()) {
      Adjacency a = g.on(relata);
      for (int[] s : new int[][] {{1, 1}, {1, 3}, {2, 2}, {3, 4}}) {
        for (boolean edge : new boolean[] {false, true}) {
          add(
              g + ", edge terms " + edge,
              Domain.ANY,
              x -> fused(a, SLOPE, Arrays.copyOf(x, 4)),
              shapes(g, s[0], s[1], edge));
        }
      }
    }
    return added();
  }

  /** The last walk may overwrite what the forward pass kept, one before it may not. */
  @Test
  void everyWalkGivesTheSameBits() {
    for (int nodes : new int[] {1, 60}) {
      TestGraph g = TestGraph.random(41, nodes, nodes, 900);
      Adjacency a = g.on(relata);
      for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
        Tensor[] x = operands(dtype, shapes(g, 4, 16, false));
        Tensor out = fused(a, SLOPE, x);
        Tensor gradient = tensor(dtype, Domain.NONZERO.numbers(11, out.size()), out.shape());
        List<double[]> first = new ArrayList<>();
        for (int walk = 0; walk < 3; walk++) {
          out.backward(gradient, walk < 2);
          for (int i = 0; i < 3; i++) {
            double[] found = x[i].grad().toDoubleArray();
            if (walk == 0) {
              first.add(found);
            }
            assertThat(found).as("walk %d, gradient %d", walk, i).isEqualTo(first.get(i));
            x[i].zeroGrad();
          }
        }
      }
    }
  }

  @Test
  void aReversedViewAttendsTheOtherWay() {
    TestGraph g = TestGraph.random(34, 40, 30, 300);
    TestGraph back = new TestGraph("back", 30, 40, g.dst(), g.src());
    equalsTheComposition(back, g.on(relata).reversed(), DType.FLOAT32, 4, 8, true);
  }

  @Test
  void anySlope() {
    TestGraph g = TestGraph.random(35, 20, 20, 200);
    Adjacency a = g.on(relata);
    for (double slope : new double[] {-1, 0, 1, 3}) {
      Tensor[] x = operands(DType.FLOAT32, shapes(g, 4, 8, false));
      Tensor[] y = operands(DType.FLOAT32, shapes(g, 4, 8, false));
      Tensor out = fused(a, slope, x);
      Tensor expected = composed(a, slope, y);
      assertClose("slope " + slope, DType.FLOAT32, out, expected);
      out.square().sum().backward();
      expected.square().sum().backward();
      for (int i = 0; i < 3; i++) {
        assertClose("slope " + slope, DType.FLOAT32, x[i].grad(), y[i].grad());
      }
    }
  }

  /**
   * Five rows: one edge of two is -inf, all are -inf, one is NaN, no edges, huge logits far apart.
   */
  private void rulesOfSpecialLogits(DType dtype, int heads) {
    double inf = Double.POSITIVE_INFINITY;
    int[] dst = {0, 0, 1, 1, 2, 2, 4, 4};
    int[] src = {0, 1, 0, 1, 0, 1, 0, 1};
    double[] terms = {-inf, 1, -inf, -inf, Double.NaN, 1, 1e30, -1e30};
    double[] first = {2, 0, Double.NaN, 0, 1};
    Adjacency g = Adjacency.of(relata, "special logits", 2, 5, src, dst);
    double[] edge = new double[8 * heads];
    Arrays.setAll(edge, i -> terms[i / heads]);
    double[] values = new double[2 * heads * 3];
    Arrays.setAll(values, i -> i < 3 * heads ? 1 : 2);
    Tensor[] x = {
      relata.zeros(dtype, 2, heads).requiresGrad(true),
      relata.zeros(dtype, 5, heads).requiresGrad(true),
      tensor(dtype, values, Shape.of(2, heads, 3)).requiresGrad(true),
      tensor(dtype, edge, Shape.of(8, heads)).requiresGrad(true)
    };
    Tensor out = fused(g, SLOPE, x);
    double[] y = out.toDoubleArray();
    for (int i = 0; i < y.length; i++) {
      assertThat(Double.valueOf(y[i]))
          .as("%s, %d heads, %d", dtype, heads, i)
          .isEqualTo(Double.valueOf(first[i / (3 * heads)]));
    }
    // Without the row that holds a NaN, all gradients are numbers.
    double[] seed = new double[y.length];
    Arrays.setAll(seed, i -> i / (3 * heads) == 2 ? 0 : i % 3);
    out.backward(tensor(dtype, seed, out.shape()));
    double[] de = x[3].grad().toDoubleArray();
    for (int i = 0; i < de.length; i++) {
      if (dst[i / heads] == 2) {
        assertThat(de[i]).isNaN();
      } else {
        assertThat(de[i]).isFinite();
      }
      if (terms[i / heads] == -inf) {
        assertThat(de[i]).isZero();
      }
    }
  }

  @Test
  void minusInfinityGetsNothingAndNanPropagates() {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      for (int heads : HEADS) {
        rulesOfSpecialLogits(dtype, heads);
      }
    }
  }

  @Test
  void noHeadsOrNoWidthIsAnEmptyResult() {
    TestGraph g = TestGraph.random(36, 5, 4, 9);
    Adjacency a = g.on(relata);
    for (int[] s : new int[][] {{0, 3}, {2, 0}}) {
      Tensor[] x = operands(DType.FLOAT32, shapes(g, s[0], s[1], true));
      Tensor out = fused(a, SLOPE, x);
      assertThat(out.shape()).isEqualTo(Shape.of(4, s[0], s[1]));
      out.sum().backward();
      assertThat(x[0].grad().toDoubleArray()).isEqualTo(new double[5 * s[0]]);
    }
  }

  @Test
  void operandsThatDoNotFitAreNamed() {
    TestGraph g = TestGraph.random(37, 5, 4, 9);
    Adjacency a = g.on(relata);
    Tensor[] x = operands(DType.FLOAT32, shapes(g, 2, 3, true));
    refuses(ErrorId.FIELD_ROWS, "source", () -> fused(a, SLOPE, with(x, 0, relata.zeros(4, 2))));
    refuses(ErrorId.SHAPE, "destination", () -> fused(a, SLOPE, with(x, 1, relata.zeros(4, 3))));
    refuses(ErrorId.SHAPE, "source", () -> fused(a, SLOPE, with(x, 0, relata.zeros(5, 2, 1))));
    refuses(ErrorId.SHAPE, "values", () -> fused(a, SLOPE, with(x, 2, relata.zeros(5, 6))));
    refuses(ErrorId.FIELD_ROWS, "edge", () -> fused(a, SLOPE, with(x, 3, relata.zeros(8, 2))));
    Tensor wide = relata.zeros(DType.FLOAT64, 4, 2);
    refuses(ErrorId.DTYPE, "destination", () -> fused(a, SLOPE, with(x, 1, wide)));
    Tensor whole = relata.zeros(DType.INT32, 5, 2, 3);
    refuses(ErrorId.DTYPE, "values", () -> fused(a, SLOPE, with(x, 2, whole)));
  }

  private static Tensor[] with(Tensor[] x, int i, Tensor other) {
    Tensor[] y = x.clone();
    y[i] = other;
    return y;
  }

  private static void refuses(ErrorId id, String operand, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            RelataException.class, e -> assertThat(e.id()).as(e.getMessage()).isEqualTo(id))
        .hasMessageContaining("attention, " + operand);
  }
}
