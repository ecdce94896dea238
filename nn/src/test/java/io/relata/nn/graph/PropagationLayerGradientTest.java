package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.nn.GradientCheck;
import io.relata.nn.Layer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of layers that repeat the adjacency are slopes, also in edge weights. */
class PropagationLayerGradientTest extends LayerGradients {
  private static void check(ConvLayer layer, int in) {
    Tensor x = normal(DST, in);
    Tensor w = positive(EDGES, 1);
    check(layer, Map.of("x", x, "w", w), () -> layer.forward(square, x, null, w));
    Map<String, Tensor> leaves = new LinkedHashMap<>(layer.namedParameters());
    leaves.put("x", x);
    GradientCheck.check(leaves, () -> layer.forward(square, x));
  }

  @Test
  void appnp_conv() {
    check(new AppnpConv(3, 0.2), 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void sg_conv(int out) {
    check(new SgConv(context, 3, out, 2), 3);
  }

  @Test
  void tag_conv() {
    check(new TagConv(context, 3, 2, 2, true, Tensor::tanh), 3);
  }

  @Test
  void cheb_conv() {
    ChebConv conv = new ChebConv(context, 3, 2, 4, true, Tensor::tanh);
    Tensor x = normal(DST, 3);
    check(conv, Map.of("x", x), () -> conv.forward(square, x, 1.7));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void gcn2_conv(boolean shared) {
    Gcn2Conv conv = Gcn2Conv.builder(context, 3, 2).sharedWeight(shared).build();
    Tensor x = normal(DST, 3);
    Tensor first = normal(DST, 3);
    Tensor w = positive(EDGES);
    check(conv, Map.of("x", x, "first", first, "w", w), () -> conv.forward(square, x, first, w));
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void edge_weight_norm_also_where_nodes_have_no_edges(Norm norm) {
    Tensor w = positive(EDGES);
    check(new Layer() {}, Map.of("w", w), () -> EdgeWeightNorm.of(g, norm, w).mul(1));
  }
}
