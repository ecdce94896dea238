package io.relata.hetero.transform;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.ErrorId;
import io.relata.Tensor;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RuntimeTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Parts of graphs, and graphs with nodes and edges added or removed. */
class SubgraphTest extends RuntimeTest {
  private static int[] src(HeteroGraph g, String relation) {
    return g.relation(relation).adjacency().src();
  }

  private static int[] dst(HeteroGraph g, String relation) {
    return g.relation(relation).adjacency().dst();
  }

  @Test
  void someEdgesKeepAllNodesOrNumberTheTouchedOnes() {
    HeteroGraph g = shop();
    HeteroGraph all = Subgraphs.ofEdges(g, Map.of("follows", ints(3, 1)), Nodes.ALL);
    assertThat(all.numNodes("user")).isEqualTo(4);
    assertThat(src(all, "follows")).containsExactly(2, 1);
    assertThat(all.numEdges("buys")).isZero();
    assertThat(all.edges("follows").get("w").toDoubleArray()).containsExactly(40, 20);

    HeteroGraph touched = Subgraphs.ofEdges(g, Map.of("follows", ints(3, 1)), Nodes.TOUCHED);
    // Sources 2, 1, then destinations 0, 2.
    assertThat(touched.parentNodes("user").toIntArray()).containsExactly(2, 1, 0);
    assertThat(src(touched, "follows")).containsExactly(0, 1);
    assertThat(dst(touched, "follows")).containsExactly(2, 0);
    assertThat(touched.nodes("user").get("x").toDoubleArray()).containsExactly(30, 20, 10);
    assertThat(touched.numNodes("item")).isZero();
  }

  @Test
  void edgesAroundNodesComeNodeByNode() {
    HeteroGraph g = shop();
    HeteroGraph in = Subgraphs.in(g, Map.of("user", ints(1, 0)), Nodes.ALL);
    assertThat(in.parentEdges("follows").toIntArray()).containsExactly(0, 4, 2, 3);
    assertThat(in.numEdges("buys")).isZero();
    HeteroGraph out = Subgraphs.out(g, Map.of("user", ints(2)), Nodes.ALL);
    assertThat(out.parentEdges("buys").toIntArray()).containsExactly(2);
    assertRefused(
        ErrorId.TYPE_UNKNOWN, () -> Subgraphs.in(g, Map.of("shop", ints(0)), Nodes.ALL), "'shop'");
  }

  @Test
  void hopsGrowTheNeighbourhoodAndTellWhereTheSeedsWent() {
    HeteroGraph g = plain(5, ints(0, 1, 2, 3), ints(1, 2, 3, 4));
    Subgraphs.Neighbourhood n = Subgraphs.kHopIn(g, Map.of(HeteroGraph.NODE, ints(3)), 2);
    assertThat(n.graph().parentNodes(HeteroGraph.NODE).toIntArray()).containsExactly(1, 2, 3);
    assertThat(n.seeds().get(HeteroGraph.NODE)).containsExactly(2);
    n = Subgraphs.kHopOut(g, Map.of(HeteroGraph.NODE, ints(3, 0)), 1);
    assertThat(n.graph().parentNodes(HeteroGraph.NODE).toIntArray()).containsExactly(0, 1, 3, 4);
    assertThat(n.seeds().get(HeteroGraph.NODE)).containsExactly(2, 0);
    assertThat(Subgraphs.kHopOut(g, Map.of(HeteroGraph.NODE, ints(2)), 0).graph().numNodes())
        .isEqualTo(1);
    assertRefused(ErrorId.ARGUMENT, () -> Subgraphs.kHopIn(g, Map.of(), -1), "kHopIn", "-1");
  }

  @Test
  void typesSelectNodesOrRelations() {
    HeteroGraph g = shop();
    assertThat(Subgraphs.ofNodeTypes(g, "item").edgeTypes()).isEmpty();
    assertThat(Subgraphs.ofNodeTypes(g, "user").numEdges()).isEqualTo(5);
    assertThat(Subgraphs.ofRelations(g, "buys").nodeTypes()).containsExactly("item", "user");
  }

  @Test
  void addedNodesAndEdgesAreZeroUnlessGiven() {
    HeteroGraph g = shop();
    HeteroGraph more = Edits.addNodes(g, "item", 2);
    assertThat(more.nodes("item").get("x").toDoubleArray()).containsExactly(10, 20, 30, 0, 0);
    assertThat(g.numNodes("item")).isEqualTo(3);
    Tensor seven = relata.tensor(new double[] {7});
    HeteroGraph edges = Edits.addEdges(g, "buys", ints(5), ints(0), Map.of("w", seven, "v", seven));
    assertThat(edges.numNodes("user")).isEqualTo(6);
    assertThat(edges.nodes("user").get("x").toDoubleArray()).containsExactly(10, 20, 30, 40, 0, 0);
    assertThat(edges.edges("buys").get("w").toDoubleArray()).containsExactly(10, 20, 30, 7);
    assertThat(edges.edges("buys").get("v").toDoubleArray()).containsExactly(0, 0, 0, 7);
    assertThat(edges.parentEdges("buys").toIntArray()).containsExactly(0, 1, 2, -1);
    assertRefused(
        ErrorId.FIELD_ROWS,
        () -> Edits.addNodes(g, "item", 2, Map.of("x", seven)),
        "node type 'item', field 'x'",
        "2 rows");
  }

  @Test
  void gradientsReachTheRowsThatWereThereBefore() {
    HeteroGraph g = shop();
    Tensor w = tens(3).requiresGrad(true);
    g.edges("buys").set("w", w);
    HeteroGraph made = Edits.addEdges(g, "buys", ints(0), ints(0));
    made.edges("buys").get("w").square().sum().backward();
    assertThat(w.grad().toDoubleArray()).containsExactly(20, 40, 60);
  }

  @Test
  void removingNodesRemovesTheirEdges() {
    HeteroGraph less = Edits.removeNodes(shop(), Map.of("user", ints(1)));
    assertThat(less.parentNodes("user").toIntArray()).containsExactly(0, 2, 3);
    assertThat(less.parentEdges("follows").toIntArray()).containsExactly(2, 3);
    assertThat(less.parentEdges("buys").toIntArray()).containsExactly(0, 2);
    HeteroGraph edges = Edits.removeEdges(shop(), Map.of("follows", ints(4, 0)));
    assertThat(edges.parentEdges("follows").toIntArray()).containsExactly(1, 2, 3);
    assertThat(edges.numEdges("buys")).isEqualTo(3);
    assertRefused(
        ErrorId.INDEX,
        () -> Edits.removeEdges(shop(), Map.of("follows", ints(9))),
        "position 0",
        "9");
  }

  @Test
  void compactionDropsUntouchedNodesInAllGraphsTogether() {
    HeteroGraph a = plain(5, ints(3), ints(1));
    HeteroGraph b = plain(5, ints(1), ints(4));
    List<HeteroGraph> made = Compaction.of(List.of(a, b), Map.of(HeteroGraph.NODE, ints(2)));
    assertThat(made.get(1).parentNodes(HeteroGraph.NODE).toIntArray()).containsExactly(2, 3, 1, 4);
    assertThat(made.get(1).relation().adjacency().src()).containsExactly(2);
    assertRefused(
        ErrorId.ARGUMENT, () -> Compaction.of(List.of(a, plain(4, ints(), ints())), Map.of()));
  }
}
