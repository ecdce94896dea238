package io.relata.nn.graph;

import io.relata.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of attention layers are slopes, also with options that DGL's numbers do not cover. */
class AttentionLayerGradientTest extends LayerGradients {
  @Test
  void dot_gat_conv() {
    check(
        DotGatConv.builder(context, 3, 2, 2)
            .inDst(4)
            .residual(true)
            .bias(true)
            .allowZeroInDegree(true)
            .build(),
        3,
        4,
        EDGES);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void edge_gat_conv(boolean residual) {
    check(
        EdgeGatConv.builder(context, 3, 5, 2, 2)
            .inDst(4)
            .residual(residual)
            .attentionDropout(0.2)
            .allowZeroInDegree(true)
            .build(),
        3,
        4,
        EDGES,
        5);
  }

  @Test
  void egat_conv_in_nodes_and_edges() {
    EgatConv conv = new EgatConv(context, 3, 4, 2, 3, 2);
    Tensor src = normal(SRC, 3);
    Tensor dst = normal(DST, 3);
    Tensor e = normal(EDGES, 4);
    check(
        conv,
        Map.of("src", src, "dst", dst, "e", e),
        () -> {
          EgatConv.Result r = conv.attend(g, src, dst, e);
          return Tensor.concat(
              0, r.nodes().reshape(r.nodes().size()), r.edges().reshape(r.edges().size()));
        });
  }

  @Test
  void agnn_conv() {
    AgnnConv conv = new AgnnConv(context, 1.5, true, true);
    Tensor src = normal(SRC, 3);
    Tensor dst = normal(DST, 3);
    check(conv, Map.of("src", src, "dst", dst), () -> conv.forward(g, src, dst));
  }
}
