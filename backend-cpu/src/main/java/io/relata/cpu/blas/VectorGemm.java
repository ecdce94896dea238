package io.relata.cpu.blas;

import io.relata.DType;
import io.relata.cpu.Native;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Our own FLOAT32 product for machines without OpenBLAS: four rows by two vectors of the result in
 * registers, over packed operands. FLOAT64 takes plain loops.
 */
final class VectorGemm implements Gemm {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = F.length();
  private static final int ROWS = 4;

  /**
   * Longest run of the contracted axis at once: two packed vectors of it fit the first-level cache.
   */
  private static final int DEPTH = 256;

  private final PlainGemm plain = new PlainGemm();

  @Override
  public String name() {
    return "own vector kernel";
  }

  @Override
  public void multiply(DType type, Piece p, long x, long y, long out) {
    if (type != DType.FLOAT32) {
      plain.multiply(type, p, x, y, out);
      return;
    }
    int width = 2 * LANES;
    float[] packedX = new float[(p.m() + ROWS) * DEPTH];
    float[] packedY = new float[width * DEPTH];
    for (int l = 0; l < p.k(); l += DEPTH) {
      int depth = Math.min(DEPTH, p.k() - l);
      packX(p, x, l, depth, packedX);
      for (int j = 0; j < p.n(); j += width) {
        packY(p, y, l, depth, j, packedY);
        for (int i = 0; i < p.m(); i += ROWS) {
          boolean add = p.accumulate() || l > 0;
          long to = out + ((long) i * p.outRow() + j) * Float.BYTES;
          tile(
              packedX,
              i * depth,
              packedY,
              depth,
              to,
              p.outRow(),
              Math.min(ROWS, p.m() - i),
              Math.min(width, p.n() - j),
              add);
        }
      }
    }
  }

  /** Groups of four rows, the contracted axis slowest; missing rows are 0. */
  private static void packX(Piece p, long x, int from, int depth, float[] to) {
    for (int i = 0; i < p.m(); i += ROWS) {
      for (int l = 0; l < depth; l++) {
        for (int r = 0; r < ROWS; r++) {
          long row = (long) i + r;
          long at = p.transposeX() ? (long) (from + l) * p.xRow() + row : row * p.xRow() + from + l;
          to[i * depth + l * ROWS + r] = row < p.m() ? Native.getFloat(x + at * Float.BYTES) : 0;
        }
      }
    }
  }

  private static void packY(Piece p, long y, int from, int depth, int column, float[] to) {
    int width = 2 * LANES;
    for (int l = 0; l < depth; l++) {
      for (int c = 0; c < width; c++) {
        long j = (long) column + c;
        long at = p.transposeY() ? j * p.yRow() + from + l : (long) (from + l) * p.yRow() + j;
        to[l * width + c] = j < p.n() ? Native.getFloat(y + at * Float.BYTES) : 0;
      }
    }
  }

  private static void tile(
      float[] x,
      int at,
      float[] y,
      int depth,
      long out,
      int outRow,
      int rows,
      int columns,
      boolean add) {
    FloatVector a0 = FloatVector.zero(F);
    FloatVector a1 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector c0 = a0;
    FloatVector c1 = a0;
    FloatVector d0 = a0;
    FloatVector d1 = a0;
    for (int l = 0; l < depth; l++) {
      FloatVector y0 = FloatVector.fromArray(F, y, 2 * LANES * l);
      FloatVector y1 = FloatVector.fromArray(F, y, 2 * LANES * l + LANES);
      FloatVector v = FloatVector.broadcast(F, x[at + ROWS * l]);
      a0 = v.fma(y0, a0);
      a1 = v.fma(y1, a1);
      v = FloatVector.broadcast(F, x[at + ROWS * l + 1]);
      b0 = v.fma(y0, b0);
      b1 = v.fma(y1, b1);
      v = FloatVector.broadcast(F, x[at + ROWS * l + 2]);
      c0 = v.fma(y0, c0);
      c1 = v.fma(y1, c1);
      v = FloatVector.broadcast(F, x[at + ROWS * l + 3]);
      d0 = v.fma(y0, d0);
      d1 = v.fma(y1, d1);
    }
    store(a0, a1, out, 0, outRow, rows, columns, add);
    store(b0, b1, out, 1, outRow, rows, columns, add);
    store(c0, c1, out, 2, outRow, rows, columns, add);
    store(d0, d1, out, 3, outRow, rows, columns, add);
  }

  private static void store(
      FloatVector first,
      FloatVector second,
      long out,
      int row,
      int outRow,
      int rows,
      int columns,
      boolean add) {
    if (row < rows) {
      long to = out + (long) row * outRow * Float.BYTES;
      store(first, to, columns, add);
      if (columns > LANES) {
        store(second, to + (long) LANES * Float.BYTES, columns - LANES, add);
      }
    }
  }

  private static void store(FloatVector v, long to, int columns, boolean add) {
    VectorMask<Float> mask = F.indexInRange(0, columns);
    ByteOrder order = ByteOrder.nativeOrder();
    if (add) {
      v = v.add(FloatVector.fromMemorySegment(F, Native.ALL, to, order, mask));
    }
    v.intoMemorySegment(Native.ALL, to, order, mask);
  }
}
