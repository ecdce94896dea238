package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.Dropout;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import java.util.function.UnaryOperator;

/**
 * Graph attention whose ranking depends on the destination, per head {@code y_v = Σ α_uv s_u}, α
 * the softmax over the in-edges of {@code a · leakyRelu(s_u + d_v)}, {@code s = W_src x + b},
 * {@code d = W_dst x + b} (Brody et al., 2022; DGL: {@code GATv2Conv}). The nonlinearity sits on
 * the sum, so an array of edges times heads times out is made. Children {@code fc_src}, {@code
 * fc_dst} (the same one with shared weights), {@code res_fc} where a residual changes size;
 * parameter {@code attn} (1, heads, out). Glorot normal with relu's gain.
 */
public final class Gatv2Conv extends ConvLayer {
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
  private final Tensor attn;
  private final Dropout featureDropout;
  private final Dropout attentionDropout;
  private final ZeroInDegree zeroInDegree = new ZeroInDegree();

  private Gatv2Conv(Builder b) {
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
    source = child("fc_src", new Linear(c, in, width, b.bias, Attention.GLOROT));
    destination =
        child(
            "fc_dst",
            b.shareWeights ? source : new Linear(c, inDst, width, b.bias, Attention.GLOROT));
    residualMap =
        residual && inDst != width
            ? child("res_fc", new Linear(c, inDst, width, b.bias, Attention.GLOROT))
            : null;
    attn = parameter("attn", c.make(Attention.GLOROT, 1, heads, out));
    featureDropout = child("feat_drop", new Dropout(b.featureDropout));
    attentionDropout = child("attn_drop", new Dropout(b.attentionDropout));
  }

  /** Starts a layer with options. */
  public static Builder builder(LayerContext context, int in, int out, int heads) {
    return new Builder(context, in, out, heads);
  }

  /** Collects options: bias, own weights, no residual, no dropout, slope 0.2 by default. */
  public static final class Builder extends Attention<Builder> {
    private boolean shareWeights;

    private Builder(LayerContext context, int in, int out, int heads) {
      super(context, in, out, heads);
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
      shareWeights = value;
      return this;
    }

    /** Makes the layer. */
    public Gatv2Conv build() {
      return new Gatv2Conv(this);
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
      zeroInDegree.refuse(g, "Gatv2Conv(" + describe() + ")");
    }
    Tensor x = featureDropout.forward(src);
    Tensor own = dst == src ? x : featureDropout.forward(dst);
    Tensor s = heads(source.forward(x));
    Tensor d = own == x && destination == source ? s : heads(destination.forward(own));
    Tensor logits =
        GraphOps.gsddmm(g, MessageOp.ADD, Arg.u(s), Arg.v(d))
            .leakyRelu(negativeSlope)
            .mul(attn)
            .sum(2, true);
    Tensor attention = attentionDropout.forward(GraphOps.edgeSoftmax(g, logits));
    if (edgeWeight != null) {
      attention = attention.mul(edgeWeight.reshape(g.numEdges(), 1, 1));
    }
    Tensor y = GraphOps.gspmm(g, MessageOp.MUL, Reducer.SUM, Arg.u(s), Arg.e(attention));
    if (residual) {
      y = y.add(heads(residualMap == null ? own : residualMap.forward(own)));
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
