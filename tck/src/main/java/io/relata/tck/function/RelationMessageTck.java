package io.relata.tck.function;

import static io.relata.graph.Functions.copyE;
import static io.relata.graph.Functions.sum;
import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.RelationMessage;
import io.relata.hetero.HeteroGraph;
import io.relata.spi.Target;
import io.relata.tck.graph.MessageForm;
import io.relata.tck.graph.TestGraph;
import io.relata.tck.tensor.GradientTck;
import io.relata.tck.tensor.Oracle;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What every message function of a plugin must do. The kit gives source nodes, destination nodes
 * and edges a field 'h' each; the function under test reads those that it names.
 */
public abstract class RelationMessageTck extends GradientTck {
  /** The function, reading fields 'h' and writing 'm'. */
  protected abstract RelationMessage function();

  /** Whose field 'h' the function reads. */
  protected abstract List<Target> operands();

  /** Row shape of the fields. */
  protected Shape row() {
    return Shape.of(3);
  }

  private HeteroGraph graph(TestGraph g, DType dtype) {
    HeteroGraph graph = Relations.of(relata, g);
    graph.nodes("a").set("h", field(g, Target.U, dtype));
    graph.nodes("b").set("h", field(g, Target.V, dtype));
    graph.edges("r").set("h", field(g, Target.E, dtype));
    return graph;
  }

  private Tensor field(TestGraph g, Target target, DType dtype) {
    Shape shape = row().prepend(MessageForm.count(g, target));
    return Relations.numbers(relata, 10 + target.ordinal(), dtype, shape);
  }

  @Test
  void aMessageDependsOnItsOwnEdgeAlone() {
    for (TestGraph g : TestGraph.small()) {
      for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
        HeteroGraph graph = graph(g, dtype);
        graph.relation("r").applyEdges(function());
        Tensor whole = graph.edges("r").get("m");
        // A function of the user sees batches of edges, each with ends of its own.
        graph.relation("r").applyEdges(edges -> function().apply(edges));
        Oracle.requireEqual(
            function() + " on " + g,
            whole,
            dtype,
            graph.edges("r").get("m").shape(),
            graph.edges("r").get("m").toDoubleArray(),
            50 * Oracle.tolerance(dtype));
      }
    }
  }

  @Test
  void someEdgesGetWhatTheyGetAmongAll() {
    TestGraph g = TestGraph.hub(2, 4, 11);
    int[] some = {7, 0, 3};
    HeteroGraph graph = graph(g, DType.FLOAT64);
    graph.relation("r").applyEdges(function());
    Tensor expected = graph.edges("r").get("m").indexSelect(0, relata.tensor(some));
    HeteroGraph other = graph(g, DType.FLOAT64);
    other.relation("r").applyEdges(function(), some);
    assertThat(other.edges("r").get("m").indexSelect(0, relata.tensor(some)).toDoubleArray())
        .containsExactly(expected.toDoubleArray());
  }

  @Test
  void builtInReducersAndMailboxesTakeItsMessages() {
    HeteroGraph graph = graph(TestGraph.hub(3, 5, 14), DType.FLOAT64);
    graph.relation("r").applyEdges(function());
    graph.relation("r").updateAll(copyE("m", "x"), sum("x", "expected"));
    graph.relation("r").updateAll(function(), sum("m", "fused"));
    graph
        .relation("r")
        .updateAll(function(), nodes -> Map.of("boxed", nodes.mailbox("m").sum(1, false)));
    Tensor expected = graph.nodes("b").get("expected");
    for (String field : List.of("fused", "boxed")) {
      Oracle.requireEqual(
          function() + " with " + field,
          graph.nodes("b").get(field),
          DType.FLOAT64,
          expected.shape(),
          expected.toDoubleArray(),
          1e-12);
    }
  }

  @Test
  void twiceTheSameBits() {
    HeteroGraph graph = graph(TestGraph.random(4, 30, 20, 400), DType.FLOAT32);
    graph.relation("r").applyEdges(function());
    float[] first = graph.edges("r").get("m").toFloatArray();
    graph.relation("r").applyEdges(function());
    assertThat(Arrays.equals(graph.edges("r").get("m").toFloatArray(), first)).isTrue();
  }

  @TestFactory
  List<DynamicTest> gradients() {
    for (TestGraph g : TestGraph.small()) {
      if (g.numEdges() > 0) {
        String what = function() + " on " + g;
        add(what, () -> gradient(what, g));
      }
    }
    return added();
  }

  private void gradient(String what, TestGraph g) {
    Adjacency a = g.on(relata);
    Tensor[] inputs =
        operands().stream().map(t -> field(g, t, DType.FLOAT64)).toArray(Tensor[]::new);
    check(
        what,
        in -> {
          Map<Target, Tensor> fields = new EnumMap<>(Target.class);
          for (int i = 0; i < in.length; i++) {
            fields.put(operands().get(i), in[i]);
          }
          return function().message(a, (target, _) -> new Arg(target, fields.get(target)));
        },
        inputs);
  }
}
