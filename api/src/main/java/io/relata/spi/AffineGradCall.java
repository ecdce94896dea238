package io.relata.spi;

/**
 * What the gradients of an {@link AffineCall} begin with: the gradient before its activation, and
 * that of its bias.
 *
 * @param gradient (N, C), with respect to the result
 * @param result (N, C), what the call computed; null without an activation
 * @param activation the gradient of the activation, of {@code gradient} and {@code result}; or null
 * @param a its parameter
 * @param before (N, C) receives the gradient before the activation, may be {@code gradient}, and
 *     without an activation is
 * @param bias (C,) receives the sums of its columns; null where nobody asks
 */
public record AffineGradCall(
    Array gradient, Array result, BinaryOp activation, double a, Array before, Array bias) {}
