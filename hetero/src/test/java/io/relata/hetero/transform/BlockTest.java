package io.relata.hetero.transform;

import static io.relata.graph.Functions.copyU;
import static io.relata.graph.Functions.mean;
import static org.assertj.core.api.Assertions.assertThat;

import io.relata.ErrorId;
import io.relata.Tensor;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.LocalScope;
import io.relata.hetero.RuntimeTest;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Layers of message flow, and sampled edges. */
class BlockTest extends RuntimeTest {
  private static final String N = HeteroGraph.NODE;

  private static HeteroGraph ring() {
    HeteroGraph g = plain(6, ints(1, 2, 3, 4, 5, 0, 3), ints(0, 1, 2, 3, 4, 5, 0));
    g.nodes().set("x", tens(6));
    return g;
  }

  @Test
  void sourcesAndDestinationsHaveFieldsApart() {
    HeteroGraph g = ring();
    HeteroGraph frontier = Subgraphs.in(g, Map.of(N, ints(0, 2)), Nodes.ALL);
    HeteroGraph block = Blocks.of(frontier, Map.of(N, ints(0, 2)), true);
    assertThat(block.isBlock()).isTrue();
    assertThat(block.parentSrcNodes(N).toIntArray()).containsExactly(0, 2, 1, 3);
    assertThat(block.parentDstNodes(N).toIntArray()).containsExactly(0, 2);
    assertThat(block.srcNodes(N).get("x").toDoubleArray()).containsExactly(10, 30, 20, 40);
    assertThat(block.dstNodes(N).get("x").toDoubleArray()).containsExactly(10, 30);
    try (LocalScope _ = block.localScope()) {
      block.updateAll(copyU("x", "m"), mean("m", "h"));
      assertThat(block.dstNodes(N).get("h").toDoubleArray()).containsExactly(30, 40);
      assertThat(block.srcNodes(N).has("h")).isFalse();
    }
    assertThat(block.dstNodes(N).has("h")).isFalse();
    assertThat(block.toString()).contains("source _N: 4", "destination _N: 2");
    assertRefused(ErrorId.TYPE_UNKNOWN, () -> block.nodes(N), "srcNodes");
    assertRefused(ErrorId.TYPE_UNKNOWN, () -> block.numNodes(N), "numSrcNodes");
  }

  @Test
  void aFrontierMustEnterSeedsOnly() {
    assertRefused(
        ErrorId.NODE_ID, () -> Blocks.of(ring(), Map.of(N, ints(0)), true), "edge 1", "node 1");
    HeteroGraph empty = plain(3, ints(), ints());
    assertRefused(
        ErrorId.NODE_ID, () -> Blocks.of(empty, Map.of(N, ints(0, 0)), true), "listed twice");
  }

  @Test
  void blocksComputeTheSeedsExactlyAndLetGradientsThrough() {
    HeteroGraph g = ring();
    Tensor x = tens(6).requiresGrad(true);
    g.nodes().set("x", x);
    g.updateAll(copyU("x", "m"), mean("m", "h"));
    g.updateAll(copyU("h", "m"), mean("m", "h"));
    double whole = g.nodes().get("h").toDoubleArray()[0];

    List<Blocks.Layer> layers = Blocks.fullNeighbours(ring(), Map.of(N, ints(0)), 2);
    HeteroGraph first = layers.get(0).block();
    HeteroGraph last = layers.get(1).block();
    assertThat(first.parentDstNodes(N).toIntArray()).isEqualTo(last.parentSrcNodes(N).toIntArray());
    Tensor input = x.indexSelect(0, first.parentSrcNodes(N));
    first.srcNodes(N).set("h", input);
    first.updateAll(copyU("h", "m"), mean("m", "h"));
    last.srcNodes(N).set("h", first.dstNodes(N).get("h"));
    last.updateAll(copyU("h", "m"), mean("m", "h"));
    Tensor out = last.dstNodes(N).get("h");
    assertThat(out.toDoubleArray()).containsExactly(whole);
    out.sum().backward();
    // Node 0 hears 1 and 3, which hear 2 and 4.
    assertThat(x.grad().toDoubleArray()).containsExactly(0, 0, 0.5, 0, 0.5, 0);
  }

  @Test
  void samplingTakesAtMostTheFanoutAndRepeatsWithTheSeed() {
    HeteroGraph g = shop();
    Map<String, int[]> seeds = Map.of("user", ints(0, 1), "item", ints(2));
    relata.seed(7);
    int[] once =
        EdgeSampling.in(g, seeds, Fanout.perRelation(1)).parentEdges("follows").toIntArray();
    relata.seed(7);
    int[] again =
        EdgeSampling.in(g, seeds, Fanout.perRelation(1)).parentEdges("follows").toIntArray();
    assertThat(once).hasSize(2).isEqualTo(again);
    assertThat(EdgeSampling.in(g, seeds, Fanout.perRelation(1)).numEdges("buys")).isEqualTo(1);
    assertThat(EdgeSampling.in(g, seeds, Fanout.ALL).numEdges()).isEqualTo(4 + 2);
    // User 1 has two edges out by follows and one by buys.
    Map<String, int[]> one = Map.of("user", ints(1));
    assertThat(EdgeSampling.out(g, one, Fanout.total(2)).numEdges()).isEqualTo(2);
    assertThat(EdgeSampling.out(g, one, Fanout.perRelation(2)).numEdges()).isEqualTo(3);
    HeteroGraph top = EdgeSampling.heaviest(g, Map.of(), Fanout.perRelation(1), "w", true);
    assertThat(top.parentEdges("follows").toIntArray()).containsExactly(1, 3, 4);
    assertRefused(ErrorId.ARGUMENT, () -> Fanout.total(-1), "-1");
  }

  @Test
  void everyEdgeIsSampledAboutEquallyOften() {
    HeteroGraph g = plain(5, ints(0, 1, 2, 3), ints(4, 4, 4, 4));
    relata.seed(1);
    int[] hits = new int[4];
    for (int i = 0; i < 400; i++) {
      HeteroGraph some = EdgeSampling.in(g, Map.of(N, ints(4)), Fanout.perRelation(2));
      for (int e : some.parentEdges(HeteroGraph.EDGE).toIntArray()) {
        hits[e]++;
      }
    }
    // 200 each on average, standard deviation 10.
    assertThat(IntStream.of(hits)).allMatch(n -> n > 150 && n < 250);
  }
}
