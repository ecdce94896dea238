package io.relata.tck.graph;

import static io.relata.graph.Functions.copyU;
import static io.relata.graph.Functions.max;
import static io.relata.graph.Functions.sum;
import static io.relata.graph.Functions.uDotV;
import static io.relata.graph.Functions.uMulE;
import static io.relata.graph.Functions.with;
import static io.relata.tck.tensor.GoldenText.requireRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.Tensor;
import io.relata.graph.Update;
import io.relata.hetero.CrossReducer;
import io.relata.hetero.HeteroGraph;
import io.relata.tck.tensor.RelataTck;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a beginner reads after a mistake with graphs; a refused call leaves every field alone. */
class GraphErrorsTest extends RelataTck {
  private HeteroGraph games;
  private Map<String, Tensor> before;

  @BeforeEach
  void build() {
    games =
        HeteroGraph.builder(relata)
            .nodes("user", 4)
            .relation("user", "follows", "user", new int[] {0, 1, 1}, new int[] {1, 2, 3})
            .relation("user", "plays", "game", new int[] {0, 3}, new int[] {0, 1})
            .relation("bot", "plays", "game", new int[] {0}, new int[] {1})
            .build();
    games.nodes("user").set("h", relata.ones(4, 3)).set("x", relata.ones(4));
    games.nodes("game").set("h", relata.ones(2, 3));
    games.nodes("bot").set("h", relata.zeros(DType.FLOAT64, 1, 3));
    games.edges("follows").set("w", relata.zeros(DType.FLOAT64, 3, 1));
    before = fields();
  }

  private Map<String, Tensor> fields() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (String type : games.nodeTypes()) {
      for (String f : games.nodes(type).fields()) {
        all.put(type + "." + f, games.nodes(type).get(f));
      }
    }
    games
        .edgeTypes()
        .forEach(
            t ->
                games
                    .edges(t.toString())
                    .fields()
                    .forEach(f -> all.put(t + "." + f, games.edges(t.toString()).get(f))));
    return all;
  }

  @AfterEach
  void nothingHasChanged() {
    Map<String, Tensor> after = fields();
    assertThat(after.keySet()).containsExactlyInAnyOrderElementsOf(before.keySet());
    after.forEach((name, t) -> assertThat(t).as(name).isSameAs(before.get(name)));
  }

  @Test
  void rowsThatDoNotMatchTheGraph() {
    requireRefusal("feature-rows", () -> games.nodes("user").set("h", relata.zeros(3, 3)));
    requireRefusal(
        "feature-scalar", () -> games.nodes("user").set("h", relata.full(1, DType.FLOAT32)));
    requireRefusal("edge-feature-rows", () -> games.edges("follows").set("w", relata.zeros(4)));
    requireRefusal(
        "udf-rows",
        () ->
            games
                .relation("follows")
                .updateAll(e -> Map.of("m", relata.zeros(2, 3)), sum("m", "h")));
  }

  @Test
  void listsThatMakeNoGraph() {
    requireRefusal(
        "node-id-negative",
        () ->
            HeteroGraph.builder(relata)
                .relation("user", "follows", "user", new int[] {0, -1}, new int[] {1, 0})
                .build());
    requireRefusal(
        "node-id-too-large",
        () ->
            HeteroGraph.builder(relata)
                .nodes("user", 2)
                .relation("user", "follows", "user", new int[] {0, 1}, new int[] {1, 2})
                .build());
    requireRefusal(
        "edge-lists",
        () ->
            HeteroGraph.builder(relata)
                .relation("user", "follows", "user", new int[] {0, 1}, new int[] {1})
                .build());
  }

  @Test
  void namesThatMeanNothingOrTooMuch() {
    requireRefusal("relation-unknown", () -> games.relation("likes"));
    requireRefusal("relation-ambiguous", () -> games.relation("plays"));
    requireRefusal("relation-needed", () -> games.applyEdges(copyU("h", "m")));
    requireRefusal("node-type-unknown", () -> games.nodes("player"));
    requireRefusal("node-type-needed", () -> games.nodes());
    Map<String, Update> twice = new LinkedHashMap<>();
    twice.put("follows", with(copyU("h", "m"), sum("m", "h")));
    twice.put("user:follows:user", with(copyU("h", "m"), sum("m", "h")));
    requireRefusal("relation-twice", () -> games.multiUpdateAll(twice, CrossReducer.SUM));
  }

  @Test
  void fieldsThatAreNotThere() {
    requireRefusal(
        "field-unknown-message",
        () -> games.relation("follows").updateAll(copyU("z", "m"), sum("m", "h")));
    requireRefusal(
        "field-unknown-edge",
        () -> games.relation("follows").updateAll(uMulE("h", "z", "m"), sum("m", "h")));
    requireRefusal(
        "field-unknown-udf",
        () -> games.relation("follows").updateAll(e -> Map.of("m", e.src("z")), sum("m", "h")));
    requireRefusal("field-unknown", () -> games.nodes("user").get("z"));
    requireRefusal(
        "field-mismatch",
        () -> games.relation("follows").updateAll(copyU("h", "m"), sum("n", "h")));
  }

  @Test
  void messagesWhoseOperandsDoNotFit() {
    requireRefusal(
        "dtype-mix-message",
        () -> games.relation("follows").updateAll(uMulE("h", "w", "m"), sum("m", "h")));
    requireRefusal(
        "dtype-mix-edges", () -> games.relation("follows").applyEdges(uMulE("h", "w", "w")));
    requireRefusal(
        "message-shapes",
        () -> games.relation("user:plays:game").updateAll(uDotV("x", "h", "m"), max("m", "h")));
    Map<String, Update> both = new LinkedHashMap<>();
    both.put("user:plays:game", with(copyU("h", "m"), sum("m", "h")));
    both.put("bot:plays:game", with(copyU("h", "m"), sum("m", "h")));
    requireRefusal("relations-dtype", () -> games.multiUpdateAll(both, CrossReducer.SUM));
    requireRefusal("relations-dtype-max", () -> games.multiUpdateAll(both, CrossReducer.MAX));
  }

  @Test
  void aLaterRelationsMistakeUndoesNothingOfAnEarlierOne() {
    Map<String, Update> both = new LinkedHashMap<>();
    both.put("follows", with(copyU("h", "m"), sum("m", "h")));
    both.put("user:plays:game", with(copyU("absent", "m"), sum("m", "h")));
    requireRefusal("field-unknown-multi", () -> games.multiUpdateAll(both, CrossReducer.SUM));
  }
}
