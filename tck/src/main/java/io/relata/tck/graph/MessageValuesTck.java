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

/**
 * Values of message passing beyond the matrix of {@link MessageMatrixTck}: row shapes that meet in
 * every way, rows heavy enough to be split, numbers that are none, ties, softmax, several
 * relations.
 */
public abstract class MessageValuesTck extends RelataTck {
  private static final List<DType> FLOATS = List.of(DType.FLOAT32, DType.FLOAT64);
  private static final double INF = Double.POSITIVE_INFINITY;

  private static List<TestGraph> graphs() {
    List<TestGraph> all = new ArrayList<>(TestGraph.small());
    all.add(TestGraph.random(7, 90, 70, 1_000));
    all.add(TestGraph.hub(8, 50, 3_000));
    return all;
  }

  @Test
  void everyWayThatRowsCanMeet() {
    for (TestGraph g : TestGraph.small()) {
      Adjacency a = g.on(relata);
      for (DType dtype : FLOATS) {
        for (MessageForm m : MessageForm.all()) {
          // Where hardly an edge is, the first shapes tell all.
          for (MessageForm.Rows rows : g.numEdges() > 4 ? m.rows() : m.rows().subList(0, 3)) {
            new MessageCheck(g, dtype, m, rows).run(a, false);
          }
        }
      }
    }
  }

  @Test
  void heavyRowsAndGraphsOfSeveralBlocks() {
    for (TestGraph g : List.of(TestGraph.random(7, 90, 70, 1_000), TestGraph.hub(8, 50, 3_000))) {
      Adjacency a = g.on(relata);
      for (DType dtype : FLOATS) {
        for (MessageForm m : MessageForm.all()) {
          for (MessageForm.Rows rows : m.rows().subList(0, 2)) {
            new MessageCheck(g, dtype, m, rows).run(a, true);
          }
        }
      }
    }
  }

  @Test
  void rowsWithMostOfManyEdges() {
    TestGraph receives = TestGraph.hub(8, 50, 45_000);
    TestGraph sends =
        new TestGraph("sending hub", 50, 50, /* src= */ receives.dst(), /* dst= */ receives.src());
    List<MessageForm> forms =
        List.of(
            new MessageForm(MessageOp.COPY, Target.U, null),
            new MessageForm(MessageOp.COPY, Target.E, null),
            new MessageForm(MessageOp.MUL, Target.U, Target.E),
            new MessageForm(MessageOp.SUB, Target.V, Target.U),
            new MessageForm(MessageOp.DOT, Target.U, Target.V));
    for (TestGraph g : List.of(receives, sends)) {
      Adjacency a = g.on(relata);
      for (DType dtype : FLOATS) {
        for (MessageForm m : forms) {
          new MessageCheck(g, dtype, m, m.rows().get(1)).run(a, true);
        }
      }
      MessageForm heads = forms.get(2);
      MessageForm.Rows rows = new MessageForm.Rows(Shape.of(2, 16), Shape.of(2, 1));
      new MessageCheck(g, DType.FLOAT32, heads, rows).run(a, true);
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
