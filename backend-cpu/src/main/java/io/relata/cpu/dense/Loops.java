package io.relata.cpu.dense;

import io.relata.spi.ReduceOp;

/**
 * What a copied kernel does with one piece of work on one thread. All operands are native
 * addresses, all strides count elements. Plain and vector kernels, one class each per operation and
 * type, implement them.
 */
final class Loops {
  private Loops() {}

  /** {@link io.relata.spi.UnaryOp} and conversions. */
  interface Unary {
    void run(long x, long out, long n, double a, double b);
  }

  /**
   * {@link io.relata.spi.BinaryOp} on {@code rows} rows of {@code n}; {@code out} has no gaps, row
   * strides of the operands are arbitrary, strides inside a row are 0 or 1.
   */
  interface Binary {
    void run(
        long x,
        long xRow,
        int xStep,
        long y,
        long yRow,
        int yStep,
        long out,
        long rows,
        long n,
        double a);
  }

  /**
   * {@link ReduceOp} of a piece. Results of whole rows go to {@code out} in the element type;
   * results of pieces that are still to be merged go to {@code partial}, as the bits of a double or
   * as a long.
   */
  interface Reduce {
    /**
     * Rows of {@code n} with distance {@code stride}: one result each, from {@code out} or
     * partial[at].
     */
    void rows(long x, long rows, long n, long stride, long out, long[] partial, int at);

    /** {@code width} columns of {@code n} rows with distance {@code stride}: one result each. */
    void columns(long x, long n, long stride, int width, long out, long[] partial, int at);

    /**
     * Merges {@code pieces} partial results, {@code stride} apart, for each of {@code count}
     * outputs.
     */
    void merge(long[] partial, int at, int pieces, int stride, int count, long out);
  }

  /** Position of the largest or smallest. */
  interface ArgReduce {
    /** For each of {@code inner} columns of {@code n} rows. */
    void run(long x, long n, long inner, long out);
  }

  /** Softmax and its gradient, row by row. */
  interface Softmax {
    void forward(long x, long rows, long n, long out);

    void backward(long y, long gradient, long rows, long n, long out);

    /** Two numbers a row: its largest, and the logarithm of the sum of e^(x - largest). */
    void sums(long x, long rows, long n, long out);

    /** The softmax from what {@link #sums} gave, times one number a row. */
    void shares(long x, long sums, long scale, long rows, long n, long out);
  }

  /** One sweep of Adam over a piece. */
  interface Adam {
    void run(long parameter, long gradient, long m, long v, long n, Step step);

    /**
     * The constants of one step.
     *
     * @param rate learning rate divided by the first bias correction
     * @param beta1 decay of the first moment
     * @param beta2 decay of the second moment
     * @param epsilon added to the root
     * @param root 1 / sqrt of the second bias correction
     * @param decay added to the gradient, times the parameter
     * @param shrink factor on the parameter
     */
    record Step(
        double rate,
        double beta1,
        double beta2,
        double epsilon,
        double root,
        double decay,
        double shrink) {}
  }

  /** {@code y += a * x}. */
  interface Axpy {
    void run(double a, long x, long y, long n);
  }
}
