package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.BatchNorm;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;

/**
 * Edge convolution {@code y_v = max over in-edges of Θ(x_v - x_u) + Φ x_v} (Wang et al., 2019; DGL:
 * {@code EdgeConv}). Θ is linear, so it is applied to nodes, and the largest difference is that to
 * the smallest neighbour: nothing of size edges times features is made, unless batch norm is asked
 * for, whose statistics are those of all edges' messages before the maximum. Children {@code
 * theta}, {@code phi} and {@code bn}. A node without in-edges gets 0.
 */
public final class EdgeConv extends ConvLayer {
  private final int in;
  private final int out;
  private final boolean allowZeroInDegree;
  private final Linear theta;
  private final Linear phi;
  private final BatchNorm norm;
  private final ZeroInDegree zeroInDegree = new ZeroInDegree();

  /** From size in to size out, without batch norm. */
  public EdgeConv(LayerContext context, int in, int out, boolean allowZeroInDegree) {
    this(context, in, out, allowZeroInDegree, false);
  }

  /** With all options. */
  public EdgeConv(
      LayerContext context, int in, int out, boolean allowZeroInDegree, boolean batchNorm) {
    this.in = in;
    this.out = out;
    this.allowZeroInDegree = allowZeroInDegree;
    theta = child("theta", new Linear(context, in, out));
    phi = child("phi", new Linear(context, in, out));
    norm = batchNorm ? child("bn", new BatchNorm(context, out)) : null;
  }

  /**
   * New features of the destination nodes.
   *
   * @param src (numSrc, in)
   * @param dst (numDst, in)
   * @param edge null; this layer has no use for a weight
   * @return (numDst, out)
   */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edge) {
    requireRows("source features", src, g.numSrc(), in);
    requireRows("destination features", dst, g.numDst(), in);
    requireNoEdge(edge);
    if (!allowZeroInDegree) {
      zeroInDegree.refuse(g, named());
    }
    Tensor s = theta.forward(src);
    Tensor d = dst == src ? s : theta.forward(dst);
    // Θx_v + b - (Θx_u + b) lacks the bias that Θ(x_v - x_u) + b has.
    Tensor own = d.add(theta.bias()).add(phi.forward(dst));
    return output(norm == null ? largest(g, s, own) : normalised(g, s, own), src, dst);
  }

  private Tensor largest(Adjacency g, Tensor s, Tensor own) {
    Tensor y = own.sub(GraphOps.copyReduce(g, Reducer.MIN, Arg.u(s)));
    if (allowZeroInDegree) {
      Tensor ones = g.relata().full(1, y.dtype(), g.numSrc(), 1);
      y = y.mul(GraphOps.copyReduce(g, Reducer.MAX, Arg.u(ones)));
    }
    return y;
  }

  private Tensor normalised(Adjacency g, Tensor s, Tensor own) {
    Tensor messages = GraphOps.gsddmm(g, MessageOp.SUB, Arg.v(own), Arg.u(s));
    return GraphOps.copyReduce(g, Reducer.MAX, Arg.e(norm.forward(messages)));
  }

  @Override
  protected String describe() {
    return "in=" + in + ", out=" + out;
  }
}
