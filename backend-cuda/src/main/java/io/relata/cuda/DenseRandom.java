package io.relata.cuda;

import static io.relata.cuda.Launcher.suffix;
import static io.relata.cuda.Launcher.wide;

import io.relata.DType;
import io.relata.spi.Array;

/** Uniform and normal numbers and dropout masks, the CPU backend's bit for bit. */
final class DenseRandom {
  private final Launcher launcher;

  DenseRandom(Launcher launcher) {
    this.launcher = launcher;
  }

  void uniform(long seed, long stream, double low, double high, Array out) {
    // Rounding may reach the upper bound, which is excluded.
    double last =
        high > low
            ? out.dtype() == DType.FLOAT32 ? Math.nextDown((float) high) : Math.nextDown(high)
            : low;
    launcher.quads(
        "uniform_" + suffix(out.dtype()),
        out.size(),
        new Arguments()
            .put(seed)
            .put(stream)
            .put(low)
            .put(high - low)
            .put(last)
            .put(out)
            .put(out.size())
            .put(wide(out)));
  }

  void normal(long seed, long stream, double mean, double deviation, Array out) {
    launcher.quads(
        "normal_" + suffix(out.dtype()),
        out.size(),
        new Arguments()
            .put(seed)
            .put(stream)
            .put(mean)
            .put(deviation)
            .put(out)
            .put(out.size())
            .put(wide(out)));
  }

  void dropout(Array x, double p, long seed, long stream, Array out) {
    // Compared as integers: the word's upper 24 bits, or all 32, against p on the same grid.
    long least = (long) Math.ceil(p * (out.dtype() == DType.FLOAT32 ? 0x1p24 : 0x1p32));
    launcher.quads(
        "dropout_" + suffix(out.dtype()),
        out.size(),
        new Arguments()
            .put(seed)
            .put(stream)
            .put(p < 1 ? 1 / (1 - p) : 0)
            .put(least)
            .put(x)
            .put(out)
            .put(out.size())
            .put(wide(x, out)));
  }
}
