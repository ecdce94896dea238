package io.relata.nn.optim;

import io.relata.ErrorId;
import io.relata.NoGrad;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.spi.UnaryOp;
import java.util.Collection;

/** Keeps gradients from exploding (PyTorch: {@code clip_grad_norm_}). */
public final class GradientClip {
  private GradientClip() {}

  /**
   * Scales all gradients by one factor so that their common Euclidean norm is at most {@code
   * maxNorm}, in place.
   *
   * @return the norm before
   * @throws RelataException ARGUMENT unless maxNorm is above 0
   */
  public static double byNorm(Collection<Tensor> parameters, double maxNorm) {
    if (!(maxNorm > 0)) {
      throw RelataException.of(ErrorId.ARGUMENT, "Gradients cannot be clipped to this norm")
          .expected("a number above 0")
          .found(Double.toString(maxNorm))
          .build();
    }
    double squares = 0;
    try (NoGrad _ = new NoGrad()) {
      for (Tensor p : parameters) {
        if (p.grad() != null) {
          squares += p.grad().square().sum().item();
        }
      }
    }
    double norm = Math.sqrt(squares);
    // PyTorch's formula, with its guard against division by 0.
    double factor = maxNorm / (norm + 1e-6);
    if (factor < 1) {
      for (Tensor p : parameters) {
        if (p.grad() != null) {
          var g = p.grad().array();
          p.relata().backend().dense().unary(UnaryOp.AFFINE, g, factor, 0, g);
        }
      }
    }
    return norm;
  }
}
