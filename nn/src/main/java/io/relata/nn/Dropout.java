package io.relata.nn;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;

/**
 * Zeroes elements with probability p and scales the others by 1 / (1 - p) in training mode; does
 * nothing in evaluation mode (PyTorch: {@code nn.Dropout}).
 */
public final class Dropout extends UnaryLayer {
  private final double p;

  /**
   * With a probability.
   *
   * @throws RelataException ARGUMENT unless 0 &lt;= p &lt;= 1
   */
  public Dropout(double p) {
    if (!(p >= 0 && p <= 1)) {
      throw RelataException.of(ErrorId.ARGUMENT, "A probability lies between 0 and 1")
          .where("Dropout")
          .found(Double.toString(p))
          .build();
    }
    this.p = p;
  }

  /** True where {@link #forward} does something. */
  public boolean isActive() {
    return isTraining() && p > 0;
  }

  @Override
  public Tensor forward(Tensor x) {
    return isActive() ? output(x.dropout(p), x) : x;
  }

  @Override
  protected String describe() {
    return "p=" + p;
  }
}
