package io.relata.tck.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.graph.Term;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import io.relata.tck.tensor.Domain;
import io.relata.tck.tensor.Oracle;
import io.relata.tck.tensor.RelataTck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values of every message and reducer against loops over edges in double arithmetic. */
public abstract class MessageValuesTck extends RelataTck {
  private static final List<DType> FLOATS = List.of(DType.FLOAT32, DType.FLOAT64);
  private static final double INF = Double.POSITIVE_INFINITY;

  private static List<TestGraph> graphs() {
    List<TestGraph> all = new ArrayList<>(TestGraph.small());
    all.add(TestGraph.random(7, 90, 70, 1_000));
    all.add(TestGraph.hub(8, 50, 3_000));
    return all;
  }

  private static int end(TestGraph g, Target t, int edge) {
    return switch (t) {
      case U -> g.src()[edge];
      case V -> g.dst()[edge];
      case E -> edge;
    };
  }

  private static double apply(MessageOp op, double x, double y) {
    return switch (op) {
      case COPY -> x;
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL, DOT -> x * y;
      case DIV -> x / y;
    };
  }

  private static Shape feature(MessageForm m, MessageForm.Rows rows) {
    Shape full = full(m, rows);
    return m.op() == MessageOp.DOT && full.rank() > 0 ? full.with(-1, 1) : full;
  }

  private static Shape full(MessageForm m, MessageForm.Rows rows) {
    return m.right() == null ? rows.left() : Shape.broadcastOrNull(rows.left(), rows.right());
  }

  /** One message, in double. */
  private static double[] message(
      TestGraph g, MessageForm m, MessageForm.Rows rows, double[] left, double[] right, int e) {
    Shape full = full(m, rows);
    Shape feature = feature(m, rows);
    double[] out = new double[(int) feature.size()];
    int l = end(g, m.left(), e) * (int) rows.left().size();
    int r = m.right() == null ? 0 : end(g, m.right(), e) * (int) rows.right().size();
    for (int j = 0; j < full.size(); j++) {
      double x = left[l + Oracle.at(full, j, rows.left())];
      double y = m.right() == null ? 0 : right[r + Oracle.at(full, j, rows.right())];
      out[Oracle.at(full, j, feature)] += apply(m.op(), x, y);
    }
    return out;
  }

  private static double[] reduce(TestGraph g, Reducer reducer, double[][] messages, int width) {
    double[] out = new double[g.numDst() * width];
    int[] degree = new int[g.numDst()];
    for (int e = 0; e < g.numEdges(); e++) {
      int v = g.dst()[e];
      for (int j = 0; j < width; j++) {
        double before = out[v * width + j];
        double x = messages[e][j];
        out[v * width + j] =
            switch (reducer) {
              case SUM, MEAN -> before + x;
              case MAX -> degree[v] == 0 ? x : Math.max(before, x);
              case MIN -> degree[v] == 0 ? x : Math.min(before, x);
            };
      }
      degree[v]++;
    }
    for (int i = 0; reducer == Reducer.MEAN && i < out.length; i++) {
      out[i] /= Math.max(1, degree[i / width]);
    }
    return out;
  }

  private void check(TestGraph g, Adjacency a, DType dtype, MessageForm m, MessageForm.Rows rows) {
    int nl = MessageForm.count(g, m.left());
    double[] left = Oracle.rounded(dtype, Domain.NONZERO.numbers(1, nl * rows.left().size()));
    Arg lhs = MessageForm.arg(m.left(), tensor(dtype, left, rows.left().prepend(nl)));
    Arg rhs = null;
    double[] right = null;
    if (m.right() != null) {
      int nr = MessageForm.count(g, m.right());
      right = Oracle.rounded(dtype, Domain.NONZERO.numbers(2, nr * rows.right().size()));
      rhs = MessageForm.arg(m.right(), tensor(dtype, right, rows.right().prepend(nr)));
    }
    Shape feature = feature(m, rows);
    int width = (int) feature.size();
    double[][] messages = new double[g.numEdges()][];
    double[] flat = new double[g.numEdges() * width];
    for (int e = 0; e < messages.length; e++) {
      messages[e] = message(g, m, rows, left, right, e);
      System.arraycopy(messages[e], 0, flat, e * width, width);
    }
    String what = m + ", " + rows + ", " + g;
    double tolerance = Oracle.tolerance(dtype) * 50;
    Oracle.requireEqual(
        what,
        GraphOps.gsddmm(a, m.op(), lhs, rhs),
        dtype,
        feature.prepend(g.numEdges()),
        flat,
        tolerance);
    for (Reducer r : Reducer.values()) {
      Oracle.requireEqual(
          r + " of " + what,
          GraphOps.gspmm(a, m.op(), r, lhs, rhs),
          dtype,
          feature.prepend(g.numDst()),
          reduce(g, r, messages, width),
          tolerance);
    }
  }

  @Test
  void everyMessageAndReducerOnEveryGraph() {
    for (TestGraph g : graphs()) {
      Adjacency a = g.on(relata);
      for (DType dtype : FLOATS) {
        for (MessageForm m : MessageForm.all()) {
          // Where hardly an edge is, the first shapes tell all.
          for (MessageForm.Rows rows : g.numEdges() > 4 ? m.rows() : m.rows().subList(0, 3)) {
            check(g, a, dtype, m, rows);
          }
        }
      }
    }
  }

  @Test
  void wideRowsAndOddWidths() {
    TestGraph g = TestGraph.hub(9, 20, 300);
    Adjacency a = g.on(relata);
    MessageForm mul = new MessageForm(MessageOp.MUL, Target.U, Target.E);
    MessageForm dot = new MessageForm(MessageOp.DOT, Target.U, Target.V);
    MessageForm copy = new MessageForm(MessageOp.COPY, Target.U, null);
    for (DType dtype : FLOATS) {
      for (int width : new int[] {1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 130}) {
        Shape row = Shape.of(width);
        check(g, a, dtype, mul, new MessageForm.Rows(row, Shape.of(1)));
        check(g, a, dtype, mul, new MessageForm.Rows(row, row));
        check(g, a, dtype, dot, new MessageForm.Rows(row, row));
        check(g, a, dtype, copy, new MessageForm.Rows(row, null));
        Shape heads = Shape.of(3, width);
        check(g, a, dtype, mul, new MessageForm.Rows(heads, Shape.of(3, 1)));
        check(g, a, dtype, dot, new MessageForm.Rows(heads, heads));
      }
    }
  }

  @Test
  void nanAndInfinityPassThroughAndEmptyRowsAreZero() {
    TestGraph g =
        new TestGraph("special", 4, 4, new int[] {0, 1, 2, 3, 3}, new int[] {0, 0, 1, 1, 2});
    Adjacency a = g.on(relata);
    double[] x = {Double.NaN, 1, -INF, -INF, 0};
    for (DType dtype : FLOATS) {
      Arg u = Arg.u(tensor(dtype, Arrays.copyOf(x, 4), Shape.of(4)));
      for (Reducer r : List.of(Reducer.MAX, Reducer.MIN, Reducer.SUM, Reducer.MEAN)) {
        assertThat(GraphOps.copyReduce(a, r, u).toDoubleArray())
            .as("%s", r)
            .containsExactly(Double.NaN, -INF, -INF, 0);
      }
    }
  }

  @Test
  void ofEqualMessagesTheSmallestEdgeWinsTheGradient() {
    // Edges 0, 2, 3 enter node 0 with the same value, edge 2 listed before edge 0 by source.
    TestGraph g = new TestGraph("ties", 3, 1, new int[] {2, 1, 0, 2}, new int[] {0, 0, 0, 0});
    Adjacency a = g.on(relata);
    for (DType dtype : FLOATS) {
      for (Reducer r : List.of(Reducer.MAX, Reducer.MIN)) {
        double other = r == Reducer.MAX ? -9 : 9;
        Tensor x = tensor(dtype, new double[] {5, other, 5}, Shape.of(3)).requiresGrad(true);
        GraphOps.copyReduce(a, r, Arg.u(x)).sum().backward();
        assertThat(x.grad().toDoubleArray()).as("%s %s", r, dtype).containsExactly(0, 0, 1);
        Tensor e = tensor(dtype, new double[] {5, other, 5, 5}, Shape.of(4)).requiresGrad(true);
        GraphOps.copyReduce(a, r, Arg.e(e)).sum().backward();
        assertThat(e.grad().toDoubleArray()).containsExactly(1, 0, 0, 0);
      }
    }
  }

  @Test
  void softmaxOverInEdgesSumsToOneAndKnowsMinusInfinity() {
    for (TestGraph g : graphs()) {
      Adjacency a = g.on(relata);
      for (DType dtype : FLOATS) {
        for (int width : new int[] {1, 3, 17}) {
          Shape s = Shape.of(g.numEdges(), width);
          double[] x = Oracle.rounded(dtype, Domain.ANY.numbers(4, s.size()));
          double[] sums = new double[g.numDst() * width];
          double[] expected = new double[x.length];
          for (int i = 0; i < x.length; i++) {
            sums[g.dst()[i / width] * width + i % width] += Math.exp(x[i]);
          }
          for (int i = 0; i < x.length; i++) {
            expected[i] = Math.exp(x[i]) / sums[g.dst()[i / width] * width + i % width];
          }
          Tensor y = GraphOps.edgeSoftmax(a, tensor(dtype, x, s));
          Oracle.requireEqual("edgeSoftmax " + g, y, dtype, s, expected, 1e-5);
        }
      }
    }
    TestGraph g = new TestGraph("few", 1, 3, new int[5], new int[] {0, 0, 1, 2, 2});
    double[] logits = {-INF, 1e4, -INF, Double.NaN, 0};
    assertThat(GraphOps.edgeSoftmax(g.on(relata), relata.tensor(logits)).toDoubleArray())
        .containsExactly(0, 1, 0, Double.NaN, Double.NaN);
  }

  @Test
  void severalRelationsAddUp() {
    Adjacency a = TestGraph.random(3, 9, 6, 20).on(relata);
    Adjacency b = new TestGraph("none", 2, 6, new int[0], new int[0]).on(relata);
    Tensor x = relata.normal(0, 1, DType.FLOAT64, 9, 5);
    Tensor y = relata.normal(0, 1, DType.FLOAT64, 2, 5);
    Tensor out =
        GraphOps.gspmmSum(
            List.of(
                new Term(b, MessageOp.COPY, Reducer.MEAN, Arg.u(y), null, "none"),
                new Term(a, MessageOp.COPY, Reducer.MEAN, Arg.u(x), null, "mean"),
                new Term(a, MessageOp.COPY, Reducer.SUM, Arg.u(x), null, "sum")));
    Tensor expected =
        GraphOps.copyReduce(a, Reducer.MEAN, Arg.u(x))
            .add(GraphOps.copyReduce(a, Reducer.SUM, Arg.u(x)));
    Oracle.requireEqual(
        "sum of three", out, DType.FLOAT64, Shape.of(6, 5), expected.toDoubleArray(), 1e-12);
  }
}
