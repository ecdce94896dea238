package io.relata.spi;

import io.relata.Shape;
import java.util.List;

/**
 * Kernels on dense arrays. Every result is written into an array that the caller allocated with the
 * right shape and type and that overlaps no operand unless said so; arguments have been checked.
 * Results do not depend on the number of threads.
 */
public interface DenseKernels {
  /** Every element set to {@code value}, converted to the element type. */
  void fill(Array out, double value);

  /** out[i] = start + i * step, over all elements. */
  void range(Array out, double start, double step);

  /** Elements converted: to BOOL as x != 0, to integers by truncation. Equal types copy. */
  void cast(Array x, Array out);

  /**
   * Elementwise function; {@code out} may be {@code x}. Integer arrays: NEG, ABS, SIGN, SQUARE,
   * AFFINE, CLAMP.
   */
  void unary(UnaryOp op, Array x, double a, double b, Array out);

  /**
   * Elementwise function with NumPy broadcasting to the shape of {@code out}; {@code out} may be an
   * operand of the same shape. Arithmetic on floating types and INT32, INT64; comparisons on all.
   */
  void binary(BinaryOp op, Array x, Array y, double a, Array out);

  /** out = condition ? x : y, with NumPy broadcasting to the shape of {@code out}. */
  void where(Array condition, Array x, Array y, Array out);

  /**
   * Reduction of {@code x}, seen as (outer, n, inner), along its middle axis to (outer, inner).
   * Floating sums of one row are split at fixed places that depend on the sizes alone.
   */
  void reduce(ReduceOp op, Array x, long outer, long n, long inner, Array out);

  /**
   * INT64 position of the first largest (or smallest) element along the middle axis of (outer, n,
   * inner).
   */
  void argReduce(boolean largest, Array x, long outer, long n, long inner, Array out);

  /**
   * Strided copy of a box of elements: {@code out[outStart + Σ i_k outStrides_k] = x[xStart + Σ i_k
   * xStrides_k]} for all indices below {@code sizes}, all in elements, strides may be 0 or
   * negative. Serves permutation, slices, concatenation, expansion.
   */
  void copy(
      long[] sizes,
      Array x,
      long xStart,
      long[] xStrides,
      Array out,
      long outStart,
      long[] outStrides);

  /**
   * Rows of {@code table} (N, …) at {@code index} (M) INT32 or INT64: out (M, …). Indices have been
   * checked.
   */
  void gatherRows(Array table, Array index, Array out);

  /**
   * Adds row i of {@code x} (M, …) to row {@code index[i]} of {@code out} (N, …), for every row in
   * ascending i.
   */
  void scatterAddRows(Array x, Array index, Array out);

  /**
   * Position of the first index (INT32 or INT64) outside 0..limit-1, or -1 where all lie inside.
   */
  long firstOutside(Array index, long limit);

  /**
   * Matrix product {@code out = op(x) op(y)} or {@code out += op(x) op(y)}, op being transposition
   * where asked: out (M, N), FLOAT32 or FLOAT64.
   */
  void matmul(
      Array x, boolean transposeX, Array y, boolean transposeY, boolean accumulate, Array out);

  /**
   * Several independent products (a matrix per relation or segment). A backend that can runs them
   * in one launch.
   */
  default void matmulAll(List<MatmulCall> calls) {
    calls.forEach(
        c -> matmul(c.x(), c.transposeX(), c.y(), c.transposeY(), c.accumulate(), c.out()));
  }

  /**
   * A product of picked rows to picked rows, without copies of them; see {@link RowsMatmulCall}.
   *
   * @return false, with nothing written, where the backend has no such kernel for the call; the
   *     caller then gathers, multiplies and scatters
   */
  default boolean matmulRows(RowsMatmulCall call) {
    return false;
  }

  /** The dense part of a layer; see {@link AffineCall}. */
  default void affine(AffineCall c) {
    boolean started = c.accumulate();
    for (AffineCall.Factors f : c.products()) {
      matmul(f.x(), false, f.w(), f.transposed(), started, c.out());
      started = true;
    }
    for (Array y : c.addends()) {
      if (started) {
        axpy(1, y, c.out());
      } else {
        cast(y, c.out());
      }
      started = true;
    }
    if (c.bias() != null) {
      binary(BinaryOp.ADD, c.out(), c.bias(), 0, c.out());
    }
    if (c.activation() != null) {
      unary(c.activation(), c.out(), c.a(), 0, c.out());
    }
  }

  /** The beginning of its gradients; see {@link AffineGradCall}. */
  default void affineGrad(AffineGradCall c) {
    if (c.activation() != null) {
      binary(c.activation(), c.gradient(), c.result(), c.a(), c.before());
    }
    if (c.bias() != null) {
      Shape shape = c.before().shape();
      reduce(ReduceOp.SUM, c.before(), 1, shape.dim(0), shape.dim(1), c.bias());
    }
  }

  /**
   * The same, and then, in order, products that read what it left in {@code before} and none of
   * each other's results. A backend that can reads the rows once for all of it.
   */
  default void affineGrad(AffineGradCall c, List<MatmulCall> products) {
    affineGrad(c);
    products.forEach(
        p -> matmul(p.x(), p.transposeX(), p.y(), p.transposeY(), p.accumulate(), p.out()));
  }

  /** {@link #matmul} for every entry of a batch: x (B, …), y (B, …), out (B, M, N). */
  void batchMatmul(
      Array x, boolean transposeX, Array y, boolean transposeY, boolean accumulate, Array out);

  /**
   * Softmax (or its logarithm) of each row of (rows, n); a row of only -inf gives zeros (or -inf).
   */
  void softmax(Array x, long rows, long n, boolean logarithm, Array out);

  /** Gradient of {@link #softmax} from its result y and the gradient with respect to it. */
  void softmaxGrad(Array y, Array gradient, long rows, long n, boolean logarithm, Array out);

  /**
   * Cross-entropy of each row: {@code out[i] = share[i] (log Σ_j e^logits[i, j] - logits[i,
   * labels[i]])}, stable for logits of any size.
   *
   * @param logits (N, C), FLOAT32 or FLOAT64
   * @param labels (N,) INT32 or INT64, checked
   * @param share (N,)
   * @param sums (N, 2) receives what the gradient wants of each row
   * @param out (N,)
   * @return false, with nothing written, where the backend has no such kernel; the caller then
   *     composes it of others
   */
  default boolean crossEntropy(Array logits, Array labels, Array share, Array sums, Array out) {
    return false;
  }

  /**
   * Its gradient, for backends for which it is true: {@code out[i, j] = scale[i]
   * (softmax(logits)[i, j] - (1 where j = labels[i]))}, {@code out} (N, C).
   */
  default void crossEntropyGrad(Array logits, Array labels, Array sums, Array scale, Array out) {
    throw new UnsupportedOperationException("cross-entropy without its gradient");
  }

  /**
   * Numbers uniform in [low, high) from Philox 4x32-10: element i is word i % 4 of the block with
   * counter {@code (stream, i / 4)} and key {@code seed}. FLOAT32 takes 24 bits of its word;
   * FLOAT64 takes word i as 32 bits too.
   */
  void uniform(long seed, long stream, double low, double high, Array out);

  /** Normal numbers: Box-Muller on pairs of the same words; elements 2k and 2k + 1 share a pair. */
  void normal(long seed, long stream, double mean, double deviation, Array out);

  /**
   * Zeroes elements with probability p and scales the others by 1 / (1 - p). Element i is kept
   * where its uniform number of (seed, stream) is at least p, so the gradient is the same call on
   * the gradient.
   */
  void dropout(Array x, double p, long seed, long stream, Array out);

  /** Steps of Adam on several parameters, each in place; see {@link AdamCall}. */
  void adam(List<AdamCall> calls);

  /** {@code y += a * x}, in place; equal shapes. */
  void axpy(double a, Array x, Array y);
}
