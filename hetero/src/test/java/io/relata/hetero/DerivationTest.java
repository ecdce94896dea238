package io.relata.hetero;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.ErrorId;
import io.relata.NoGrad;
import io.relata.Scope;
import io.relata.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Fields of what was made from another graph. */
class DerivationTest extends RuntimeTest {
  @Test
  void whatIsKeptWholeIsShared() {
    HeteroGraph g = shop();
    HeteroGraph same = Derivation.of(g).keepAllNodes().keepAllEdges().build();
    assertThat(same.nodes("user").get("x")).isSameAs(g.nodes("user").get("x"));
    assertThat(same.parentNodes("item").toIntArray()).containsExactly(0, 1, 2);
    same.nodes("user").set("x", tens(4).add(1));
    assertThat(g.nodes("user").get("x").toDoubleArray()).containsExactly(10, 20, 30, 40);
  }

  @Test
  void aGatheredFieldOutlivesTheScopeOfItsFirstReading() {
    HeteroGraph sub = shop().subgraph(Map.of("user", ints(3, 1)));
    try (Scope _ = relata.scope()) {
      sub.nodes("user").get("x");
    }
    relata.zeros(64);
    assertThat(sub.nodes("user").get("x").toDoubleArray()).containsExactly(40, 20);
  }

  @Test
  void gradientsFlowThroughAGatheredFieldStepAfterStep() {
    HeteroGraph g = shop();
    Tensor x = tens(4).requiresGrad(true);
    g.nodes("user").set("x", x);
    HeteroGraph sub = g.subgraph(Map.of("user", ints(3, 1)));
    try (NoGrad _ = new NoGrad()) {
      sub.nodes("user").get("x");
    }
    for (int step = 0; step < 2; step++) {
      x.zeroGrad();
      sub.nodes("user").get("x").mul(relata.tensor(new double[] {2, 3})).sum().backward();
      assertThat(x.grad().toDoubleArray()).containsExactly(0, 3, 0, 2);
    }
  }

  @Test
  void partsThatDoNotFitAreRefused() {
    HeteroGraph g = shop();
    assertRefused(
        ErrorId.NODE_ID, () -> Derivation.of(g).nodes("user", 0, 4), "'user'", "position 1");
    assertRefused(
        ErrorId.TYPE_UNKNOWN,
        () -> Derivation.of(g).keepNodes("user").keepEdges(g.edgeType("buys")).build(),
        "user:buys:item",
        "'item'");
    assertRefused(
        ErrorId.INDEX,
        () -> Derivation.of(g).edges(g.edgeType("buys"), ints(0), ints(0), ints(3)),
        "0 to 2");
  }
}
