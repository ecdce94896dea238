package io.relata.nn.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;

/**
 * Personalised propagation of predictions {@code h ← (1 - α) D_in^-1/2 A D_out^-1/2 h + α x}, k
 * times from {@code h = x} (Gasteiger et al., 2019; DGL: {@code APPNPConv}). With edge weights the
 * degrees' place is taken by {@link EdgeWeightNorm}. Nothing is trained.
 */
public final class AppnpConv extends ConvLayer {
  private final int k;
  private final double alpha;

  /**
   * With k steps.
   *
   * @param alpha share of the features that each step starts from anew
   * @throws RelataException ARGUMENT for a negative number of steps, or alpha outside 0 to 1
   */
  public AppnpConv(int k, double alpha) {
    if (k < 0 || !(alpha >= 0 && alpha <= 1)) {
      throw RelataException.of(ErrorId.ARGUMENT, "The propagation is not defined")
          .where("AppnpConv")
          .expected("0 or more steps, alpha between 0 and 1")
          .found(k + " steps, alpha " + alpha)
          .build();
    }
    this.k = k;
    this.alpha = alpha;
  }

  /**
   * Propagated features.
   *
   * @param src (N, D)
   * @param dst not looked at, may be null
   * @param edge weights (E,) or (E, 1), or null
   * @return (N, D)
   */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edge) {
    requireSameNodes(g);
    requireRows("features", src, g.numSrc(), src.dim(-1));
    Propagation p = Propagation.of(g, edge, false, src.dtype());
    Tensor start = src.mul(alpha);
    Tensor h = src;
    for (int i = 0; i < k; i++) {
      h = p.step(h).mul(1 - alpha).add(start);
    }
    return output(h, src);
  }

  @Override
  protected String describe() {
    return "k=" + k + ", alpha=" + alpha;
  }
}
