package io.relata.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Segments;
import io.relata.nn.Linear;
import io.relata.spi.Reducer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of layers with something on the edges are slopes. */
class MessageLayerGradientTest extends LayerGradients {
  @Test
  void gine_conv() {
    check(new GineConv(context, new Linear(context, 3, 2), 0.3, true), 3, 3, EDGES, 3);
  }

  @ParameterizedTest
  @EnumSource(Reducer.class)
  void nn_conv(Reducer reducer) {
    Linear edge = new Linear(context, 4, 6);
    check(
        NnConv.builder(context, 3, 2, edge).inDst(5).reducer(reducer).residual(true).build(),
        3,
        5,
        EDGES,
        4);
  }

  @ParameterizedTest
  @EnumSource(Reducer.class)
  void gmm_conv(Reducer reducer) {
    check(
        GmmConv.builder(context, 3, 2, 4, 3).inDst(5).reducer(reducer).residual(true).build(),
        3,
        5,
        EDGES,
        4);
  }

  @Test
  void cf_conv() {
    CfConv conv = new CfConv(context, 3, 2, 4, 5);
    Tensor src = normal(SRC, 3);
    Tensor e = normal(EDGES, 2);
    check(conv, Map.of("src", src, "e", e), () -> conv.forward(g, src, null, e));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void edge_conv_with_batch_norm(boolean training) {
    EdgeConv conv = new EdgeConv(context, 3, 2, true, true);
    conv.train(training);
    Tensor src = normal(SRC, 3);
    Tensor dst = normal(DST, 3);
    check(conv, Map.of("src", src, "dst", dst), () -> conv.forward(g, src, dst));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5})
  void pna_conv_with_two_towers_on_a_batch(int edgeSize) {
    PnaConv conv =
        PnaConv.builder(context, 4, 4, 1.2).towers(2).edgeSize(edgeSize).dropout(0.2).build();
    Segments graphs = Segments.of(relata, 3, DST - 3);
    Tensor src = normal(SRC, 4);
    Tensor dst = normal(DST, 4);
    Map<String, Tensor> inputs = new LinkedHashMap<>(Map.of("src", src, "dst", dst));
    Tensor e = edgeSize == 0 ? null : normal(EDGES, edgeSize);
    if (e != null) {
      inputs.put("e", e);
    }
    check(conv, inputs, () -> conv.forward(g, src, dst, e, graphs));
  }

  @Test
  void egnn_conv_also_with_self_loops_and_two_nodes_at_one_place() {
    EgnnConv conv = new EgnnConv(context, 3, 0, 4, 2);
    Adjacency loops =
        Adjacency.of(relata, "loops", 3, 3, new int[] {0, 1, 2, 0}, new int[] {0, 2, 0, 1});
    Tensor x = normal(3, 3);
    Tensor at = normal(3, 2);
    check(
        conv,
        Map.of("x", x, "at", at),
        () -> {
          EgnnConv.Result r = conv.forward(loops, x, at, null);
          return Tensor.concat(1, r.features(), r.coordinates());
        });
    Tensor together = relata.zeros(at.dtype(), 3, 2).requiresGrad(true);
    EgnnConv.Result r = conv.forward(loops, x, together, null);
    r.coordinates().sum().backward();
    assertThat(r.coordinates().toDoubleArray()).containsOnly(0.0);
    assertThat(together.grad().toDoubleArray()).containsOnly(1.0);
  }

  @Test
  void gated_graph_conv() {
    GatedGraphConv conv = new GatedGraphConv(context, 2, 3, 3, 4);
    TypedAdjacency typed = TypedAdjacency.of(square, types, 4);
    Tensor x = normal(DST, 2);
    check(conv, Map.of("x", x), () -> conv.forward(typed, x));
  }

  @Test
  void sage_lstm_reads_neighbours_in_the_order_of_edge_ids() {
    SageConv conv = new SageConv(context, 2, 3, Aggregator.LSTM);
    Tensor x = normal(3, 2);
    int[] dst = {2, 2};
    Adjacency forth = Adjacency.of(relata, "forth", 3, 3, new int[] {0, 1}, dst);
    Adjacency back = Adjacency.of(relata, "back", 3, 3, new int[] {1, 0}, dst);
    double[] first = conv.forward(forth, x).toDoubleArray();
    assertThat(conv.forward(back, x).toDoubleArray()).isNotEqualTo(first);
    assertThat(conv.forward(forth, x).toDoubleArray()).isEqualTo(first);
  }
}
