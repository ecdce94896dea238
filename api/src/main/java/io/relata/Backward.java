package io.relata;

/** The backward rule of an operation, given to {@link Tensor#record}. */
@FunctionalInterface
public interface Backward {
  /**
   * Gradients of the inputs.
   *
   * @param gradient with respect to the result, of its shape; its memory is used for something else
   *     when the rule has returned, as is that of all that the rule makes but does not answer; what
   *     must stay is copied, and kept with {@link Tensor#keep}
   * @return one tensor per input, of that input's shape, or null where none is needed. Each is a
   *     new tensor that the rule does not keep, or {@code gradient} itself or a view of it; nothing
   *     is recorded while this runs
   */
  Tensor[] gradients(Tensor gradient);
}
