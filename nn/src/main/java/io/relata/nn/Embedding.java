package io.relata.nn;

import io.relata.Tensor;

/**
 * A trained row per number (PyTorch: {@code nn.Embedding}). Parameter {@code weight} (count, size),
 * from N(0, 1) unless said otherwise. Nodes without features use {@link #weight()} as theirs.
 */
public final class Embedding extends UnaryLayer {
  private final Tensor weight;

  /** With standard normal rows. */
  public Embedding(LayerContext context, int count, int size) {
    this(context, count, size, Initializers.normal(0, 1));
  }

  /** With a rule for the initial rows. */
  public Embedding(LayerContext context, int count, int size, Initializer initializer) {
    weight = parameter("weight", context.make(initializer, count, size));
  }

  /** All rows (count, size). */
  public Tensor weight() {
    return weight;
  }

  /**
   * The rows of some numbers.
   *
   * @param index INT32 or INT64 of any shape
   * @return that shape with a new last axis of {@code size}
   */
  @Override
  public Tensor forward(Tensor index) {
    long[] dims = new long[index.shape().rank() + 1];
    System.arraycopy(index.shape().dims(), 0, dims, 0, dims.length - 1);
    dims[dims.length - 1] = weight.dim(1);
    return output(weight.indexSelect(0, index.reshape(index.size())).reshape(dims));
  }

  @Override
  protected String describe() {
    return weight.dim(0) + ", " + weight.dim(1);
  }
}
