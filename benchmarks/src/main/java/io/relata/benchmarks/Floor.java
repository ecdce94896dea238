package io.relata.benchmarks;

import io.relata.NoGrad;
import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.spi.Array;
import java.util.HashMap;
import java.util.Map;

/**
 * What no tool can beat on this machine: bytes that must move over the bandwidth at which they do.
 * Rows that an index names are timed being read in just that order and nothing else done with them;
 * runs of memory at the bandwidth of reading and of writing an array larger than the caches; matrix
 * products at the rate of a large one. Floors of several steps add up.
 */
final class Floor {
  private static final long STREAM = 32L << 20;
  private static final int SQUARE = 1536;
  private static final int REPEATS = 7;
  private static final long AT_LEAST_NANOS = 250_000_000;

  private final Relata relata;
  private final CppPeer cpp;
  private final Map<Object, Double> gathers = new HashMap<>();
  private final double readPerMs;
  private final double writePerMs;
  private final double flopsPerMs;

  /** Measures the streams and the product. */
  Floor(Relata relata, CppPeer cpp) {
    this.relata = relata;
    this.cpp = cpp;
    try (Scope _ = relata.scope();
        NoGrad _ = new NoGrad()) {
      Tensor run = relata.zeros(STREAM);
      readPerMs = 4.0 * STREAM / best(() -> cpp.read(run));
      writePerMs = 4.0 * STREAM / best(() -> cpp.write(run));
      Tensor square = relata.rand(SQUARE, SQUARE);
      flopsPerMs =
          2.0
              * SQUARE
              * SQUARE
              * SQUARE
              / best(
                  () -> {
                    try (Scope _ = relata.scope()) {
                      square.matmul(square);
                    }
                  });
    }
    relata.trimMemory();
  }

  /** Reading rows of a table of {@code rows} rows in the order of the index, ms. */
  double gather(Array index, long rows, int width) {
    return gathers.computeIfAbsent(
        java.util.List.of(index.address(), index.size(), width),
        _ -> {
          try (Scope _ = relata.scope()) {
            Tensor table = relata.zeros(rows, width);
            return best(() -> cpp.gather(index, table, width));
          }
        });
  }

  /** Reading so many numbers that lie in one run, ms. */
  double read(long floats) {
    return 4.0 * floats / readPerMs;
  }

  /** Writing so many numbers into one run, ms. */
  double write(long floats) {
    return 4.0 * floats / writePerMs;
  }

  /** A matrix product (m, k) times (k, n), ms. */
  double product(double m, double k, double n) {
    return 2 * m * k * n / flopsPerMs;
  }

  /** The fastest of some runs, which take long enough together to meet a quiet moment. */
  private static double best(Runnable body) {
    double best = Double.POSITIVE_INFINITY;
    long begin = System.nanoTime();
    for (int i = 0; i < REPEATS || System.nanoTime() - begin < AT_LEAST_NANOS; i++) {
      long start = System.nanoTime();
      body.run();
      best = Math.min(best, (System.nanoTime() - start) / 1e6);
    }
    return best;
  }

  @Override
  public String toString() {
    return String.format(
        java.util.Locale.ROOT,
        "read %.1f GB/s, write %.1f GB/s, product %.0f GFLOP/s",
        readPerMs / 1e6,
        writePerMs / 1e6,
        flopsPerMs / 1e6);
  }
}
