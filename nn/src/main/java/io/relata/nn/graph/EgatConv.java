package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.Initializers;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;

/**
 * Graph attention that also makes new edge features, per head {@code f'_uv = leakyRelu(A x_u + B
 * x_v + C f_uv + b)}, {@code y_v = Σ α_uv W x_u}, α the softmax over the in-edges of {@code a ·
 * f'_uv} (Kamiński et al., 2022, Rossmann-Toolbox; DGL: {@code EGATConv}). The new edge features
 * are an array of edges times heads times their size. Children {@code fc_node_src} (W), {@code
 * fc_ni} (A), {@code fc_nj} (B), {@code fc_fij} (C); parameters {@code attn} (1, heads, outEdge),
 * {@code bias} (heads · outEdge,). Glorot normal with relu's gain, bias 0.
 */
public final class EgatConv extends ConvLayer {
  private static final double NEGATIVE_SLOPE = 0.01;

  private final int in;
  private final int inEdge;
  private final int out;
  private final int outEdge;
  private final int heads;
  private final Linear values;
  private final Linear source;
  private final Linear destination;
  private final Linear edges;
  private final Tensor attn;
  private final Tensor bias;

  /**
   * What the layer computed.
   *
   * @param nodes new features of the destination nodes, (numDst, heads, out)
   * @param edges new features of the edges, (E, heads, outEdge)
   * @param attention weight of each message, (E, heads, 1)
   */
  public record Result(Tensor nodes, Tensor edges, Tensor attention) {}

  /** From node and edge features of sizes in and inEdge to out and outEdge per head. */
  public EgatConv(LayerContext context, int in, int inEdge, int out, int outEdge, int heads) {
    this.in = in;
    this.inEdge = inEdge;
    this.out = out;
    this.outEdge = outEdge;
    this.heads = heads;
    values = child("fc_node_src", map(context, in, heads * out));
    source = child("fc_ni", map(context, in, heads * outEdge));
    destination = child("fc_nj", map(context, in, heads * outEdge));
    edges = child("fc_fij", map(context, inEdge, heads * outEdge));
    attn = parameter("attn", context.make(AttentionOptions.GLOROT, 1, heads, outEdge));
    bias = parameter("bias", context.make(Initializers.zeros(), (long) heads * outEdge));
  }

  private static Linear map(LayerContext context, int in, int out) {
    return new Linear(context, in, out, false, AttentionOptions.GLOROT);
  }

  /** {@inheritDoc} The nodes' part of {@link #attend}. */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edge) {
    return attend(g, src, dst, edge).nodes();
  }

  /**
   * New features of nodes and edges.
   *
   * @param src (numSrc, in)
   * @param dst (numDst, in)
   * @param edge edge features (E, inEdge)
   */
  public Result attend(Adjacency g, Tensor src, Tensor dst, Tensor edge) {
    requireRows("source features", src, g.numSrc(), in);
    requireRows("destination features", dst, g.numDst(), in);
    requireRows("edge features", edge, g.numEdges(), inEdge);
    Tensor made =
        GraphOps.gsddmm(
                g,
                MessageOp.ADD,
                Arg.u(source.forward(src)),
                Arg.v(destination.forward(dst).add(bias)))
            .add(edges.forward(edge))
            .leakyRelu(NEGATIVE_SLOPE)
            .reshape(g.numEdges(), heads, outEdge);
    Tensor attention = GraphOps.edgeSoftmax(g, made.mul(attn).sum(2, true));
    Tensor z = values.forward(src).reshape(g.numSrc(), heads, out);
    Tensor y = GraphOps.gspmm(g, MessageOp.MUL, Reducer.SUM, Arg.u(z), Arg.e(attention));
    return new Result(output(y, src, dst, edge), made, attention);
  }

  @Override
  protected String describe() {
    return "in="
        + in
        + ", inEdge="
        + inEdge
        + ", out="
        + out
        + ", outEdge="
        + outEdge
        + ", heads="
        + heads;
  }
}
