package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.LayerContext;
import io.relata.spi.MessageOp;

/**
 * Graph attention whose ranking depends on the destination, per head {@code y_v = Σ α_uv s_u}, α
 * the softmax over the in-edges of {@code a · leakyRelu(s_u + d_v)}, {@code s = W_src x + b},
 * {@code d = W_dst x + b} (Brody et al., 2022; DGL: {@code GATv2Conv}). The nonlinearity sits on
 * the sum, so an array of edges times heads times out is made. Children {@code fc_src}, {@code
 * fc_dst} (the same one with shared weights), {@code res_fc} where a residual changes size;
 * parameter {@code attn} (1, heads, out). Glorot normal with relu's gain.
 */
public final class Gatv2Conv extends AttentionConv {
  private final double negativeSlope;
  private final Tensor attn;

  private Gatv2Conv(Builder b) {
    super(b);
    negativeSlope = b.negativeSlope;
    attn = headVectors(b.context, "attn");
  }

  /** Starts a layer with options. */
  public static Builder builder(LayerContext context, int in, int out, int heads) {
    return new Builder(context, in, out, heads);
  }

  /** Collects options: bias, own weights, no residual, no dropout, slope 0.2 by default. */
  public static final class Builder extends LeakyAttentionOptions<Builder> {
    private Builder(LayerContext context, int in, int out, int heads) {
      super(context, in, out, heads);
      twoMaps = true;
    }

    @Override
    Builder self() {
      return this;
    }

    /** Size of the destination features where it is not that of the sources. */
    public Builder inDst(int value) {
      inDst = value;
      return this;
    }

    /** Whether sources and destinations, then of one size, go through the same map. */
    public Builder shareWeights(boolean value) {
      shareMaps = value;
      return this;
    }

    /** Makes the layer. */
    public Gatv2Conv build() {
      mapsBiased = bias;
      return new Gatv2Conv(this);
    }
  }

  @Override
  Tensor logits(Adjacency g, Tensor zs, Tensor zd, Tensor edge) {
    return GraphOps.gsddmm(g, MessageOp.ADD, Arg.u(zs), Arg.v(zd))
        .leakyRelu(negativeSlope)
        .mul(attn)
        .sum(2, true);
  }
}
