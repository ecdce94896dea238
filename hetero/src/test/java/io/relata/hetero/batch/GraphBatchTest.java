package io.relata.hetero.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.ErrorId;
import io.relata.Tensor;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RuntimeTest;
import io.relata.spi.Reducer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Batches and what is computed for each of their members. */
class GraphBatchTest extends RuntimeTest {
  /** Members of 2, 0 and 1 nodes; 1, 0 and 2 edges. */
  private static GraphBatch three() {
    return GraphBatch.of(
        List.of(
            plain(2, ints(0), ints(1)),
            plain(0, ints(), ints()),
            plain(1, ints(0, 0), ints(0, 0))));
  }

  @Test
  void membersComeBackAsTheyWere() {
    HeteroGraph g = shop();
    GraphBatch batch = GraphBatch.of(List.of(g, g));
    assertThat(batch.numNodes("user")).containsExactly(4, 4);
    assertThat(batch.numEdges("buys")).containsExactly(3, 3);
    batch.graph().nodes("item").set("y", tens(6));
    HeteroGraph second = batch.unbatch().get(1);
    for (EdgeType type : g.edgeTypes()) {
      assertThat(second.adjacency(type).src()).isEqualTo(g.adjacency(type).src());
      assertThat(second.adjacency(type).dst()).isEqualTo(g.adjacency(type).dst());
    }
    assertThat(second.edges("buys").get("w").toDoubleArray()).containsExactly(10, 20, 30);
    assertThat(second.nodes("item").get("y").toDoubleArray()).containsExactly(40, 50, 60);
    assertRefused(ErrorId.INDEX, () -> batch.get(2), "0 to 1");
  }

  @Test
  void gradientsFlowThroughBatching() {
    HeteroGraph a = plain(2, ints(), ints());
    HeteroGraph b = plain(1, ints(), ints());
    Tensor x = tens(2).requiresGrad(true);
    a.nodes().set("x", x);
    b.nodes().set("x", tens(1));
    GraphBatch batch = GraphBatch.of(List.of(a, b));
    Readout.nodes(batch).reduce(Reducer.MEAN, batch.graph().nodes().get("x")).sum().backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(0.5, 0.5);
  }

  @Test
  void readoutsAreZeroForEmptyMembers() {
    Readout nodes = Readout.nodes(three());
    Tensor x = relata.tensor(new double[] {1, 5, 7});
    assertThat(nodes.reduce(Reducer.MEAN, x).toDoubleArray()).containsExactly(3, 0, 7);
    assertThat(nodes.reduce(Reducer.MIN, x).toDoubleArray()).containsExactly(1, 0, 7);
    Tensor w = relata.tensor(new double[] {2, 0, 3});
    assertThat(nodes.reduce(Reducer.SUM, x, w).toDoubleArray()).containsExactly(2, 0, 21);
    assertThat(nodes.broadcast(tens(3)).toDoubleArray()).containsExactly(10, 10, 30);
    Readout edges = Readout.edges(three());
    assertThat(edges.softmax(relata.tensor(new double[] {3, 4, 4})).toDoubleArray())
        .containsExactly(1, 0.5, 0.5);
    assertRefused(ErrorId.FIELD_ROWS, () -> edges.softmax(tens(4)), "3 rows", "(4,)");
  }

  @Test
  void theTopRowsAreFilledUpWithZeros() {
    Readout nodes = Readout.nodes(three());
    Tensor x = relata.tensor(new double[] {1, 9, 2, 8, 3, 7}, 3, 2).requiresGrad(true);
    TopRows columns = nodes.topk(x, 2, true);
    assertThat(columns.values().toDoubleArray())
        .containsExactly(2, 9, 1, 8, 0, 0, 0, 0, 3, 7, 0, 0);
    assertThat(columns.indices().toIntArray())
        .containsExactly(1, 0, 0, 1, -1, -1, -1, -1, 0, 0, -1, -1);
    TopRows rows = nodes.topk(x, 1, false, -1);
    assertThat(rows.values().toDoubleArray()).containsExactly(2, 8, 0, 0, 3, 7);
    assertThat(rows.indices().toIntArray()).containsExactly(1, -1, 0);
    rows.values().sum().backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(0, 0, 1, 1, 1, 1);
    assertRefused(ErrorId.AXIS, () -> nodes.topk(x, 1, true, 2), "-2 to 1");
    assertRefused(ErrorId.ARGUMENT, () -> nodes.topk(x, 0, true), "at least 1");
  }

  @Test
  void batchesThatAreNoneAreRefused() {
    HeteroGraph bare = plain(1, ints(), ints());
    HeteroGraph dressed = plain(1, ints(), ints());
    dressed.nodes().set("x", tens(1));
    assertRefused(
        ErrorId.FIELD_UNKNOWN, () -> GraphBatch.of(List.of(dressed, bare)), "graph 1", "'x'");
    assertRefused(ErrorId.ARGUMENT, () -> GraphBatch.of(List.of(bare, shop())), "graph 1");
    assertRefused(ErrorId.ARGUMENT, () -> GraphBatch.of(List.of()));
    HeteroGraph joined = plain(3, ints(0), ints(2));
    String n = HeteroGraph.NODE;
    assertRefused(
        ErrorId.ARGUMENT,
        () -> GraphBatch.of(joined, Map.of(n, ints(2, 1)), Map.of(HeteroGraph.EDGE, ints(1, 0))),
        "edge 0",
        "member 0 to member 1");
    assertRefused(
        ErrorId.ARGUMENT,
        () -> GraphBatch.of(joined, Map.of(n, ints(2, 2)), Map.of(HeteroGraph.EDGE, ints(1, 0))),
        "add up to 3");
  }
}
