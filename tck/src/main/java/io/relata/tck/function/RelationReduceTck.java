package io.relata.tck.function;

import static io.relata.graph.Functions.copyE;
import static io.relata.graph.Functions.mean;
import static io.relata.graph.Functions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.RelationReduce;
import io.relata.graph.Update;
import io.relata.hetero.CrossReducer;
import io.relata.hetero.HeteroGraph;
import io.relata.tck.graph.TestGraph;
import io.relata.tck.tensor.GradientTck;
import io.relata.tck.tensor.Oracle;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every reduce function of a plugin must do, on messages of one number and of several. */
public abstract class RelationReduceTck extends GradientTck {
  /** The function, reading the message 'm' and writing 'out'. */
  protected abstract RelationReduce function();

  /** Rows of messages to try. */
  protected List<Shape> rows() {
    return List.of(Shape.of(), Shape.of(3), Shape.of(2, 9));
  }

  private Tensor messages(TestGraph g, DType dtype, Shape row) {
    return Relations.numbers(relata, 5, dtype, row.prepend(g.numEdges()));
  }

  @Test
  void everyNodeGetsARowOfZerosWhereNothingArrived() {
    for (TestGraph g : TestGraph.small()) {
      Adjacency a = g.on(relata);
      int[] degrees = a.inDegrees();
      for (Shape row : rows()) {
        Tensor out = function().reduce(a, messages(g, DType.FLOAT64, row));
        assertThat(out.dim(0)).as("rows on %s", g).isEqualTo(g.numDst());
        double[] values = out.toDoubleArray();
        int width = g.numDst() == 0 ? 0 : values.length / g.numDst();
        for (int i = 0; i < values.length; i++) {
          if (degrees[i / width] == 0) {
            assertThat(values[i]).as("%s, node %d of %s", function(), i / width, g).isZero();
          }
        }
      }
    }
  }

  @Test
  void aNodeDependsOnItsOwnMessagesAlone() {
    for (TestGraph g : TestGraph.small()) {
      for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
        for (Shape row : rows()) {
          if (g.numEdges() > 0) {
            HeteroGraph graph = Relations.of(relata, g);
            graph.edges("r").set("x", messages(g, dtype, row));
            graph.relation("r").updateAll(copyE("x", "m"), function());
            Tensor whole = graph.nodes("b").get("out");
            // A function of the user sees mailboxes, one in-degree at a time.
            graph.relation("r").updateAll(copyE("x", "m"), nodes -> function().apply(nodes));
            Oracle.requireEqual(
                function() + " on " + g,
                whole,
                dtype,
                graph.nodes("b").get("out").shape(),
                graph.nodes("b").get("out").toDoubleArray(),
                50 * Oracle.tolerance(dtype));
          }
        }
      }
    }
  }

  @Test
  void itStandsBesideBuiltInsAndFunctionsOfTheUserOverSeveralRelations() {
    TestGraph g = TestGraph.hub(6, 5, 12);
    HeteroGraph graph =
        HeteroGraph.builder(relata)
            .nodes("a", 5)
            .nodes("b", 5)
            .relation("a", "one", "b", g.src(), g.dst())
            .relation("a", "two", "b", g.dst(), g.src())
            .relation("b", "three", "b", g.src(), g.dst())
            .build();
    Tensor x = messages(g, DType.FLOAT64, Shape.of(4));
    List.of("one", "two", "three").forEach(r -> graph.edges(r).set("x", x));
    Map<String, Update> updates =
        Map.of(
            "one", with(copyE("x", "m"), function()),
            "two", with(copyE("x", "m"), mean("m", "out")),
            "three", with(copyE("x", "m"), n -> Map.of("out", n.mailbox("m").prod(1))));
    double[] expected = new double[5 * 4];
    updates.forEach(
        (relation, update) -> {
          graph.multiUpdateAll(Map.of(relation, update), CrossReducer.SUM);
          double[] part = graph.nodes("b").get("out").toDoubleArray();
          Arrays.setAll(expected, i -> expected[i] + part[i]);
        });
    graph.multiUpdateAll(updates, CrossReducer.SUM);
    Oracle.requireEqual(
        function() + " among others",
        graph.nodes("b").get("out"),
        DType.FLOAT64,
        Shape.of(5, 4),
        expected,
        1e-12);
  }

  @Test
  void twiceTheSameBits() {
    TestGraph g = TestGraph.random(4, 30, 20, 400);
    Adjacency a = g.on(relata);
    Tensor m = messages(g, DType.FLOAT32, Shape.of(7));
    float[] first = function().reduce(a, m).toFloatArray();
    assertThat(Arrays.equals(function().reduce(a, m).toFloatArray(), first)).isTrue();
  }

  @TestFactory
  List<DynamicTest> gradients() {
    for (TestGraph g : TestGraph.small()) {
      for (Shape row : rows()) {
        if (g.numEdges() > 0) {
          String what = function() + " on " + g + ", rows " + row;
          Tensor m = messages(g, DType.FLOAT64, row);
          add(what, () -> check(what, in -> function().reduce(g.on(relata), in[0]), m));
        }
      }
    }
    return added();
  }
}
