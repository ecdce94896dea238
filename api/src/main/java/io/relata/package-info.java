/**
 * What users work with: {@link io.relata.Relata}, the runtime; {@link io.relata.Tensor}, arrays
 * with gradients; {@link io.relata.RelataException}, what every refused call throws.
 */
package io.relata;
