package io.relata.tck.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.NoGrad;
import io.relata.Scope;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.graph.Term;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import io.relata.tck.tensor.RelataTck;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * No reduced product, nor its gradient, makes an array of edges times features: with many more
 * edges than nodes even the sum of all blocks made stays below one such array.
 */
public abstract class FusedMemoryTck extends RelataTck {
  private static final int NODES = 40;
  private static final int EDGES = 10_000;
  private static final int WIDTH = 32;

  /** What an array of every edge's message would take. */
  private static final long EDGE_ARRAY = (long) EDGES * WIDTH * Float.BYTES;

  private final TestGraph graph = TestGraph.random(1, NODES, NODES, EDGES);

  private Tensor rows(Target target, Shape edgeRow) {
    Shape row = target == Target.E ? edgeRow : Shape.of(4, WIDTH / 4);
    int count = MessageForm.count(graph, target);
    return relata.rand(row.prepend(count).dims()).add(0.5).detach().requiresGrad(true);
  }

  /** Bytes that forward and backward needed at once beyond what was there before. */
  private long needed(Runnable body) {
    // In this order a collection between the two cannot make garbage of before look like need.
    long before = relata.memory().used();
    relata.resetPeakMemory();
    try (Scope _ = relata.scope()) {
      body.run();
    }
    return relata.memory().peak() - before;
  }

  private void forwardAndBackward(Adjacency g, MessageForm m, Reducer reducer, Shape edgeRow) {
    Tensor left = rows(m.left(), edgeRow);
    Tensor right = m.right() == null ? null : rows(m.right(), edgeRow);
    long needed =
        needed(
            () -> {
              Tensor out =
                  GraphOps.gspmm(
                      g,
                      m.op(),
                      reducer,
                      MessageForm.arg(m.left(), left),
                      MessageForm.arg(m.right(), right));
              out.backward(relata.ones(out.shape().dims()));
            });
    assertThat(needed).as("%s %s, edges %s", m, reducer, edgeRow).isLessThan(EDGE_ARRAY);
  }

  @Test
  void everyMessageAndReducerWithAWeightPerEdgeOrHead() {
    Adjacency g = graph.on(relata);
    for (Shape edgeRow : List.of(Shape.of(1, 1), Shape.of(4, 1))) {
      for (MessageForm m : MessageForm.all()) {
        // A dot product wants equal last sizes, so an edge cannot have a mere weight there.
        boolean onEdges = m.left() == Target.E || m.right() == Target.E;
        if (m.op() != MessageOp.DOT || !onEdges) {
          for (Reducer r : Reducer.values()) {
            forwardAndBackward(g, m, r, edgeRow);
          }
        }
      }
    }
  }

  @Test
  void severalRelationsNeedOneResult() {
    Adjacency g = graph.on(relata);
    Tensor x = rows(Target.U, null);
    Term mean = new Term(g, MessageOp.COPY, Reducer.MEAN, Arg.u(x), null, "copy_u");
    Term sum = new Term(g, MessageOp.MUL, Reducer.SUM, Arg.u(x), Arg.v(x), "u_mul_v");
    Runnable body = () -> GraphOps.gspmmSum(List.of(mean, sum, mean)).sum().backward();
    // What is kept with the graph, on some backends more than its indices, is not of a step.
    body.run();
    assertThat(needed(body)).isLessThan(EDGE_ARRAY / 4);
  }

  @Test
  void withoutARecordMaxNeedsWhatASumNeeds() {
    Adjacency g = graph.on(relata);
    Tensor x = rows(Target.U, null);
    // What is made once for the graph is not to be counted.
    withoutARecord(g, Reducer.SUM, x);
    withoutARecord(g, Reducer.MAX, x);
    long sum = needed(() -> withoutARecord(g, Reducer.SUM, x));
    assertThat(needed(() -> withoutARecord(g, Reducer.MAX, x))).isEqualTo(sum);
  }

  private static void withoutARecord(Adjacency g, Reducer reducer, Tensor x) {
    try (NoGrad _ = new NoGrad()) {
      GraphOps.copyReduce(g, reducer, Arg.u(x));
    }
  }

  @Test
  void attentionNeedsNumbersByHeadAtMost() {
    Adjacency g = graph.on(relata);
    Tensor u = rows(Target.E, Shape.of(4)).slice(0, 0, NODES).detach().requiresGrad(true);
    Tensor x = rows(Target.U, null);
    long needed = needed(() -> GraphOps.attention(g, u, u, null, 0.2, x).sum().backward());
    assertThat(needed).isLessThan(EDGE_ARRAY);
  }

  @Test
  void withoutARecordAttentionMakesNothingForGradients() {
    Adjacency g = graph.on(relata);
    Tensor u = relata.rand(NODES, 4);
    Tensor x = relata.rand(NODES, 4, WIDTH / 4);
    Runnable body =
        () -> {
          try (NoGrad _ = new NoGrad()) {
            GraphOps.attention(g, u, u, null, 0.2, x);
          }
        };
    // What is made once for the graph is not to be counted.
    body.run();
    long needed = needed(body);
    u.requiresGrad(true);
    x.requiresGrad(true);
    assertThat(needed(body)).isEqualTo(needed);
  }

  @Test
  void theMeasureSeesAnArrayOfEdgesWhereThereIsOne() {
    Adjacency g = graph.on(relata);
    Tensor x = rows(Target.U, null);
    long needed =
        needed(
            () -> {
              Tensor m = GraphOps.gsddmm(g, MessageOp.COPY, Arg.u(x), null);
              GraphOps.copyReduce(g, Reducer.SUM, Arg.e(m)).sum().backward();
            });
    assertThat(needed).isGreaterThanOrEqualTo(EDGE_ARRAY);
  }
}
