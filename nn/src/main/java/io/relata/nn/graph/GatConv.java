package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.LayerContext;
import io.relata.spi.MessageOp;

/**
 * Graph attention, per head {@code y_v = Σ α_uv z_u}, {@code z = W x}, α the softmax over the
 * in-edges of {@code leakyRelu(a_l · z_u + a_r · z_v)} (Veličković et al., 2018; DGL: {@code
 * GATConv}). The projections meet on the edges as one number per head, and unless the weights are
 * asked for, dropped out or multiplied, they exist only in passing ({@link GraphOps#attention}).
 * Children {@code fc}, or {@code fc_src} and {@code fc_dst}, {@code res_fc} where a residual
 * changes size; parameters {@code attn_l}, {@code attn_r} (1, heads, out), {@code bias} (heads ·
 * out,). Glorot normal with relu's gain, biases 0.
 */
public final class GatConv extends AttentionConv {
  private final double negativeSlope;
  private final NodeTerms terms;

  private GatConv(Builder b) {
    super(b);
    negativeSlope = b.negativeSlope;
    Tensor left = headVectors(b.context, "attn_l");
    terms = new NodeTerms(b.context, left, headVectors(b.context, "attn_r"));
  }

  /** Starts a layer with options. */
  public static Builder builder(LayerContext context, int in, int out, int heads) {
    return new Builder(context, in, out, heads);
  }

  /** Collects options: bias, no residual, no dropout, slope 0.2, no activation by default. */
  public static final class Builder extends LeakyAttentionOptions<Builder> {
    private Builder(LayerContext context, int in, int out, int heads) {
      super(context, in, out, heads);
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
    public GatConv build() {
      return new GatConv(this);
    }
  }

  @Override
  Tensor atOnce(Adjacency g, Tensor zs, Tensor zd) {
    NodeTerms.Terms t = terms.of(zs, zd);
    return GraphOps.attention(g, t.source(), t.destination(), null, negativeSlope, zs);
  }

  @Override
  Tensor logits(Adjacency g, Tensor zs, Tensor zd, Tensor edge) {
    NodeTerms.Terms t = terms.of(zs, zd);
    return GraphOps.gsddmm(g, MessageOp.ADD, Arg.u(t.source()), Arg.v(t.destination()))
        .leakyRelu(negativeSlope)
        .unsqueeze(2);
  }
}
