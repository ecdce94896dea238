package io.relata.spi;

/** One way to compute a sparse product. */
@FunctionalInterface
public interface SpmmKernel {
  /** Computes {@code call}; see {@link GraphKernels#spmm}. */
  void run(SpmmCall call);
}
