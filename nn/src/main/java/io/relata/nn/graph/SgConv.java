package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.Initializers;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;

/**
 * Simplified graph convolution {@code y = (D^-1/2 A D^-1/2)^k x Wᵀ + b}, D the in-degrees (Wu et
 * al., 2019; DGL: {@code SGConv}). The steps are linear, so the smaller of both sides of the map is
 * what travels. With edge weights the degrees' place is taken by {@link EdgeWeightNorm}. Child
 * {@code fc}, Glorot uniform.
 */
public final class SgConv extends ConvLayer {
  private final int in;
  private final int out;
  private final int k;
  private final boolean allowZeroInDegree;
  private final Linear map;
  private final ZeroInDegree zeroInDegree = new ZeroInDegree();

  /** With bias; a node without in-edges is an error. */
  public SgConv(LayerContext context, int in, int out, int k) {
    this(context, in, out, k, true, false);
  }

  /** With all options. */
  public SgConv(
      LayerContext context, int in, int out, int k, boolean bias, boolean allowZeroInDegree) {
    this.in = in;
    this.out = out;
    this.k = k;
    this.allowZeroInDegree = allowZeroInDegree;
    map = child("fc", new Linear(context, in, out, bias, Initializers.xavierUniform(1)));
  }

  /**
   * New features.
   *
   * @param src (N, in)
   * @param dst not looked at, may be null
   * @param edge weights (E,) or (E, 1), or null
   * @return (N, out)
   */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edge) {
    requireSameNodes(g);
    requireRows("features", src, g.numSrc(), in);
    if (!allowZeroInDegree) {
      zeroInDegree.refuse(g, named());
    }
    Propagation p = Propagation.of(g, edge, true, src.dtype());
    boolean mapFirst = in > out;
    Tensor h = mapFirst ? map.part(src, 0) : src;
    for (int i = 0; i < k; i++) {
      h = p.step(h);
    }
    if (mapFirst) {
      h = map.bias() == null ? h : h.add(map.bias());
    } else {
      h = map.forward(h);
    }
    return output(h, src);
  }

  @Override
  protected String describe() {
    return "in=" + in + ", out=" + out + ", k=" + k;
  }
}
