package io.relata.spi;

/**
 * One matrix product {@code out = op(x) op(y)} or {@code out += op(x) op(y)}, op being
 * transposition where asked: out (M, N), FLOAT32 or FLOAT64.
 */
public record MatmulCall(
    Array x, boolean transposeX, Array y, boolean transposeY, boolean accumulate, Array out) {}
