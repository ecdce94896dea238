package io.relata.hetero;

import static io.relata.graph.Functions.copyE;
import static io.relata.graph.Functions.copyU;
import static io.relata.graph.Functions.max;
import static io.relata.graph.Functions.mean;
import static io.relata.graph.Functions.sum;
import static io.relata.graph.Functions.uMulE;
import static io.relata.graph.Functions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Update;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the tutorials do, on graphs small enough to check by hand. */
class MessagePassingTest {
  private static Relata relata;

  @BeforeAll
  static void open() {
    relata = Relata.open();
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  private static HeteroGraph triangle() {
    // 0 → 1, 0 → 2, 1 → 2; node 0 receives nothing.
    return HeteroGraph.homogeneous(relata, 3, new int[] {0, 0, 1}, new int[] {1, 2, 2});
  }

  private static Tensor column(double... values) {
    return relata.tensor(values, values.length, 1);
  }

  @Test
  void builtInFunctionsReduceOverInEdgesAndAreZeroWithoutAny() {
    HeteroGraph g = triangle();
    g.nodes().set("h", column(1, 2, 4));
    g.updateAll(copyU("h", "m"), sum("m", "s"));
    g.updateAll(copyU("h", "m"), mean("m", "a"));
    g.updateAll(copyU("h", "m"), max("m", "x"));
    assertThat(g.nodes().get("s").toDoubleArray()).containsExactly(0, 1, 3);
    assertThat(g.nodes().get("a").toDoubleArray()).containsExactly(0, 1, 1.5);
    assertThat(g.nodes().get("x").toDoubleArray()).containsExactly(0, 1, 2);
    assertThat(g.nodes().fields()).doesNotContain("m");
  }

  @Test
  void edgeWeightsMultiplyMessages() {
    HeteroGraph g = triangle();
    g.nodes().set("h", column(1, 2, 4));
    g.edges().set("w", column(10, 20, 30));
    g.updateAll(uMulE("h", "w", "m"), sum("m", "s"));
    assertThat(g.nodes().get("s").toDoubleArray()).containsExactly(0, 10, 80);
    g.updateAll(copyE("w", "m"), sum("m", "s"));
    assertThat(g.nodes().get("s").toDoubleArray()).containsExactly(0, 10, 50);
  }

  @Test
  void userDefinedFunctionsGiveWhatBuiltInOnesGive() {
    HeteroGraph g = triangle();
    g.nodes().set("h", column(1, 2, 4));
    g.edges().set("w", column(10, 20, 30));
    g.updateAll(
        edges -> Map.of("m", edges.src("h").mul(edges.data("w"))),
        nodes -> Map.of("s", nodes.mailbox("m").sum(1)));
    assertThat(g.nodes().get("s").toDoubleArray()).containsExactly(0, 10, 80);
    g.updateAll(uMulE("h", "w", "m"), nodes -> Map.of("s", nodes.mailbox("m").sum(1)));
    assertThat(g.nodes().get("s").toDoubleArray()).containsExactly(0, 10, 80);
    g.updateAll(edges -> Map.of("m", edges.src("h").mul(edges.data("w"))), sum("m", "s"));
    assertThat(g.nodes().get("s").toDoubleArray()).containsExactly(0, 10, 80);
  }

  @Test
  void anUpdateFunctionSeesOldAndReducedFields() {
    HeteroGraph g = triangle();
    g.nodes().set("h", column(1, 2, 4));
    g.updateAll(
        copyU("h", "m"), sum("m", "s"), nodes -> Map.of("h", nodes.data("h").add(nodes.data("s"))));
    assertThat(g.nodes().get("h").toDoubleArray()).containsExactly(1, 3, 7);
  }

  @Test
  void aLocalScopeLeavesTheGraphAsItWas() {
    HeteroGraph g = triangle();
    g.nodes().set("h", column(1, 2, 4));
    try (LocalScope _ = g.localScope()) {
      g.nodes().set("h", column(0, 0, 0)).set("x", column(1, 1, 1));
      g.edges().set("w", column(1, 1, 1));
    }
    assertThat(g.nodes().fields()).containsExactly("h");
    assertThat(g.edges().fields()).isEmpty();
    assertThat(g.nodes().get("h").toDoubleArray()).containsExactly(1, 2, 4);
  }

  @Test
  void gradientsFlowThroughFusedAndUserDefinedForms() {
    double[][] gradients = new double[2][];
    for (int form = 0; form < 2; form++) {
      HeteroGraph g = triangle();
      Tensor h = column(1, 2, 4).requiresGrad(true);
      Tensor w = column(10, 20, 30).requiresGrad(true);
      g.nodes().set("h", h);
      g.edges().set("w", w);
      if (form == 0) {
        g.updateAll(uMulE("h", "w", "m"), mean("m", "s"));
      } else {
        g.updateAll(
            edges -> Map.of("m", edges.src("h").mul(edges.data("w"))),
            nodes -> Map.of("s", nodes.mailbox("m").mean(1)));
      }
      g.nodes().get("s").mul(column(1, 2, 3)).sum().backward();
      gradients[form] = Tensor.concat(0, h.grad(), w.grad()).toDoubleArray();
    }
    assertThat(gradients[0]).containsExactly(2 * 10 + 1.5 * 20, 1.5 * 30, 0, 2, 1.5, 3);
    assertThat(gradients[1]).containsExactly(gradients[0]);
  }

  @Test
  void someEdgesAndNodesUpdateOnlyTheirRows() {
    HeteroGraph g = triangle();
    g.nodes().set("h", column(1, 2, 4)).set("s", column(7, 7, 7));
    g.relation().sendAndRecv(new int[] {2}, copyU("h", "m"), sum("m", "s"));
    assertThat(g.nodes().get("s").toDoubleArray()).containsExactly(7, 7, 2);
    g.relation().push(new int[] {0}, copyU("h", "m"), sum("m", "s"));
    assertThat(g.nodes().get("s").toDoubleArray()).containsExactly(7, 1, 1);
    g.relation().pull(new int[] {0, 2}, copyU("h", "m"), sum("m", "s"));
    assertThat(g.nodes().get("s").toDoubleArray()).containsExactly(0, 1, 3);
    g.relation().applyEdges(edges -> Map.of("e", edges.src("h")), 2, 0);
    assertThat(g.edges().get("e").toDoubleArray()).containsExactly(1, 0, 2);
  }

  @Test
  void aSubgraphTakesFieldsAlongAndPassesMessages() {
    HeteroGraph g = triangle();
    g.nodes().set("h", column(1, 2, 4));
    g.edges().set("w", column(10, 20, 30));
    HeteroGraph s = g.subgraph(2, 1);
    assertThat(s.numEdges()).isEqualTo(1);
    assertThat(s.nodes().get("h").toDoubleArray()).containsExactly(4, 2);
    assertThat(s.edges().get("w").toDoubleArray()).containsExactly(30);
    assertThat(s.parentNodes(HeteroGraph.NODE).toIntArray()).containsExactly(2, 1);
    assertThat(s.parentEdges(HeteroGraph.EDGE).toIntArray()).containsExactly(2);
    s.updateAll(copyU("h", "m"), sum("m", "s"));
    assertThat(s.nodes().get("s").toDoubleArray()).containsExactly(2, 0);
    assertThat(g.nodes().fields()).containsExactly("h");
  }

  private static HeteroGraph games() {
    HeteroGraph g =
        HeteroGraph.builder(relata)
            .nodes("user", 3)
            .relation("user", "follows", "user", new int[] {0, 1}, new int[] {1, 2})
            .relation("game", "played_by", "user", new int[] {0, 1}, new int[] {1, 1})
            .build();
    g.nodes("user").set("h", column(1, 2, 4));
    g.nodes("game").set("h", column(-10, -20));
    return g;
  }

  private static double[] crossed(CrossReducer cross) {
    HeteroGraph g = games();
    g.multiUpdateAll(
        Map.of(
            "follows", with(copyU("h", "m"), sum("m", "r")),
            "game:played_by:user", with(copyU("h", "m"), sum("m", "r"))),
        cross);
    assertThat(g.nodes("game").fields()).containsExactly("h");
    return g.nodes("user").get("r").toDoubleArray();
  }

  @Test
  void crossReducersCombineWhatTheRelationsDeliver() {
    assertThat(crossed(CrossReducer.SUM)).containsExactly(0, -29, 2);
    assertThat(crossed(CrossReducer.MEAN)).containsExactly(0, -14.5, 1);
    assertThat(crossed(CrossReducer.MEAN_NONEMPTY)).containsExactly(0, -14.5, 2);
    assertThat(crossed(CrossReducer.MAX)).containsExactly(0, 1, 2);
    assertThat(crossed(CrossReducer.MIN)).containsExactly(0, -30, 2);
    assertThat(crossed(CrossReducer.STACK)).containsExactly(0, 0, -30, 1, 0, 2);
    assertThat(crossed(CrossReducer.CONCAT)).containsExactly(0, 0, -30, 1, 0, 2);
    assertThat(crossed(results -> results.getLast().value())).containsExactly(0, 1, 2);
  }

  @Test
  void aListedRelationWithoutEdgesCountsAlsoWhenItsReduceFunctionIsNeverCalled() {
    HeteroGraph g =
        HeteroGraph.builder(relata)
            .nodes("user", 2)
            .relation("user", "blocks", "user", new int[0], new int[0])
            .relation("user", "follows", "user", new int[] {0}, new int[] {1})
            .build();
    g.nodes("user").set("h", column(4, 6));
    Map<String, Update> updates =
        Map.of(
            "follows", with(copyU("h", "m"), sum("m", "r")),
            "blocks", with(copyU("h", "m"), n -> Map.of("r", n.mailbox("m").sum(1, false))));
    g.multiUpdateAll(updates, CrossReducer.MEAN);
    assertThat(g.nodes("user").get("r").toDoubleArray()).containsExactly(0, 2);
    g.multiUpdateAll(updates, CrossReducer.MAX);
    assertThat(g.nodes("user").get("r").toDoubleArray()).containsExactly(0, 4);
    g.multiUpdateAll(updates, CrossReducer.STACK);
    assertThat(g.nodes("user").get("r").shape().dims()).containsExactly(2, 2, 1);
    assertThat(g.nodes("user").get("r").toDoubleArray()).containsExactly(0, 0, 0, 4);
  }

  @Test
  void updateAllOverSeveralRelationsReducesAcrossThem() {
    HeteroGraph g = games();
    g.updateAll(copyU("h", "m"), mean("m", "r"));
    assertThat(g.nodes("user").get("r").toDoubleArray()).containsExactly(0, -29 / 3.0, 2);
    g.updateAll(copyU("h", "m"), max("m", "r"));
    assertThat(g.nodes("user").get("r").toDoubleArray()).containsExactly(0, 1, 2);
  }

  @Test
  void stackSlotsStandInTheOrderOfRelationIds() {
    assertThat(games().relationOrder("user", Set.of("follows", "played_by")))
        .extracting(EdgeType::relation)
        .containsExactly("played_by", "follows");
  }

  @Test
  void singlePrecisionGivesTheSame() {
    HeteroGraph g = triangle();
    g.nodes().set("h", column(1, 2, 4).to(DType.FLOAT32));
    g.updateAll(copyU("h", "m"), mean("m", "a"));
    assertThat(g.nodes().get("a").dtype()).isEqualTo(DType.FLOAT32);
    assertThat(g.nodes().get("a").toFloatArray()).containsExactly(0, 1, 1.5f);
  }
}
