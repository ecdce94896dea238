/**
 * Conformance of tensors: {@link io.relata.tck.tensor.GradientCheck} and the abstract tests of
 * every operation's values, gradients, memory and determinism.
 */
package io.relata.tck.tensor;
