package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.Activation;
import io.relata.nn.Initializers;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Topology adaptive convolution {@code y = σ([x, Px, …, P^k x] Wᵀ + b)}, {@code P = D^-1/2 A
 * D^-1/2}, D the in-degrees (Du et al., 2017; DGL: {@code TAGConv}). With edge weights the degrees'
 * place is taken by {@link EdgeWeightNorm}. Child {@code lin}, Glorot normal with relu's gain.
 */
public final class TagConv extends ConvLayer {
  private final int in;
  private final int out;
  private final int k;
  private final UnaryOperator<Tensor> activation;
  private final Linear map;

  /** With bias, without activation. */
  public TagConv(LayerContext context, int in, int out, int k) {
    this(context, in, out, k, true, UnaryOperator.identity());
  }

  /** With all options. */
  public TagConv(
      LayerContext context,
      int in,
      int out,
      int k,
      boolean bias,
      UnaryOperator<Tensor> activation) {
    this.in = in;
    this.out = out;
    this.k = k;
    this.activation = Activation.function(activation);
    map =
        child(
            "lin",
            new Linear(
                context,
                in * (k + 1),
                out,
                bias,
                Initializers.xavierNormal(Initializers.RELU_GAIN)));
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
    Propagation p = Propagation.of(g, edge, true, src.dtype());
    List<Tensor> powers = new ArrayList<>(List.of(src));
    for (int i = 0; i < k; i++) {
      powers.add(p.step(powers.getLast()));
    }
    return output(map.forward(Tensor.concat(1, powers), activation), src);
  }

  @Override
  protected String describe() {
    return "in=" + in + ", out=" + out + ", k=" + k;
  }
}
