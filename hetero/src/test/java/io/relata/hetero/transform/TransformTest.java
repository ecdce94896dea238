package io.relata.hetero.transform;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.ErrorId;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.hetero.EdgeType;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RuntimeTest;
import io.relata.spi.Reducer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Graphs made from graphs. */
class TransformTest extends RuntimeTest {
  private static HeteroGraph weighted(int nodes, int[] src, int[] dst) {
    HeteroGraph g = plain(nodes, src, dst);
    g.edges().set("w", tens(src.length));
    return g;
  }

  private static void assertEdges(HeteroGraph g, int[] src, int[] dst) {
    assertThat(g.relation().adjacency().src()).containsExactly(src);
    assertThat(g.relation().adjacency().dst()).containsExactly(dst);
  }

  @Test
  void reversingTwiceGivesTheGraphBack() {
    HeteroGraph g = shop();
    HeteroGraph turned = Reversal.reverse(g);
    assertThat(turned.edgeTypes()).contains(new EdgeType("item", "buys", "user"));
    assertThat(turned.relation("buys").adjacency().src()).containsExactly(2, 0, 2);
    assertThat(turned.edges("buys").get("w")).isSameAs(g.edges("buys").get("w"));
    HeteroGraph back = Reversal.reverse(turned);
    assertThat(back.edgeTypes()).isEqualTo(g.edgeTypes());
    assertThat(back.relation("buys").adjacency().dst()).containsExactly(2, 0, 2);
  }

  @Test
  void reverseEdgesGoToTheSameRelationOrANewOne() {
    HeteroGraph both = Reversal.addReverseEdges(shop(), false);
    // The loop, edge 4, gets no reverse.
    assertThat(both.parentEdges("follows").toIntArray()).containsExactly(0, 1, 2, 3, 4, 0, 1, 2, 3);
    assertThat(both.numEdges("rev_buys")).isEqualTo(3);
    assertThat(both.edges("rev_buys").get("w").toDoubleArray()).containsExactly(10, 20, 30);
    assertThat(Reversal.addReverseEdges(shop(), true).numEdges("follows")).isEqualTo(10);
    assertEdges(
        Reversal.toBidirected(weighted(3, ints(2, 0, 0, 1), ints(0, 2, 2, 1))),
        ints(0, 1, 2),
        ints(2, 1, 0));
    assertRefused(ErrorId.ARGUMENT, () -> Reversal.toBidirected(shop()), "user:buys:item");
  }

  @Test
  void selfLoopsAreAddedWithAValueOrTheReducedInEdgesAndRemoved() {
    HeteroGraph g = weighted(3, ints(0, 1, 1), ints(1, 1, 2));
    Tensor w = tens(3).requiresGrad(true);
    g.edges().set("w", w);
    String r = g.relation().type().toString();
    HeteroGraph filled = SelfLoops.add(g, r, Reducer.MAX);
    assertThat(filled.edges().get("w").toDoubleArray()).containsExactly(10, 20, 30, 0, 20, 30);
    filled.edges().get("w").sum().backward();
    assertThat(w.grad().toDoubleArray()).containsExactly(1, 2, 2);
    assertThat(SelfLoops.add(g, r).edges().get("w").toDoubleArray()).endsWith(1, 1, 1);
    HeteroGraph none = SelfLoops.remove(filled, r);
    assertEdges(none, ints(0, 1), ints(1, 2));
    assertRefused(ErrorId.ARGUMENT, () -> SelfLoops.add(shop(), "buys"), "user:buys:item");
  }

  @Test
  void parallelEdgesBecomeOneAndTheirFieldsAreReducedWithGradients() {
    HeteroGraph g = weighted(2, ints(1, 0, 1, 0), ints(0, 1, 0, 0));
    Simplified s = Simplified.of(g);
    EdgeType type = g.relation().type();
    assertEdges(s.graph(), ints(0, 0, 1), ints(0, 1, 0));
    assertThat(s.counts().get(type)).containsExactly(1, 1, 2);
    assertThat(s.mapping().get(type)).containsExactly(2, 1, 2, 0);
    assertThat(s.graph().edges().get("w").toDoubleArray()).containsExactly(40, 20, 10);
    Tensor w = tens(4).requiresGrad(true);
    g.edges().set("w", w);
    Tensor mean = Simplified.of(g, Reducer.MEAN).graph().edges().get("w");
    assertThat(mean.toDoubleArray()).containsExactly(40, 20, 20);
    mean.sum().backward();
    assertThat(w.grad().toDoubleArray()).containsExactly(0.5, 1, 0.5, 1);
  }

  @Test
  void theLineGraphFollowsEdges() {
    HeteroGraph g = weighted(3, ints(0, 1, 1, 2), ints(1, 0, 2, 2));
    assertEdges(LineGraph.of(g, true), ints(0, 0, 1, 2), ints(1, 2, 0, 3));
    HeteroGraph noWayBack = LineGraph.of(g, false);
    assertEdges(noWayBack, ints(0, 2), ints(2, 3));
    assertThat(noWayBack.nodes().get("w").toDoubleArray()).containsExactly(10, 20, 30, 40);
  }

  @Test
  void typesSurviveTheWayThroughAHomogeneousGraph() {
    HeteroGraph g = shop();
    Homogeneous h = Homogeneous.of(g, List.of("x"), List.of("w"));
    assertThat(h.nodeType()).containsExactly(0, 0, 0, 1, 1, 1, 1);
    assertThat(h.edgeIds()).containsExactly(0, 1, 2, 0, 1, 2, 3, 4);
    h.graph().nodes().set("y", h.graph().nodes().get("x").add(1));
    HeteroGraph back = h.toHeterogeneous();
    assertThat(back.edgeTypes()).isEqualTo(g.edgeTypes());
    for (EdgeType type : g.edgeTypes()) {
      Adjacency a = g.adjacency(type);
      assertThat(back.adjacency(type).src()).isEqualTo(a.src());
      assertThat(back.adjacency(type).dst()).isEqualTo(a.dst());
    }
    assertThat(back.nodes("user").get("y").toDoubleArray()).containsExactly(11, 21, 31, 41);
    assertThat(back.parentNodes("user").toIntArray()).containsExactly(3, 4, 5, 6);
    assertRefused(
        ErrorId.INDEX,
        () ->
            Homogeneous.toHeterogeneous(
                h.graph(), List.of("a"), h.nodeType(), List.of("r", "s"), h.edgeType()),
        "node 3");
  }

  @Test
  void metapathsJoinTheirEndsOnce() {
    HeteroGraph g = shop();
    HeteroGraph made = Metapaths.reachable(g, "follows", "buys");
    // 0→1→0; 1→2→2 and 1→1→0; 2→0→2, twice.
    assertThat(made.relation().adjacency().src()).containsExactly(0, 1, 1, 2);
    assertThat(made.relation().adjacency().dst()).containsExactly(0, 0, 2, 2);
    assertThat(made.nodes("item").has("x")).isTrue();
    HeteroGraph added = Metapaths.add(g, "likes", "follows", "buys");
    assertThat(added.numEdges("likes")).isEqualTo(4);
    assertThat(added.numEdges("follows")).isEqualTo(5);
    assertRefused(
        ErrorId.ARGUMENT, () -> Metapaths.reachable(g, "buys", "follows"), "position 1", "'item'");
  }

  @Test
  void reorderingKeepsTheGraphAndItsFields() {
    HeteroGraph g = weighted(4, ints(0, 2, 3), ints(3, 1, 1));
    int[] order = Reordering.cuthillMcKee(g);
    assertThat(order).containsExactlyInAnyOrder(0, 1, 2, 3);
    HeteroGraph made = Reordering.ofNodes(g, Map.of(HeteroGraph.NODE, order));
    for (int e = 0; e < 3; e++) {
      assertThat(order[made.relation().adjacency().src(e)])
          .isEqualTo(g.relation().adjacency().src(e));
      // A path: with this order neighbours are next to each other.
      assertThat(Math.abs(made.relation().adjacency().src(e) - made.relation().adjacency().dst(e)))
          .isEqualTo(1);
    }
    assertThat(Reordering.edgesByDestination(g).edges().get("w").toDoubleArray())
        .containsExactly(20, 30, 10);
    assertRefused(
        ErrorId.NODE_ID,
        () -> Reordering.ofNodes(g, Map.of(HeteroGraph.NODE, ints(0, 1, 1, 2))),
        "3 different");
  }

  @Test
  void nearPointsAreJoined() {
    Tensor points = relata.tensor(new double[] {0, 1, 3, 7}, 4, 1);
    assertEdges(
        PointClouds.nearest(points, 2), ints(0, 1, 1, 0, 2, 1, 3, 2), ints(0, 0, 1, 1, 2, 2, 3, 3));
    assertEdges(PointClouds.within(points, 2, false), ints(0, 1, 1, 2), ints(1, 0, 2, 1));
    assertRefused(ErrorId.ARGUMENT, () -> PointClouds.nearest(points, 5), "1 to 4");
  }

  @Test
  void productsOfRelationsHaveGradients() {
    HeteroGraph g = weighted(3, ints(0, 0, 1, 2), ints(1, 2, 2, 2));
    Tensor w = relata.tensor(new double[] {2, 3, 5, 7}).requiresGrad(true);
    g.edges().set("w", w);
    HeteroGraph square = WeightedSums.product(g.relation(), g.relation(), "w");
    assertEdges(square, ints(0, 1, 2), ints(2, 2, 2));
    assertThat(square.edges().get("w").toDoubleArray()).containsExactly(2 * 5 + 3 * 7, 35, 49);
    square.edges().get("w").sum().backward();
    assertThat(w.grad().toDoubleArray()).containsExactly(5, 7, 2 + 7, 3 + 5 + 14);
    HeteroGraph twice = WeightedSums.sum(g.relation(), g.relation(), "w");
    assertThat(twice.edges().get("w").toDoubleArray()).containsExactly(4, 6, 10, 14);
  }

  @Test
  void aUnionLaysGraphsOverEachOther() {
    HeteroGraph a = weighted(2, ints(0), ints(1));
    a.nodes().set("x", tens(2));
    HeteroGraph b = plain(3, ints(2), ints(0));
    b.nodes().set("x", tens(3).add(5));
    HeteroGraph made = Union.of(List.of(a, b));
    assertEdges(made, ints(0, 2), ints(1, 0));
    assertThat(made.nodes().get("x").toDoubleArray()).containsExactly(10, 20, 35);
    assertThat(made.edges().get("w").toDoubleArray()).containsExactly(10, 0);
  }
}
