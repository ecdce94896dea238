package io.relata.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.Shape;
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

  @Test
  void gat_conv_between_two_kinds_of_nodes() {
    GatConv conv =
        GatConv.builder(context, 3, 2, 2).inDst(4).residual(true).allowZeroInDegree(true).build();
    Tensor src = normal(SRC, 3);
    Tensor dst = normal(DST, 4);
    check(conv, Map.of("src", src, "dst", dst), () -> conv.forward(g, src, dst));
  }

  @Test
  void gat_conv_among_nodes() {
    GatConv conv = GatConv.builder(context, 3, 2, 3).build();
    Tensor x = normal(DST, 3);
    check(conv, Map.of("x", x), () -> conv.forward(square, x));
  }

  @Test
  void gat_conv_with_dropped_weights() {
    GatConv conv =
        GatConv.builder(context, 3, 2, 2).attentionDropout(0.3).allowZeroInDegree(true).build();
    Tensor x = normal(DST, 3);
    check(conv, Map.of("x", x), () -> conv.forward(square, x));
  }

  @Test
  void gat_conv_gives_the_same_with_and_without_its_weights() {
    GatConv conv = GatConv.builder(context, 3, 4, 2).build();
    Tensor x = normal(DST, 3);
    double[] alone = conv.forward(square, x).toDoubleArray();
    Attended both = conv.attend(square, x, x, null);
    assertThat(both.output().toDoubleArray()).containsExactly(alone, within(1e-12));
    assertThat(both.attention().shape()).isEqualTo(Shape.of(EDGES, 2, 1));
    // Multipliers of 1 change nothing but the way.
    Tensor ones = relata.full(1, DType.FLOAT64, EDGES);
    assertThat(conv.forward(square, x, x, ones).toDoubleArray())
        .containsExactly(alone, within(1e-12));
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
