package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.LayerContext;
import io.relata.spi.MessageOp;

/**
 * Scaled dot-product attention, per head {@code y_v = Σ α_uv z_u}, {@code z = W x}, α the softmax
 * over the in-edges of {@code z_u · z_v / sqrt(out)} (Vaswani et al., 2017; DGL: {@code
 * DotGatConv}). Nothing of size edges times features is made. Children {@code fc}, or {@code
 * fc_src} and {@code fc_dst}, and {@code res_fc} where a residual is asked for that changes size;
 * {@code bias} (heads · out,) where asked for. Glorot normal with relu's gain.
 */
public final class DotGatConv extends AttentionConv {
  private DotGatConv(Builder b) {
    super(b);
  }

  /** Starts a layer with options. */
  public static Builder builder(LayerContext context, int in, int out, int heads) {
    return new Builder(context, in, out, heads);
  }

  /** Collects options: as in DGL no bias, no residual, no dropout by default. */
  public static final class Builder extends AttentionOptions<Builder> {
    private Builder(LayerContext context, int in, int out, int heads) {
      super(context, in, out, heads);
      bias = false;
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
    public DotGatConv build() {
      return new DotGatConv(this);
    }
  }

  @Override
  Tensor logits(Adjacency g, Tensor zs, Tensor zd, Tensor edge) {
    return GraphOps.gsddmm(g, MessageOp.DOT, Arg.u(zs), Arg.v(zd)).div(Math.sqrt(out));
  }
}
