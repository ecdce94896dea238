package io.relata.nn.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.spi.Reducer;

/**
 * Edge convolution {@code y_v = max over in-edges of Θ(x_v - x_u) + Φ x_v} (Wang et al., 2019; DGL:
 * {@code EdgeConv}). Θ is linear, so it is applied to nodes, and the largest difference is that to
 * the smallest neighbour: nothing of size edges times features is made. Children {@code theta} and
 * {@code phi}. DGL's batch norm inside the maximum is not offered. A node without in-edges gets 0.
 */
public final class EdgeConv extends ConvLayer {
  private final int in;
  private final int out;
  private final boolean allowZeroInDegree;
  private final Linear theta;
  private final Linear phi;
  private final ZeroInDegree zeroInDegree = new ZeroInDegree();

  /** From size in to size out. */
  public EdgeConv(LayerContext context, int in, int out, boolean allowZeroInDegree) {
    this.in = in;
    this.out = out;
    this.allowZeroInDegree = allowZeroInDegree;
    theta = child("theta", new Linear(context, in, out));
    phi = child("phi", new Linear(context, in, out));
  }

  /**
   * New features of the destination nodes.
   *
   * @param src (numSrc, in)
   * @param dst (numDst, in)
   * @param edgeWeight null; this layer has no use for one
   * @return (numDst, out)
   */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edgeWeight) {
    requireRows("source features", src, g.numSrc(), in);
    requireRows("destination features", dst, g.numDst(), in);
    if (edgeWeight != null) {
      throw RelataException.of(ErrorId.ARGUMENT, "The layer takes no edge weight")
          .where("EdgeConv(" + describe() + ")")
          .build();
    }
    if (!allowZeroInDegree) {
      zeroInDegree.refuse(g, "EdgeConv(" + describe() + ")");
    }
    Tensor s = theta.forward(src);
    Tensor d = dst == src ? s : theta.forward(dst);
    // Θx_v + b - (Θx_u + b) lacks the bias that Θ(x_v - x_u) + b has.
    Tensor y =
        d.sub(GraphOps.copyReduce(g, Reducer.MIN, Arg.u(s)))
            .add(theta.bias())
            .add(phi.forward(dst));
    if (allowZeroInDegree) {
      Tensor ones = g.relata().full(1, y.dtype(), g.numSrc(), 1);
      y = y.mul(GraphOps.copyReduce(g, Reducer.MAX, Arg.u(ones)));
    }
    return output(y, src, dst);
  }

  @Override
  protected String describe() {
    return "in=" + in + ", out=" + out;
  }
}
