package io.relata.nn.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.Activation;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Spectral convolution by Chebyshev polynomials {@code y = σ([T_0 x, …, T_{k-1} x] Wᵀ + b)}, {@code
 * T_0 = I}, {@code T_1 = L}, {@code T_i = 2 L T_{i-1} - T_{i-2}}, {@code L = 2/λ (I - D^-1/2 A
 * D^-1/2) - I} with D the in-degrees and λ the Laplacian's largest eigenvalue (Defferrard et al.,
 * 2016; DGL: {@code ChebConv}). The graph has every edge in both directions. Child {@code linear}.
 */
public final class ChebConv extends ConvLayer {
  private final int in;
  private final int out;
  private final int k;
  private final UnaryOperator<Tensor> activation;
  private final Linear map;

  /** With bias and relu, as in DGL. */
  public ChebConv(LayerContext context, int in, int out, int k) {
    this(context, in, out, k, true, Tensor::relu);
  }

  /**
   * With all options.
   *
   * @param k number of polynomials
   * @throws RelataException ARGUMENT unless k is 1 or more
   */
  public ChebConv(
      LayerContext context,
      int in,
      int out,
      int k,
      boolean bias,
      UnaryOperator<Tensor> activation) {
    if (k < 1) {
      throw RelataException.of(ErrorId.ARGUMENT, "There is no polynomial")
          .where("ChebConv")
          .expected("k of 1 or more")
          .found(Integer.toString(k))
          .build();
    }
    this.in = in;
    this.out = out;
    this.k = k;
    this.activation = Activation.function(activation);
    map = child("linear", new Linear(context, in * k, out, bias));
  }

  /** {@inheritDoc} Takes λ = 2, its bound; edges bring nothing: edge is null. */
  @Override
  public Tensor forward(Adjacency g, Tensor src, Tensor dst, Tensor edge) {
    requireNoEdge(edge);
    return forward(g, src, 2.0);
  }

  /**
   * New features.
   *
   * @param x (N, in)
   * @param lambdaMax the largest eigenvalue of the normalised Laplacian, or 2, its bound
   * @return (N, out)
   */
  public Tensor forward(Adjacency g, Tensor x, double lambdaMax) {
    requireSameNodes(g);
    requireRows("features", x, g.numSrc(), in);
    Propagation p = Propagation.byInDegrees(g, x.dtype());
    double scale = 2 / lambdaMax;
    List<Tensor> terms = new ArrayList<>(List.of(x));
    for (int i = 1; i < k; i++) {
      Tensor last = terms.getLast();
      Tensor next = p.step(last).mul(-scale).add(last.mul(scale - 1));
      terms.add(i == 1 ? next : next.mul(2).sub(terms.get(i - 2)));
    }
    return output(map.forward(Tensor.concat(1, terms), activation), x);
  }

  @Override
  protected String describe() {
    return "in=" + in + ", out=" + out + ", k=" + k;
  }
}
