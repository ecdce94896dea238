package io.relata.nn;

import io.relata.Tensor;

/**
 * Each row brought to mean 0 and variance 1, then scaled and shifted: {@code (x - mean) / sqrt(var
 * + epsilon) * weight + bias} over the last axis (Ba et al., 2016; PyTorch: {@code nn.LayerNorm}).
 * Parameters {@code weight} and {@code bias} (size,).
 */
public final class LayerNorm extends UnaryLayer {
  private static final double EPSILON = 1e-5;

  private final Tensor weight;
  private final Tensor bias;

  /** For rows of the given size, epsilon 1e-5. */
  public LayerNorm(LayerContext context, int size) {
    weight = parameter("weight", context.make(Initializers.ones(), size));
    bias = parameter("bias", context.make(Initializers.zeros(), size));
  }

  /** Normalises (…, size) along the last axis. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor centred = x.sub(x.mean(-1, true));
    Tensor scale = centred.square().mean(-1, true).add(EPSILON).rsqrt();
    return output(centred.mul(scale).mul(weight).add(bias), x);
  }

  @Override
  protected String describe() {
    return weight.size() + ", eps=" + EPSILON;
  }
}
