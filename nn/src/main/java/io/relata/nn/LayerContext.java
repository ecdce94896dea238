package io.relata.nn;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Where and how layers make their parameters. Initial values come from the runtime's random
 * numbers, so {@code relata.seed(n)} before building a model makes it the same in every run.
 *
 * @param relata the runtime whose memory holds the parameters
 * @param dtype FLOAT32, or FLOAT64 for gradient checks
 */
public record LayerContext(Relata relata, DType dtype) {
  /** Checks the type. */
  public LayerContext {
    if (!dtype.isFloating()) {
      throw RelataException.of(ErrorId.DTYPE, "Parameters are floating-point")
          .expected("FLOAT32 or FLOAT64")
          .found(dtype.toString())
          .build();
    }
  }

  /** FLOAT32 parameters on a runtime. */
  public static LayerContext of(Relata relata) {
    return new LayerContext(relata, DType.FLOAT32);
  }

  /** A new tensor of the context's type that outlives every scope. */
  public Tensor make(Initializer initializer, long... shape) {
    return unscoped(relata, () -> initializer.make(this, shape));
  }

  /** Makes a tensor that belongs to no scope. */
  static Tensor unscoped(Relata relata, Supplier<Tensor> maker) {
    AtomicReference<Tensor> made = new AtomicReference<>();
    relata.unscoped(() -> made.set(maker.get()));
    return made.get();
  }
}
