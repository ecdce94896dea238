package io.relata.plugin.functions;

import static io.relata.graph.Functions.copyE;
import static io.relata.graph.Functions.max;
import static io.relata.graph.Functions.sum;
import static io.relata.graph.Functions.with;
import static io.relata.plugin.functions.MoreFunctions.logSumExp;
import static io.relata.plugin.functions.MoreFunctions.squaredDistance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.RelationReduce;
import io.relata.hetero.CrossReducer;
import io.relata.hetero.HeteroGraph;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The two functions by hand, together, and beside built-ins and functions of the user. */
class FunctionsTest {
  private static final double INF = Double.POSITIVE_INFINITY;
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
    g =
        HeteroGraph.builder(relata)
            .nodes("a", 3)
            .nodes("b", 3)
            .relation("a", "near", "b", new int[] {0, 1, 2}, new int[] {0, 0, 2})
            .relation("b", "far", "b", new int[] {0, 1}, new int[] {1, 0})
            .build();
    g.nodes("a").set("x", relata.tensor(new double[] {0, 0, 3, 4, 1, 1}, 3, 2));
    g.nodes("b").set("x", relata.tensor(new double[] {0, 0, 9, 9, 1, 2}, 3, 2));
    g.edges("far").set("w", relata.tensor(new double[] {2, 5}, 2, 1));
  }

  private double[] result() {
    return g.nodes("b").get("y").toDoubleArray();
  }

  @Test
  void bothTogetherAreTheFormula() {
    g.relation("near").updateAll(squaredDistance("x", "x", "m"), logSumExp(2, "m", "y"));
    double expected = 2 * Math.log(Math.exp(0) + Math.exp(25 / 2.0));
    assertThat(result()).containsExactly(new double[] {expected, 0, 1}, within(1e-12));
  }

  @Test
  void eachMixesWithBuiltInsAndFunctionsOfTheUser() {
    g.relation("near").updateAll(squaredDistance("x", "x", "m"), sum("m", "y"));
    assertThat(result()).containsExactly(25, 0, 1);
    g.relation("far").updateAll(copyE("w", "m"), logSumExp(1, "m", "y"));
    assertThat(result()).containsExactly(5, 2, 0);
    g.relation("near").updateAll(e -> Map.of("m", e.src("x").sum(1)), logSumExp(1, "m", "y"));
    assertThat(result()[2]).isEqualTo(2);
    g.relation("near")
        .updateAll(squaredDistance("x", "x", "m"), n -> Map.of("y", n.mailbox("m").max(1)));
    assertThat(result()).containsExactly(25, 0, 1);
  }

  @Test
  void overSeveralRelationsTheyStandBesideBuiltIns() {
    g.multiUpdateAll(
        Map.of(
            "near", with(squaredDistance("x", "x", "m"), logSumExp(1e-3, "m", "y")),
            "far", with(copyE("w", "m"), max("m", "y"))),
        CrossReducer.SUM);
    assertThat(result()).containsExactly(new double[] {30, 2, 1}, within(1e-12));
  }

  @Test
  void aSmallTemperatureDoesNotOverflowAndInfinitiesHaveTheirLimits() {
    Adjacency a = Adjacency.of(relata, "test", 1, 4, new int[6], new int[] {0, 0, 1, 2, 2, 3});
    double[] m = {1e6, 1e6, -INF, INF, 3, Double.NaN};
    Tensor out = logSumExp(1, "m", "y").reduce(a, relata.tensor(m));
    assertThat(out.toDoubleArray())
        .containsExactly(new double[] {1e6 + Math.log(2), -INF, INF, Double.NaN}, within(1e-9));
  }

  @Test
  void aPairWhoseFieldsDoNotMeetIsRefusedWhenItIsMade() {
    assertThatThrownBy(() -> with(squaredDistance("x", "x", "m"), logSumExp(1, "k", "y")))
        .hasMessageContaining("[FIELD_MISMATCH]")
        .hasMessageContaining("u_sqdist_v('x', 'x', 'm') with logsumexp(1.0, 'k', 'y')");
    assertThatThrownBy(() -> with(copyE("w", "m"), logSumExp(1, "k", "y")))
        .hasMessageContaining("[FIELD_MISMATCH]");
  }

  @Test
  void wrongArgumentsAndMissingFieldsNameTheFunction() {
    assertThatThrownBy(() -> logSumExp(0, "m", "y")).hasMessageContaining("above 0: 0.0");
    assertThatThrownBy(
            () -> g.relation("near").updateAll(squaredDistance("z", "x", "m"), sum("m", "y")))
        .hasMessageContaining("u_sqdist_v('z', 'x', 'm')")
        .hasMessageContaining("near");
    g.nodes("a").set("x", relata.zeros(DType.FLOAT64, 3, 5));
    assertThatThrownBy(
            () -> g.relation("near").updateAll(squaredDistance("x", "x", "m"), sum("m", "y")))
        .hasMessageContaining("needs rows of one shape");
  }

  @Test
  void aReduceFunctionThatForgetsNodesIsNamed() {
    RelationReduce forgetful =
        new RelationReduce() {
          @Override
          public String message() {
            return "m";
          }

          @Override
          public String out() {
            return "y";
          }

          @Override
          public Tensor reduce(Adjacency graph, Tensor messages) {
            return messages;
          }

          @Override
          public String toString() {
            return "forgetful";
          }
        };
    assertThatThrownBy(() -> g.relation("far").updateAll(copyE("w", "m"), forgetful))
        .hasMessageContaining("forgetful, field 'y'")
        .hasMessageContaining("3 rows, one for each of the destination nodes")
        .hasMessageContaining("shape (2, 1)");
  }
}
