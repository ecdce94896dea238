package io.relata.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relata.Tensor;
import io.relata.nn.Activation;
import io.relata.nn.Linear;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Gradients of graph layers are slopes: in both features, edge weights and all parameters. */
class GraphLayerGradientTest extends LayerGradients {
  private static void check(ConvLayer layer, int inSrc, int inDst) {
    check(layer, inSrc, inDst, EDGES);
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void graph_conv(Norm norm) {
    for (int out : new int[] {2, 5}) {
      GraphConv conv =
          GraphConv.builder(context, 3, out)
              .norm(norm)
              .allowZeroInDegree(true)
              .activation(Activation.tanh())
              .build();
      Tensor src = normal(SRC, 3);
      Tensor w = normal(EDGES, 1);
      check(conv, Map.of("src", src, "w", w), () -> conv.forward(g, src, null, w));
    }
  }

  @ParameterizedTest
  @EnumSource(Aggregator.class)
  void sage_conv(Aggregator aggregator) {
    int inDst = aggregator == Aggregator.GCN ? 3 : 4;
    for (int out : new int[] {2, 5}) {
      check(
          SageConv.builder(context, 3, out).inDst(inDst).aggregator(aggregator).build(), 3, inDst);
    }
  }

  @Test
  void sage_conv_reads_wide_features_once() {
    SageConv conv = new SageConv(context, 33, 2, Aggregator.MEAN);
    Tensor x = normal(DST, 33);
    Tensor w = normal(EDGES, 1);
    Tensor once = conv.forward(square, x, x, w);
    // Another tensor as destinations takes the general way.
    assertThat(once.toDoubleArray())
        .containsExactly(conv.forward(square, x, x.copy(), w).toDoubleArray(), within(1e-12));
    check(conv, Map.of("x", x, "w", w), () -> conv.forward(square, x, x, w));
  }

  @Test
  void gat_conv() {
    check(
        GatConv.builder(context, 3, 2, 2)
            .inDst(4)
            .residual(true)
            .attentionDropout(0.2)
            .featureDropout(0.2)
            .allowZeroInDegree(true)
            .build(),
        3,
        4);
  }

  @Test
  void gatv2_conv() {
    check(
        Gatv2Conv.builder(context, 3, 2, 2).inDst(5).residual(true).allowZeroInDegree(true).build(),
        3,
        5);
  }

  @Test
  void gin_conv() {
    check(
        new GinConv(context, new Linear(context, 3, 2), io.relata.spi.Reducer.SUM, 0.3, true),
        3,
        3);
  }

  @Test
  void edge_conv() {
    EdgeConv conv = new EdgeConv(context, 3, 2, true);
    Tensor src = normal(SRC, 3);
    Tensor dst = normal(DST, 3);
    check(conv, Map.of("src", src, "dst", dst), () -> conv.forward(g, src, dst));
  }

  @ParameterizedTest
  @CsvSource({"3, 2, 0, 1", "2, 6, 0, 1", "12, 1, 2, 1", "1, 12, 2, 1", "3, 3, 3, 1", "4, 6, 0, 2"})
  void rel_graph_conv(int in, int out, int bases, int blocks) {
    RelGraphConv.Builder builder = RelGraphConv.builder(context, in, out, 4);
    RelGraphConv conv =
        (blocks > 1 ? builder.blocks(blocks) : builder.bases(bases))
            .layerNorm(out > 2)
            .dropout(0.3)
            .activation(Activation.tanh())
            .build();
    TypedAdjacency typed = TypedAdjacency.of(g, types, 4);
    Tensor src = normal(SRC, in);
    Tensor dst = normal(DST, in);
    Tensor norm = normal(EDGES, 1);
    check(
        conv,
        Map.of("src", src, "dst", dst, "norm", norm),
        () -> conv.forward(typed, src, dst, norm));
  }
}
