package io.relata.hetero;

import static io.relata.graph.Functions.copyU;
import static io.relata.graph.Functions.max;
import static io.relata.graph.Functions.min;
import static io.relata.graph.Functions.sum;
import static io.relata.graph.Functions.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.graph.Reduce;
import io.relata.graph.RelationMessage;
import io.relata.graph.RelationReduce;
import io.relata.graph.Update;
import io.relata.spi.Reducer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What functions of the user and of libraries see, what they may return, and what if not. */
class UserFunctionTest {
  private static Relata relata;

  private HeteroGraph g;

  @BeforeAll
  static void open() {
    relata = Relata.open();
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  @BeforeEach
  void build() {
    // 0 → 1, 0 → 2, 1 → 2; node 0 receives nothing.
    g = HeteroGraph.homogeneous(relata, 3, new int[] {0, 0, 1}, new int[] {1, 2, 2});
    g.nodes().set("h", column(1, 2, 4));
    g.edges().set("w", column(10, 20, 30));
  }

  private static Tensor column(double... values) {
    return relata.tensor(values, values.length, 1);
  }

  private double[] node(String field) {
    return g.nodes().get(field).toDoubleArray();
  }

  private void refused(ThrowingCallable call, String... words) {
    assertThatThrownBy(call).isInstanceOf(RelataException.class).hasMessageContainingAll(words);
    assertThat(g.nodes().fields()).containsExactly("h");
  }

  // ---- what they see ----

  @Test
  void aMessageFunctionSeesBothEndsTheEdgesAndTheirIds() {
    g.relation()
        .applyEdges(
            e -> {
              Tensor ids = e.ids().to(e.src("h").dtype()).reshape(e.size(), 1);
              return Map.of(
                  "x", e.src("h").add(e.dst("h").mul(100)).add(e.data("w").mul(1000)).sub(ids));
            });
    assertThat(g.edges().get("x").toDoubleArray()).containsExactly(10201, 20400, 30400);
    g.relation().applyEdges(e -> Map.of("i", e.ids().add(5)), 2, 0);
    assertThat(g.edges().get("i").toIntArray()).containsExactly(5, 0, 7);
  }

  @Test
  void aReduceFunctionSeesTheMailboxAndTheOldFieldsOfItsNodes() {
    g.updateAll(
        copyU("h", "m"), n -> Map.of("r", n.mailbox("m").sum(1, false).add(n.data("h").mul(10))));
    assertThat(node("r")).containsExactly(0, 21, 43);
  }

  @Test
  void anUpdateFunctionSeesZeroWhereNothingArrivedWhateverTheReducer() {
    for (Reduce r : List.of(max("m", "r"), min("m", "r"), sum("m", "r"))) {
      g.updateAll(copyU("h", "m"), r, n -> Map.of("s", n.data("r").add(1)));
      assertThat(node("s")[0]).as("%s", r).isEqualTo(1);
      assertThat(node("r")[0]).as("%s", r).isEqualTo(0);
    }
    // What it returns stays, infinities too.
    g.updateAll(copyU("h", "m"), max("m", "r"), n -> Map.of("r", n.data("r").log()));
    assertThat(node("r")).containsExactly(Double.NEGATIVE_INFINITY, 0, Math.log(2));
  }

  // ---- nobody receives anything ----

  @Test
  void whereNobodyReceivesAReduceFunctionIsNotCalledAndSetsNothing() {
    HeteroGraph none = HeteroGraph.homogeneous(relata, 2, new int[0], new int[0]);
    none.nodes().set("h", column(1, 2)).set("old", column(7, 8));
    none.updateAll(
        copyU("h", "m"),
        n -> {
          throw new AssertionError("called");
        });
    assertThat(none.nodes().fields()).containsExactlyInAnyOrder("h", "old");
    none.updateAll(copyU("h", "m"), n -> Map.of("old", n.mailbox("m").sum(1, false)));
    assertThat(none.nodes().get("old").toDoubleArray()).containsExactly(7, 8);
    // A built-in reducer knows the shape, and so does a message function.
    none.updateAll(e -> Map.of("m", e.src("h")), sum("m", "r"));
    assertThat(none.nodes().get("r").toDoubleArray()).containsExactly(0, 0);
  }

  @Test
  void inConcatARelationWhoseFunctionWasNotCalledHasTheWidthOfTheFirstThatWas() {
    HeteroGraph two =
        HeteroGraph.builder(relata)
            .nodes("user", 2)
            .relation("user", "blocks", "user", new int[0], new int[0])
            .relation("user", "follows", "user", new int[] {0}, new int[] {1})
            .relation("user", "likes", "user", new int[] {1}, new int[] {0})
            .build();
    two.nodes("user").set("h", relata.tensor(new double[] {1, 2, 3, 4}, 2, 2));
    two.nodes("user").set("k", column(5, 6));
    Map<String, Update> updates = new LinkedHashMap<>();
    updates.put("blocks", with(copyU("k", "m"), n -> Map.of("r", n.mailbox("m").sum(1, false))));
    updates.put("follows", with(copyU("h", "m"), sum("m", "r")));
    updates.put("likes", with(copyU("k", "m"), max("m", "r")));
    two.multiUpdateAll(updates, CrossReducer.CONCAT);
    Tensor r = two.nodes("user").get("r");
    assertThat(r.shape().dims()).containsExactly(2, 5);
    assertThat(r.toDoubleArray()).containsExactly(0, 0, 0, 0, 6, 0, 0, 1, 2, 0);
  }

  // ---- what they may return ----

  @Test
  void wrongRowsAreRefusedAndNothingIsWritten() {
    Tensor two = column(1, 2);
    refused(
        () -> g.updateAll(copyU("h", "m"), n -> Map.of("r", two.slice(0, 0, 0))),
        "wrong number of rows [FIELD_ROWS]",
        "field 'r'",
        "1 rows, one for each of the batch's nodes");
    refused(
        () -> g.updateAll(copyU("h", "m"), sum("m", "s"), n -> Map.of("r", two)),
        "3 rows, one for each of the batch's nodes",
        "shape (2, 1)");
    refused(
        () ->
            g.multiUpdateAll(
                Map.of(HeteroGraph.EDGE, with(copyU("h", "m"), max("m", "s"))), results -> two),
        "[FIELD_ROWS]",
        "'s'");
  }

  @Test
  void alongSeveralRelationsNothingIsWrittenUnlessAllIsRight() {
    HeteroGraph two =
        HeteroGraph.builder(relata)
            .relation("user", "plays", "game", new int[] {0, 1}, new int[] {0, 1})
            .relation("game", "has", "user", new int[] {0, 1, 1}, new int[] {0, 1, 2})
            .build();
    two.nodes("user").set("h", column(1, 2, 3));
    two.nodes("game").set("h", column(1, 2));
    Map<String, Update> updates =
        Map.of(
            "plays", with(copyU("h", "m"), max("m", "r")),
            "has", with(copyU("h", "m"), max("m", "r")));
    // Two rows are right for games, which come first, and wrong for users.
    assertThatThrownBy(() -> two.multiUpdateAll(updates, results -> column(1, 2)))
        .hasMessageContaining("[FIELD_ROWS]")
        .hasMessageContaining("user");
    assertThat(two.nodes("game").fields()).containsExactly("h");
    assertThat(two.nodes("user").fields()).containsExactly("h");
  }

  @Test
  void aReduceFunctionReturnsTheSameFieldsForEveryDegree() {
    refused(
        () ->
            g.updateAll(
                copyU("h", "m"),
                n -> {
                  Tensor m = n.mailbox("m");
                  return Map.of("r" + m.dim(1), m.sum(1, false));
                }),
        "must return the same fields every time");
  }

  @Test
  void thereIsNoMailboxOutsideAReduceFunction() {
    refused(
        () -> g.updateAll(copyU("h", "m"), sum("m", "s"), n -> Map.of("r", n.mailbox("m"))),
        "The message has no such field [FIELD_UNKNOWN]",
        "a user-defined function on relation");
  }

  // ---- functions of libraries ----

  /** Twice the source, or as many rows as there are source nodes, which is wrong. */
  private record Twice(String field, String out, boolean right) implements RelationMessage {
    @Override
    public Tensor message(Adjacency g, Fields fields) {
      Tensor h = fields.u(field).value();
      return right
          ? GraphOps.gsddmm(g, io.relata.spi.MessageOp.COPY, Arg.u(h.mul(2)), null)
          : h.slice(0, 0, 1);
    }
  }

  private record Largest(String message, String out, boolean right) implements RelationReduce {
    @Override
    public Tensor reduce(Adjacency g, Tensor messages) {
      return right ? GraphOps.copyReduce(g, Reducer.MAX, Arg.e(messages)) : messages.slice(0, 0, 1);
    }
  }

  @Test
  void libraryFunctionsSeeTheRelationAndMixWithAllOthers() {
    g.updateAll(new Twice("h", "m", true), new Largest("m", "a", true));
    assertThat(node("a")).containsExactly(0, 2, 4);
    g.updateAll(new Twice("h", "m", true), sum("m", "b"));
    assertThat(node("b")).containsExactly(0, 2, 6);
    g.updateAll(copyU("h", "m"), new Largest("m", "c", true));
    assertThat(node("c")).containsExactly(0, 1, 2);
    g.updateAll(e -> Map.of("m", e.src("h")), new Largest("m", "d", true));
    assertThat(node("d")).containsExactly(0, 1, 2);
  }

  @Test
  void libraryFunctionsThatReturnWrongRowsOrMissAFieldAreNamed() {
    refused(
        () -> g.updateAll(new Twice("h", "m", false), sum("m", "r")),
        "Twice[field=h, out=m, right=false], field 'm'",
        "3 rows, one for each of the relation's edges");
    refused(
        () -> g.updateAll(copyU("h", "m"), new Largest("m", "r", false)),
        "Largest[message=m, out=r, right=false], field 'r'",
        "3 rows, one for each of the destination nodes");
    refused(
        () -> g.updateAll(new Twice("z", "m", true), sum("m", "r")),
        "'z'",
        "Twice[field=z, out=m, right=true] on relation");
    refused(
        () -> g.updateAll(e -> Map.of("m", e.src("h")), new Largest("n", "r", true)),
        "The message has no such field [FIELD_UNKNOWN]",
        "Largest[message=n, out=r, right=true] on relation",
        "one of [m]");
    refused(() -> g.updateAll(e -> Map.of("m", e.src("h")), sum("n", "r")), sum("n", "r") + " on");
  }
}
