package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.cpu.Native;
import io.relata.cpu.blas.MatrixProduct;
import io.relata.spi.AffineCall;
import io.relata.spi.AffineGradCall;
import io.relata.spi.Array;
import io.relata.spi.BinaryOp;
import io.relata.spi.MatmulCall;
import io.relata.spi.ReduceOp;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The dense part of a layer and its gradient, some rows at a time: what one loop has written is in
 * the nearest cache when the next one reads it, so that all of them move the arrays once. Nothing
 * is allocated but partial sums of the bias's gradient.
 */
final class AffinePasses {
  private final Chunks chunks;
  private final KernelTable table;
  private final MatrixProduct product;

  AffinePasses(Chunks chunks, KernelTable table, MatrixProduct product) {
    this.chunks = chunks;
    this.table = table;
    this.product = product;
  }

  void run(AffineCall c) {
    DType type = c.out().dtype();
    long rows = c.out().shape().dim(0);
    long columns = c.out().shape().dim(1);
    if (rows == 0 || columns == 0) {
      return;
    }
    List<MatrixProduct.Factors> factors = new ArrayList<>();
    for (AffineCall.Factors f : c.products()) {
      long k = f.x().shape().dim(1);
      boolean accumulate = c.accumulate() || !factors.isEmpty();
      factors.add(
          new MatrixProduct.Factors(
              new MatrixProduct.Form(false, f.transposed(), rows, columns, k, accumulate),
              f.x().address(),
              f.w().address()));
    }
    long bias = c.bias() == null ? 0 : c.bias().address();
    long out = c.out().address();
    boolean finished =
        !factors.isEmpty() && product.sum(type, factors, bias, out, finish(c, type, columns, 0));
    MatrixProduct.Rows finish = finished ? null : finish(c, type, columns, bias);
    if (finish != null) {
      chunks.units(rows, columns, finish::run);
    }
  }

  /**
   * What follows the products, or null for nothing.
   *
   * @param bias its address, 0 where there is none or it has been added
   */
  private MatrixProduct.Rows finish(AffineCall c, DType type, long columns, long bias) {
    if (c.addends().isEmpty() && bias == 0 && c.activation() == null) {
      return null;
    }
    long out = c.out().address();
    long[] addends = c.addends().stream().mapToLong(Array::address).toArray();
    boolean started = c.accumulate() || !c.products().isEmpty();
    Loops.Axpy axpy = table.axpy(type);
    Loops.Binary add = table.binary(BinaryOp.ADD, type);
    Loops.Unary activation = c.activation() == null ? null : table.unary(c.activation(), type);
    long row = columns * type.bytes();
    return (from, to) -> {
      long at = from * row;
      long n = (to - from) * columns;
      for (int i = 0; i < addends.length; i++) {
        if (i > 0 || started) {
          axpy.run(1, addends[i] + at, out + at, n);
        } else {
          MemorySegment.copy(Native.ALL, addends[i] + at, Native.ALL, out + at, (to - from) * row);
        }
      }
      if (bias != 0) {
        add.run(out + at, columns, 1, bias, 0, 1, out + at, to - from, columns, 0);
      }
      if (activation != null) {
        activation.run(out + at, out + at, n, c.a(), 0);
      }
    };
  }

  /** The gradient before the activation and of the bias, then products that read the former. */
  void gradient(AffineGradCall c, List<MatmulCall> products) {
    DType type = c.before().dtype();
    long rows = c.before().shape().dim(0);
    long columns = c.before().shape().dim(1);
    // The pieces of a sum of columns, so that the bits are those of one.
    int pieces = Math.toIntExact(Math.max(1, (rows + Reduction.COLUMN - 1) / Reduction.COLUMN));
    int width = Math.toIntExact(columns);
    Loops.Reduce sum = c.bias() == null ? null : table.reduce(ReduceOp.SUM, type);
    long[] partial =
        sum == null || pieces == 1 ? null : new long[Math.multiplyExact(pieces, width)];
    MatrixProduct.Rows start = start(c, type, columns, sum, partial);
    List<MatrixProduct.Target> along = new ArrayList<>();
    List<MatrixProduct.Target> others = new ArrayList<>();
    for (MatmulCall m : products) {
      MatrixProduct.Target t = MatrixProduct.Target.of(m);
      (t.form().k() == rows && product.goesAlongRows(type, t.form()) ? along : others).add(t);
    }
    if (!along.isEmpty()) {
      product.alongRows(along, Reduction.COLUMN, start);
    } else if (start != null && columns > 0) {
      chunks.units(
          pieces,
          Reduction.COLUMN * columns,
          (from, to) -> {
            for (long p = from; p < to; p++) {
              start.run(p * Reduction.COLUMN, Math.min(rows, (p + 1) * Reduction.COLUMN));
            }
          });
    }
    if (partial != null) {
      sum.merge(partial, 0, pieces, width, width, c.bias().address());
    }
    others.forEach(t -> product.multiply(type, t.form(), t.x(), t.y(), t.out()));
  }

  /** What comes before the products, for rows of one piece of the sum; null for nothing. */
  private MatrixProduct.Rows start(
      AffineGradCall c, DType type, long columns, Loops.Reduce sum, long[] partial) {
    if (c.activation() == null && sum == null) {
      return null;
    }
    Loops.Binary slope = c.activation() == null ? null : table.binary(c.activation(), type);
    long gradient = c.gradient().address();
    long result = slope == null ? 0 : c.result().address();
    long before = c.before().address();
    long bias = sum == null ? 0 : c.bias().address();
    int width = Math.toIntExact(columns);
    return (from, to) -> {
      long at = from * columns * type.bytes();
      long count = (to - from) * columns;
      if (slope != null) {
        slope.run(gradient + at, count, 1, result + at, count, 1, before + at, 1, count, c.a());
      }
      if (sum != null) {
        int slot = partial == null ? 0 : (int) (from / Reduction.COLUMN) * width;
        sum.columns(before + at, to - from, columns, width, bias, partial, slot);
      }
    };
  }
}
