package io.relata;

/** A {@link Backward} rule that looks at what the walk knows about memory. */
@FunctionalInterface
public interface SummingBackward {
  /**
   * Gradients of the inputs.
   *
   * @param gradient with respect to the result, of its shape
   * @param sums says what may be written to
   * @return as of {@link Backward#gradients}; null also for an input whose sum was added to
   */
  Tensor[] gradients(Tensor gradient, GradientSums sums);
}
