package io.relata.cpu.dense;

/**
 * The counter-based generator Philox 4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel Random
 * Numbers: As Easy as 1, 2, 3", SC 2011: any block of four words can be computed by itself, so the
 * numbers do not depend on threads or backends. The counter's low words are the number of the
 * block, its high words the stream; the key is the seed; low half first.
 */
final class Philox {
  static final long M0 = 0xD2511F53L;
  static final long M1 = 0xCD9E8D57L;
  static final int W0 = 0x9E3779B9;
  static final int W1 = 0xBB67AE85;
  private static final long LOW = 0xFFFFFFFFL;

  private Philox() {}

  /** Writes {@code blocks} blocks of four words, from number {@code first}. */
  static void words(long seed, long stream, long first, int blocks, int[] out) {
    for (int i = 0; i < blocks; i++) {
      block(seed, stream, first + i, out, 4 * i);
    }
  }

  private static void block(long seed, long stream, long number, int[] out, int at) {
    int c0 = (int) number;
    int c1 = (int) (number >>> 32);
    int c2 = (int) stream;
    int c3 = (int) (stream >>> 32);
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    for (int round = 0; round < 10; round++) {
      long p0 = M0 * (c0 & LOW);
      long p1 = M1 * (c2 & LOW);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c1 = (int) p1;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c3 = (int) p0;
      k0 += W0;
      k1 += W1;
    }
    out[at] = c0;
    out[at + 1] = c1;
    out[at + 2] = c2;
    out[at + 3] = c3;
  }
}
