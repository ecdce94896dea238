package io.relata.cpu.blas;

import io.relata.DType;
import io.relata.cpu.Native;

/** Matrix products in plain loops, the last resort. Sums run in double. */
final class PlainGemm implements Gemm {
  @Override
  public String name() {
    return "plain loops";
  }

  @Override
  public void multiply(DType type, Piece p, long x, long y, long out) {
    boolean single = type == DType.FLOAT32;
    double[] row = new double[p.n()];
    for (int i = 0; i < p.m(); i++) {
      for (int j = 0; j < p.n(); j++) {
        row[j] = p.accumulate() ? get(single, out, (long) i * p.outRow() + j) : 0;
      }
      for (int l = 0; l < p.k(); l++) {
        long at = p.transposeX() ? (long) l * p.xRow() + i : (long) i * p.xRow() + l;
        double v = get(single, x, at);
        for (int j = 0; j < p.n(); j++) {
          long from = p.transposeY() ? (long) j * p.yRow() + l : (long) l * p.yRow() + j;
          row[j] += v * get(single, y, from);
        }
      }
      for (int j = 0; j < p.n(); j++) {
        long to = (long) i * p.outRow() + j;
        if (single) {
          Native.putFloat(out + 4 * to, (float) row[j]);
        } else {
          Native.putDouble(out + 8 * to, row[j]);
        }
      }
    }
  }

  private static double get(boolean single, long base, long i) {
    return single ? Native.getFloat(base + 4 * i) : Native.getDouble(base + 8 * i);
  }
}
