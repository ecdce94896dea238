package io.relata.graph;

import io.relata.Tensor;
import io.relata.spi.Target;

/**
 * One operand of a message in the functional form.
 *
 * @param target whose rows they are: source nodes U, destination nodes V or edges E
 * @param value (rows, …), or (rows,) for one number a row
 */
public record Arg(Target target, Tensor value) {
  /** Rows of the source nodes. */
  public static Arg u(Tensor value) {
    return new Arg(Target.U, value);
  }

  /** Rows of the destination nodes. */
  public static Arg v(Tensor value) {
    return new Arg(Target.V, value);
  }

  /** Rows of the edges. */
  public static Arg e(Tensor value) {
    return new Arg(Target.E, value);
  }
}
