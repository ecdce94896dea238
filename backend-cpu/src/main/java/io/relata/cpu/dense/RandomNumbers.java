package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.spi.Array;

/** Uniform and normal numbers and dropout masks from the words of {@link Philox}. */
final class RandomNumbers {
  private static final int BLOCKS = 256;
  private static final int WORDS = 4 * BLOCKS;

  private final Chunks chunks;
  private final boolean vector;

  /** Work on elements first .. first + count - 1, whose words are given. */
  private interface Consumer {
    void take(int[] words, long first, int count);
  }

  RandomNumbers(Chunks chunks, boolean vector) {
    this.chunks = chunks;
    this.vector = vector;
  }

  private void forEach(long seed, long stream, long n, Consumer consumer) {
    chunks.elements(
        n,
        (from, to) -> {
          int[] words = new int[WORDS];
          for (long i = from; i < to; i += WORDS) {
            int count = (int) Math.min(WORDS, to - i);
            if (vector) {
              VectorPhilox.words(seed, stream, i / 4, BLOCKS, words);
            } else {
              Philox.words(seed, stream, i / 4, (count + 3) / 4, words);
            }
            consumer.take(words, i, count);
          }
        });
  }

  void uniform(long seed, long stream, double low, double high, Array out) {
    long base = out.address();
    DType type = out.dtype();
    // Rounding may reach the upper bound, which is excluded.
    double last =
        high > low
            ? type == DType.FLOAT32 ? Math.nextDown((float) high) : Math.nextDown(high)
            : low;
    forEach(
        seed,
        stream,
        out.size(),
        (words, first, count) -> {
          for (int i = 0; i < count; i++) {
            double u = low + unit(type, words[i]) * (high - low);
            Elements.setReal(type, base, first + i, Math.min(u, last));
          }
        });
  }

  private static double unit(DType type, int word) {
    return type == DType.FLOAT32 ? (word >>> 8) * 0x1p-24 : (word & 0xFFFFFFFFL) * 0x1p-32;
  }

  void normal(long seed, long stream, double mean, double deviation, Array out) {
    long base = out.address();
    DType type = out.dtype();
    forEach(
        seed,
        stream,
        out.size(),
        (words, first, count) -> {
          double[] pair = new double[2];
          for (int i = 0; i < count; i += 2) {
            BoxMuller.pair(words[i], words[i + 1], mean, deviation, pair);
            Elements.setReal(type, base, first + i, pair[0]);
            if (i + 1 < count) {
              Elements.setReal(type, base, first + i + 1, pair[1]);
            }
          }
        });
  }

  void dropout(Array x, double p, long seed, long stream, Array out) {
    long from = x.address();
    long base = out.address();
    DType type = out.dtype();
    double scale = p < 1 ? 1 / (1 - p) : 0;
    // Compared as integers: the word's upper 24 bits, or all 32, against p on the same grid.
    int shift = type == DType.FLOAT32 ? 8 : 0;
    long least = (long) Math.ceil(p * (type == DType.FLOAT32 ? 0x1p24 : 0x1p32));
    forEach(
        seed,
        stream,
        out.size(),
        (words, first, count) -> {
          if (vector && type == DType.FLOAT32) {
            long at = first * Float.BYTES;
            VectorPhilox.dropout(words, count, (int) least, (float) scale, from + at, base + at);
            return;
          }
          for (int i = 0; i < count; i++) {
            boolean kept = (words[i] & 0xFFFFFFFFL) >>> shift >= least;
            double v = kept ? Elements.real(type, from, first + i) * scale : 0;
            Elements.setReal(type, base, first + i, v);
          }
        });
  }
}
