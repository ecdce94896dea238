package io.relata.spi;

/**
 * A product whose rows lie elsewhere, FLOAT32 or FLOAT64. With X the rows of {@code x} that {@code
 * xRows} picks: {@code out[outRows] = X op(y)}, or where {@code transposeX} {@code out = Xᵀ y}.
 *
 * @param x (N, K)
 * @param xRows (M,) INT32 rows of x, or null for all
 * @param transposeX whether X is transposed; then y is not, and {@code outRows} is null
 * @param y (K, C), where {@code transposeY} (C, K), where {@code transposeX} (M, C)
 * @param transposeY whether y is transposed
 * @param accumulate add to what {@code out} holds instead of replacing it
 * @param out (…, C)
 * @param outRows (M,) INT32 rows of out, all different, or null for all
 */
public record RowsMatmulCall(
    Array x,
    Array xRows,
    boolean transposeX,
    Array y,
    boolean transposeY,
    boolean accumulate,
    Array out,
    Array outRows) {}
