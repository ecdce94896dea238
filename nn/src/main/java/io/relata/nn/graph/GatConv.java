package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.Dropout;
import io.relata.nn.Initializers;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import java.util.function.UnaryOperator;

/**
 * Graph attention, per head {@code y_v = Σ α_uv z_u}, {@code z = W x}, α the softmax over the
 * in-edges of {@code leakyRelu(a_l · z_u + a_r · z_v)} (Veličković et al., 2018; DGL: {@code
 * GATConv}). The projections meet on the edges as one number per head, so nothing of size edges
 * times features is made. Children {@code fc}, or {@code fc_src} and {@code fc_dst}, {@code res_fc}
 * where a residual changes size; parameters {@code attn_l}, {@code attn_r} (1, heads, out), {@code
 * bias} (heads · out,). Glorot normal with relu's gain, biases 0.
 */
public final class GatConv extends ConvLayer {
  private final int in;
  private final int inDst;
  private final int out;
  private final int heads;
  private final boolean allowZeroInDegree;
  private final boolean residual;
  private final double negativeSlope;
  private final UnaryOperator<Tensor> activation;
  private final Linear source;
  private final Linear destination;
  private final Linear residualMap;
  private final Tensor left;
  private final Tensor right;
  private final Tensor bias;
  private final Dropout featureDropout;
  private final Dropout attentionDropout;
  private final ZeroInDegree zeroInDegree = new ZeroInDegree();

  private GatConv(Builder b) {
    in = b.in;
    inDst = b.inDst;
    out = b.out;
    heads = b.heads;
    allowZeroInDegree = b.allowZeroInDegree;
    residual = b.residual;
    negativeSlope = b.negativeSlope;
    activation = b.activation;
    int width = heads * out;
    LayerContext c = b.context;
    source = child(b.twoMaps ? "fc_src" : "fc", new Linear(c, in, width, false, Attention.GLOROT));
    destination =
        b.twoMaps ? child("fc_dst", new Linear(c, inDst, width, false, Attention.GLOROT)) : source;
    boolean mapped = residual && inDst != width;
    residualMap =
        mapped ? child("res_fc", new Linear(c, inDst, width, b.bias, Attention.GLOROT)) : null;
    left = parameter("attn_l", c.make(Attention.GLOROT, 1, heads, out));
    right = parameter("attn_r", c.make(Attention.GLOROT, 1, heads, out));
    // The residual map brings its own bias.
    bias = b.bias && !mapped ? parameter("bias", c.make(Initializers.zeros(), width)) : null;
    featureDropout = child("feat_drop", new Dropout(b.featureDropout));
    attentionDropout = child("attn_drop", new Dropout(b.attentionDropout));
  }

  /** Starts a layer with options. */
  public static Builder builder(LayerContext context, int in, int out, int heads) {
    return new Builder(context, in, out, heads);
  }

  /** Collects options: bias, no residual, no dropout, slope 0.2, no activation by default. */
  public static final class Builder extends Attention<Builder> {
    private boolean twoMaps;

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

  /** {@inheritDoc} The result has the shape (numDst, heads, out). */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edgeWeight) {
    return attend(g, src, dst, edgeWeight).output();
  }

  /**
   * The same, with the attention weights.
   *
   * @param src (numSrc, in)
   * @param dst (numDst, inDst)
   * @param edgeWeight (E,) or (E, 1), or null; multiplies the attention after the softmax
   */
  public Attended attend(Adjacency g, Tensor src, Tensor dst, Tensor edgeWeight) {
    requireRows("source features", src, g.numSrc(), in);
    requireRows("destination features", dst, g.numDst(), inDst);
    if (!allowZeroInDegree) {
      zeroInDegree.refuse(g, "GatConv(" + describe() + ")");
    }
    Tensor x = featureDropout.forward(src);
    Tensor own = dst == src ? x : featureDropout.forward(dst);
    Tensor zs = heads(source.forward(x));
    Tensor zd = own == x && destination == source ? zs : heads(destination.forward(own));
    Tensor logits =
        GraphOps.gsddmm(
            g, MessageOp.ADD, Arg.u(zs.mul(left).sum(2, true)), Arg.v(zd.mul(right).sum(2, true)));
    Tensor attention =
        attentionDropout.forward(GraphOps.edgeSoftmax(g, logits.leakyRelu(negativeSlope)));
    if (edgeWeight != null) {
      attention = attention.mul(edgeWeight.reshape(g.numEdges(), 1, 1));
    }
    Tensor y = GraphOps.gspmm(g, MessageOp.MUL, Reducer.SUM, Arg.u(zs), Arg.e(attention));
    if (residual) {
      y = y.add(heads(residualMap == null ? own : residualMap.forward(own)));
    }
    if (bias != null) {
      y = y.add(bias.reshape(1, heads, out));
    }
    return new Attended(output(activation.apply(y), src, dst), attention);
  }

  private Tensor heads(Tensor rows) {
    return rows.reshape(rows.dim(0), heads, out);
  }

  @Override
  protected String describe() {
    return "in=" + in + ", out=" + out + ", heads=" + heads;
  }
}
