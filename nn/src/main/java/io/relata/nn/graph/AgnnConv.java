package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.nn.Initializers;
import io.relata.nn.LayerContext;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;

/**
 * Attention without a map, {@code y_v = Σ α_uv x_u}, α the softmax over the in-edges of {@code β
 * cos(x_u, x_v)} (Thekumparampil et al., 2018; DGL: {@code AGNNConv}). {@code beta} (1,) is a
 * parameter where learned, else a buffer.
 */
public final class AgnnConv extends ConvLayer {
  /** Rows shorter than this count as this long, as in PyTorch's normalize. */
  private static final double SHORTEST = 1e-12;

  private final boolean allowZeroInDegree;
  private final Tensor beta;
  private final ZeroInDegree zeroInDegree = new ZeroInDegree();

  /** β starts at 1 and is learned. */
  public AgnnConv(LayerContext context) {
    this(context, 1, true, false);
  }

  /** With all options. */
  public AgnnConv(LayerContext context, double beta, boolean learnBeta, boolean allowZeroInDegree) {
    this.allowZeroInDegree = allowZeroInDegree;
    Tensor start = context.make(Initializers.constant(beta), 1);
    this.beta = learnBeta ? parameter("beta", start) : buffer("beta", start);
  }

  /**
   * New features of the destination nodes.
   *
   * @param src (numSrc, D)
   * @param dst (numDst, D)
   * @param edge null; this layer has no use for a weight
   * @return (numDst, D)
   */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edge) {
    requireRows("source features", src, g.numSrc(), src.dim(-1));
    requireRows("destination features", dst, g.numDst(), src.dim(-1));
    requireNoEdge(edge);
    if (!allowZeroInDegree) {
      zeroInDegree.refuse(g, named());
    }
    Tensor s = normalised(src);
    Tensor d = dst == src ? s : normalised(dst);
    Tensor logits = GraphOps.gsddmm(g, MessageOp.DOT, Arg.u(s), Arg.v(d)).mul(beta);
    Tensor attention = GraphOps.edgeSoftmax(g, logits);
    return output(
        GraphOps.gspmm(g, MessageOp.MUL, Reducer.SUM, Arg.u(src), Arg.e(attention)), src, dst);
  }

  // The bound is put on the square, whose root has a slope at 0.
  private static Tensor normalised(Tensor x) {
    Tensor squares = x.square().sum(1, true).clamp(SHORTEST * SHORTEST, Double.MAX_VALUE);
    return x.mul(squares.rsqrt());
  }
}
