package io.relata.cuda;

import io.relata.DType;
import io.relata.spi.Array;
import java.lang.foreign.MemorySegment;

/**
 * Looks for the first integer that some kernel could not take. Where the bounds of the numbers are
 * known and good, nothing is looked at; else the answer is read back, so the caller waits for all
 * work so far, and the next check of the same numbers need not.
 */
final class IndexSearch {
  /** Blocks, and so answers to compare; they do not depend on the device. */
  private static final int BLOCKS = 1024;

  private final Launcher launcher;
  private final KnownIntegers known;

  IndexSearch(Launcher launcher, KnownIntegers known) {
    this.launcher = launcher;
    this.known = known;
  }

  /** Position of the first element outside 0..limit-1, or -1. */
  long firstOutside(Array x, long limit) {
    KnownIntegers.Range range = known.of(x);
    if (range != null && range.within(0, limit - 1)) {
      return -1;
    }
    long at = first(x, limit, false);
    if (at < 0 && x.size() > 0) {
      known.found(x, new KnownIntegers.Range(0, limit - 1));
    }
    return at;
  }

  /** Position of the first 0, or -1. */
  long firstZero(Array x) {
    KnownIntegers.Range range = known.of(x);
    return range != null && (range.least() > 0 || range.most() < 0) ? -1 : first(x, 0, true);
  }

  private long first(Array x, long limit, boolean zero) {
    long n = x.size();
    if (n == 0) {
      return -1;
    }
    int blocks = (int) Math.min(BLOCKS, (n + Launcher.BLOCK - 1) / Launcher.BLOCK);
    long[] found = new long[blocks];
    try (Device.Temporary answers = launcher.device().temporary((long) blocks * Long.BYTES)) {
      launcher.exactly(
          "find_first",
          blocks,
          new Arguments()
              .put(x)
              .put(answers.address())
              .put(n)
              .put(limit)
              .put(x.dtype() == DType.INT64 ? 1 : 0)
              .put(zero ? 1 : 0));
      launcher.device().copyOut(answers.address(), MemorySegment.ofArray(found));
    }
    long first = n;
    for (long f : found) {
      first = Math.min(first, f);
    }
    return first == n ? -1 : first;
  }
}
