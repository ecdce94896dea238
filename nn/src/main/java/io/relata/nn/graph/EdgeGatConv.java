package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import java.util.ArrayList;
import java.util.List;

/**
 * Graph attention with edge features, per head {@code y_v = Σ α_uv (z_u + f_uv)}, {@code z = W x},
 * {@code f = W_e e}, α the softmax over the in-edges of {@code leakyRelu(a_l · z_u + a_r · z_v +
 * a_e · f_uv)} (Monninger et al., 2023, SCENE; DGL: {@code EdgeGATConv}). {@code W_e} is applied
 * behind the sum, so what is made per edge has the size of heads times edge features. Children
 * {@code fc}, or {@code fc_src} and {@code fc_dst}, {@code fc_edge}, {@code res_fc}; parameters
 * {@code attn_l}, {@code attn_r}, {@code attn_edge} (1, heads, out), {@code bias} (heads · out,).
 * Glorot normal with relu's gain, bias 0.
 */
public final class EdgeGatConv extends AttentionConv {
  private final int edgeSize;
  private final double negativeSlope;
  private final Linear edgeMap;
  private final NodeTerms terms;
  private final Tensor along;

  private EdgeGatConv(Builder b) {
    super(b);
    edgeSize = b.edgeSize;
    negativeSlope = b.negativeSlope;
    edgeMap =
        child(
            "fc_edge",
            new Linear(b.context, edgeSize, heads * out, false, AttentionOptions.GLOROT));
    Tensor left = headVectors(b.context, "attn_l");
    terms = new NodeTerms(b.context, left, headVectors(b.context, "attn_r"));
    along = headVectors(b.context, "attn_edge");
  }

  /** Starts a layer with options; edgeSize is the size of an edge's features. */
  public static Builder builder(LayerContext context, int in, int edgeSize, int out, int heads) {
    return new Builder(context, in, edgeSize, out, heads);
  }

  /** Collects options: as in DGL bias, a residual with a map, no dropout, slope 0.2 by default. */
  public static final class Builder extends LeakyAttentionOptions<Builder> {
    private final int edgeSize;

    private Builder(LayerContext context, int in, int edgeSize, int out, int heads) {
      super(context, in, out, heads);
      this.edgeSize = edgeSize;
      residual = true;
      residualBiased = false;
      residualAlwaysMapped = true;
    }

    @Override
    Builder self() {
      return this;
    }

    /** For destinations of another type: gives them a map of their own, from this size. */
    public Builder inDst(int value) {
      inDst = value;
      twoMaps = true;
      return this;
    }

    /** Makes the layer. */
    public EdgeGatConv build() {
      return new EdgeGatConv(this);
    }
  }

  @Override
  Tensor logits(Adjacency g, Tensor zs, Tensor zd, Tensor edge) {
    requireRows("edge features", edge, g.numEdges(), edgeSize);
    NodeTerms.Terms t = terms.of(zs, zd);
    Tensor toHeads = maps().mul(along.reshape(heads, out, 1)).sum(1);
    return GraphOps.gsddmm(g, MessageOp.ADD, Arg.u(t.source()), Arg.v(t.destination()))
        .add(edge.matmul(false, toHeads, true))
        .leakyRelu(negativeSlope)
        .unsqueeze(2);
  }

  @Override
  Tensor weighted(Tensor attention, Tensor edge) {
    return attention;
  }

  @Override
  Tensor messages(Adjacency g, Tensor zs, Tensor attention, Tensor edge) {
    Tensor features = edge.reshape(edge.dim(0), 1, edgeSize).mul(attention);
    Tensor sums = GraphOps.copyReduce(g, Reducer.SUM, Arg.e(features));
    List<Tensor> fromEdges = new ArrayList<>();
    for (int h = 0; h < heads; h++) {
      fromEdges.add(sums.select(1, h).matmul(false, maps().select(0, h), true));
    }
    return super.messages(g, zs, attention, edge).add(Tensor.stack(1, fromEdges));
  }

  /** W_e by head, (heads, out, edgeSize). */
  private Tensor maps() {
    return edgeMap.weight().reshape(heads, out, edgeSize);
  }
}
