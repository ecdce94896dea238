package io.relata.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.Tensor;
import io.relata.graph.Segments;
import io.relata.hetero.HeteroGraph;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers on typed nodes. */
class HgtConvTest extends LayerGradients {
  private static HeteroGraph graph() {
    return HeteroGraph.builder(relata)
        .nodes("a", 3)
        .nodes("b", 2)
        .relation("a", "r", "b", new int[] {0, 1, 2}, new int[] {0, 0, 1})
        .relation("b", "none", "a", new int[0], new int[0])
        .relation("b", "s", "b", new int[] {1}, new int[] {0})
        .build();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  void gradients_are_slopes_whatever_the_order_of_node_types(int in) {
    HgtConv conv = HgtConv.builder(context, in, 2, 2, 3, 4).dropout(0.2).layerNorm(true).build();
    int[] nodeTypes = IntStream.range(0, DST).map(v -> v * 5 % 3).toArray();
    TypedGraph typed = TypedGraph.of(square, nodeTypes, 3, types, 4);
    Tensor x = normal(DST, in);
    conv.parameters().forEach(p -> p.assign(normal(p.shape().dims()).mul(0.5)));
    check(conv, Map.of("x", x), () -> conv.forward(typed, x));
  }

  @Test
  void types_of_a_heterograph_are_joined_in_its_order_and_split_again() {
    TypedGraph typed = TypedGraph.of(graph());
    HgtConv conv = HgtConv.builder(context, 3, 2, 2, 2, 3).build();
    Map<String, Tensor> x = Map.of("b", normal(2, 3), "a", normal(3, 3));
    Tensor joined = typed.join(x);
    Map<String, Tensor> back = typed.split(joined);
    assertThat(back.keySet()).containsExactly("a", "b");
    x.forEach((type, v) -> assertThat(back.get(type).toDoubleArray()).isEqualTo(v.toDoubleArray()));

    Tensor y = conv.forward(typed, joined);
    // Nothing reaches type a, so what is left is the residual's share.
    Tensor share = conv.namedParameters().get("skip").sigmoid().slice(0, 0, 1);
    Tensor old = x.get("a").matmul(conv.namedParameters().get("residual_w"));
    assertThat(typed.split(y).get("a").toDoubleArray())
        .usingElementComparator((p, q) -> Math.abs(p - q) < 1e-12 ? 0 : 1)
        .containsExactly(old.mul(share.rsub(1)).toDoubleArray());
  }

  @Test
  void rows_sorted_by_type_give_the_same_as_rows_with_types() {
    for (TypedLinear map :
        new TypedLinear[] {
          new TypedLinear(context, 3, 4, 6),
          TypedLinear.withBases(context, 3, 4, 6, 2),
          TypedLinear.withBlocks(context, 3, 4, 6, 2)
        }) {
      Tensor x = normal(5, 4);
      Tensor byType = map.forward(x, relata.tensor(new int[] {0, 0, 2, 2, 2}));
      Tensor byRun = map.forward(x, Segments.of(relata, 2, 0, 3));
      assertThat(byRun.toDoubleArray()).isEqualTo(byType.toDoubleArray());
    }
  }

  @Test
  void graphs_features_and_options_that_do_not_fit_are_refused() {
    TypedGraph typed = TypedGraph.of(graph());
    HgtConv conv = HgtConv.builder(context, 3, 2, 2, 2, 4).build();
    assertThatThrownBy(() -> conv.forward(typed, normal(5, 3)))
        .hasMessageContaining("2 node types, 4 relations");
    HgtConv fits = HgtConv.builder(context, 3, 2, 2, 2, 3).build();
    assertThatThrownBy(() -> fits.forward(typed, normal(4, 3))).hasMessageContaining("(5, 3)");
    assertThatThrownBy(() -> typed.join(Map.of("a", normal(3, 3)))).hasMessageContaining("[a, b]");
    assertThatThrownBy(() -> TypedLinear.withBlocks(context, 3, 4, 6, 4))
        .hasMessageContaining("divisor of 4 and of 6");
    assertThatThrownBy(() -> TypedLinear.withBases(context, 3, 4, 6, -1))
        .hasMessageContaining("negative");
    assertThatThrownBy(() -> TypedGraph.of(square, new int[DST], 0, types, 4))
        .hasMessageContaining("type of node 0");
    assertThatThrownBy(() -> TypedGraph.of(square, new int[2], 1, types, 4))
        .hasMessageContaining("7 node types");
  }
}
