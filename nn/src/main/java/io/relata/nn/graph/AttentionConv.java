package io.relata.nn.graph;

import io.relata.Affine;
import io.relata.Nonlinearity;
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
 * A layer whose messages are weighed by a softmax over the in-edges of their destination, in
 * several heads: {@code y_v = σ(Σ α_uv z_u + residual + bias)}. What a kind of attention adds is
 * how the logits of α come about.
 */
public abstract sealed class AttentionConv extends ConvLayer
    permits GatConv, Gatv2Conv, DotGatConv, EdgeGatConv {
  final int heads;
  final int out;
  private final int in;
  private final int inDst;
  private final boolean allowZeroInDegree;
  private final boolean residual;
  private final UnaryOperator<Tensor> activation;
  private final Linear source;
  private final Linear destination;
  private final Linear residualMap;
  private final Tensor bias;
  private final Dropout featureDropout;
  private final Dropout attentionDropout;
  private final ZeroInDegree zeroInDegree = new ZeroInDegree();

  AttentionConv(AttentionOptions<?> b) {
    in = b.in;
    inDst = b.inDst;
    out = b.out;
    heads = b.heads;
    allowZeroInDegree = b.allowZeroInDegree;
    residual = b.residual;
    activation = b.activation;
    source = child(b.twoMaps ? "fc_src" : "fc", map(b, in, b.mapsBiased));
    if (b.twoMaps) {
      destination = child("fc_dst", b.shareMaps ? source : map(b, inDst, b.mapsBiased));
    } else {
      destination = source;
    }
    boolean mapped = residual && (b.residualAlwaysMapped || inDst != heads * out);
    residualMap = mapped ? child("res_fc", map(b, inDst, b.bias && b.residualBiased)) : null;
    boolean elsewhere = b.mapsBiased || (mapped && b.residualBiased);
    bias =
        b.bias && !elsewhere
            ? parameter("bias", b.context.make(Initializers.zeros(), (long) heads * out))
            : null;
    featureDropout = child("feat_drop", new Dropout(b.featureDropout));
    attentionDropout = child("attn_drop", new Dropout(b.attentionDropout));
  }

  private static Linear map(AttentionOptions<?> b, int in, boolean bias) {
    return new Linear(b.context, in, b.heads * b.out, bias, AttentionOptions.GLOROT);
  }

  /** A vector per head, (1, heads, out). */
  final Tensor headVectors(LayerContext context, String name) {
    return parameter(name, context.make(AttentionOptions.GLOROT, 1, heads, out));
  }

  /** {@inheritDoc} The result has the shape (numDst, heads, out). */
  @Override
  public final Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edge) {
    return attend(g, src, dst, edge, false).output();
  }

  /**
   * The same, with the attention weights.
   *
   * @param src (numSrc, in)
   * @param dst (numDst, inDst)
   * @param edge (E,) or (E, 1), or null: multiplies the attention after the softmax; {@link
   *     EdgeGatConv} takes features instead
   */
  public final Attended attend(Adjacency g, Tensor src, Tensor dst, Tensor edge) {
    return attend(g, src, dst, edge, true);
  }

  private Attended attend(Adjacency g, Tensor src, Tensor dst, Tensor edge, boolean weights) {
    requireRows("source features", src, g.numSrc(), in);
    requireRows("destination features", dst, g.numDst(), inDst);
    if (!allowZeroInDegree) {
      zeroInDegree.refuse(g, named());
    }
    Tensor x = featureDropout.forward(src);
    Tensor own = dst == src ? x : featureDropout.forward(dst);
    Tensor zs = heads(source.forward(x));
    Tensor zd = own == x && destination == source ? zs : heads(destination.forward(own));
    // Nobody but the operations below ever sees these.
    zs.freeWithRecord(zs);
    zd.freeWithRecord(zd);
    boolean atOnce = !weights && edge == null && !attentionDropout.isActive();
    Tensor attention = null;
    Tensor y = atOnce ? atOnce(g, zs, zd) : null;
    Affine sum = new Affine().bias(bias);
    if (y == null) {
      Tensor logits = logits(g, zs, zd, edge);
      attention = weighted(attentionDropout.forward(GraphOps.edgeSoftmax(g, logits)), edge);
      sum.over(rows(messages(g, zs, attention, edge)));
    } else {
      // Its gradient needs the weighted sum as it is.
      sum.plus(rows(y.freeWithRecord(y)));
    }
    if (residual && residualMap == null) {
      sum.plus(own);
    } else if (residual) {
      residualMap.addTo(sum, own);
    }
    // Any other function sees the heads.
    Tensor result =
        activation instanceof Nonlinearity
            ? heads(sum.apply(activation))
            : activation.apply(heads(sum.apply()));
    return new Attended(output(result, src, dst), attention);
  }

  /**
   * The messages' weighted sum, (numDst, heads, out), for a kind of attention that needs no weights
   * for it; null for the others.
   */
  Tensor atOnce(Adjacency g, Tensor zs, Tensor zd) {
    return null;
  }

  /** From mapped features (numSrc, heads, out) and (numDst, heads, out) to (E, heads, 1). */
  abstract Tensor logits(Adjacency g, Tensor zs, Tensor zd, Tensor edge);

  /** The attention after the softmax, (E, heads, 1). */
  Tensor weighted(Tensor attention, Tensor edge) {
    return edge == null ? attention : attention.mul(edge.reshape(edge.dim(0), 1, 1));
  }

  /** The messages' weighted sum, (numDst, heads, out). */
  Tensor messages(Adjacency g, Tensor zs, Tensor attention, Tensor edge) {
    return GraphOps.gspmm(g, MessageOp.MUL, Reducer.SUM, Arg.u(zs), Arg.e(attention));
  }

  private Tensor rows(Tensor y) {
    return y.reshape(y.dim(0), (long) heads * out);
  }

  private Tensor heads(Tensor rows) {
    return rows.reshape(rows.dim(0), heads, out);
  }

  @Override
  protected final String describe() {
    return "in=" + in + ", out=" + out + ", heads=" + heads;
  }
}
