package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.cpu.Native;
import io.relata.cpu.Workers;
import io.relata.cpu.blas.MatrixProduct;
import io.relata.spi.AdamCall;
import io.relata.spi.AffineCall;
import io.relata.spi.AffineGradCall;
import io.relata.spi.Array;
import io.relata.spi.BinaryOp;
import io.relata.spi.DenseKernels;
import io.relata.spi.MatmulCall;
import io.relata.spi.ReduceOp;
import io.relata.spi.RowsMatmulCall;
import io.relata.spi.UnaryOp;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/**
 * The CPU's kernels on dense arrays: looks at shapes and types, cuts the work, and leaves the
 * arithmetic to {@link Loops} and {@link MatrixProduct}. Every method keeps its arrays reachable to
 * its end, for their memory may be freed when they are not.
 */
public final class CpuDenseKernels implements DenseKernels {
  private final Chunks chunks;
  private final KernelTable table;
  private final RandomNumbers random;
  private final RowCopies rows;
  private final MatrixProduct product;
  private final AffinePasses affine;
  private final CrossEntropy crossEntropy;

  /**
   * Kernels for these threads.
   *
   * @param vector whether vector kernels may run
   */
  public CpuDenseKernels(Workers workers, boolean vector) {
    this.chunks = new Chunks(workers);
    this.table = new KernelTable(vector);
    this.random = new RandomNumbers(chunks, vector);
    this.rows = new RowCopies(chunks);
    this.product = new MatrixProduct(workers, vector);
    this.crossEntropy = new CrossEntropy(chunks, table);
    this.affine = new AffinePasses(chunks, table, product);
  }

  @Override
  public void fill(Array out, double value) {
    Filling.fill(chunks, out, value);
    Reference.reachabilityFence(out);
  }

  @Override
  public void range(Array out, double start, double step) {
    Filling.range(chunks, out, start, step);
    Reference.reachabilityFence(out);
  }

  @Override
  public void cast(Array x, Array out) {
    long from = x.address();
    long to = out.address();
    int width = x.dtype().bytes();
    int outWidth = out.dtype().bytes();
    if (x.dtype() == out.dtype()) {
      long bytes = x.bytes();
      chunks.elements(
          bytes, (a, b) -> MemorySegment.copy(Native.ALL, from + a, Native.ALL, to + a, b - a));
    } else {
      Loops.Unary loop = table.cast(x.dtype(), out.dtype());
      chunks.elements(
          out.size(), (a, b) -> loop.run(from + a * width, to + a * outWidth, b - a, 0, 0));
    }
    keep(x, out);
  }

  @Override
  public void unary(UnaryOp op, Array x, double a, double b, Array out) {
    Loops.Unary loop = table.unary(op, x.dtype());
    long from = x.address();
    long to = out.address();
    int width = x.dtype().bytes();
    chunks.elements(out.size(), (i, j) -> loop.run(from + i * width, to + i * width, j - i, a, b));
    keep(x, out);
  }

  @Override
  public void binary(BinaryOp op, Array x, Array y, double a, Array out) {
    Loops.Binary loop = table.binary(op, x.dtype());
    Broadcast walk = new Broadcast(out.shape(), x.shape(), y.shape());
    long left = x.address();
    long right = y.address();
    long to = out.address();
    int width = x.dtype().bytes();
    int outWidth = out.dtype().bytes();
    walk.forEach(
        chunks,
        (starts, at, count, n) ->
            loop.run(
                left + starts[0] * width,
                walk.row(0),
                walk.step(0),
                right + starts[1] * width,
                walk.row(1),
                walk.step(1),
                to + at * outWidth,
                count,
                n,
                a));
    keep(x, y);
    keep(out, out);
  }

  @Override
  public void where(Array condition, Array x, Array y, Array out) {
    Broadcast walk = new Broadcast(out.shape(), condition.shape(), x.shape(), y.shape());
    long mask = condition.address();
    long left = x.address();
    long right = y.address();
    long to = out.address();
    int width = out.dtype().bytes();
    Choosing.Row row = table.choosing(width);
    walk.forEach(
        chunks,
        (starts, at, count, n) -> {
          for (long r = 0; r < count; r++) {
            row.run(
                mask + starts[0] + r * walk.row(0),
                walk.step(0),
                left + (starts[1] + r * walk.row(1)) * width,
                walk.step(1),
                right + (starts[2] + r * walk.row(2)) * width,
                walk.step(2),
                to + (at + r * n) * width,
                n);
          }
        });
    keep(condition, x);
    keep(y, out);
  }

  @Override
  public void reduce(ReduceOp op, Array x, long outer, long n, long inner, Array out) {
    Loops.Reduce loop = table.reduce(op, x.dtype());
    Reduction.run(chunks, loop, x.dtype().bytes(), x.address(), outer, n, inner, out.address());
    keep(x, out);
  }

  @Override
  public void argReduce(boolean largest, Array x, long outer, long n, long inner, Array out) {
    Loops.ArgReduce loop = table.argReduce(largest, x.dtype());
    long from = x.address();
    long to = out.address();
    long bytes = n * inner * x.dtype().bytes();
    chunks.units(
        outer,
        n * inner,
        (first, last) -> {
          for (long o = first; o < last; o++) {
            loop.run(from + o * bytes, n, inner, to + o * inner * Long.BYTES);
          }
        });
    keep(x, out);
  }

  @Override
  public void copy(
      long[] sizes,
      Array x,
      long xStart,
      long[] xStrides,
      Array out,
      long outStart,
      long[] outStrides) {
    int width = x.dtype().bytes();
    new StridedCopy(width, sizes, xStrides, outStrides)
        .run(chunks, x.address() + xStart * width, out.address() + outStart * width);
    keep(x, out);
  }

  @Override
  public void gatherRows(Array table, Array index, Array out) {
    rows.gather(table, index, out);
    keep(table, index);
    keep(out, out);
  }

  @Override
  public void scatterAddRows(Array x, Array index, Array out) {
    rows.scatterAdd(table.axpy(x.dtype()), x, index, out);
    keep(x, index);
    keep(out, out);
  }

  @Override
  public long firstOutside(Array index, long limit) {
    long at = rows.firstOutside(index, limit);
    Reference.reachabilityFence(index);
    return at;
  }

  @Override
  public void matmul(
      Array x, boolean transposeX, Array y, boolean transposeY, boolean accumulate, Array out) {
    long m = out.shape().dim(0);
    long n = out.shape().dim(1);
    long k = x.shape().dim(transposeX ? 0 : 1);
    product.multiply(
        out.dtype(),
        new MatrixProduct.Form(transposeX, transposeY, m, n, k, accumulate),
        x.address(),
        y.address(),
        out.address());
    keep(x, y);
    keep(out, out);
  }

  @Override
  public boolean matmulRows(RowsMatmulCall c) {
    if (c.out().dtype() != DType.FLOAT32) {
      return false;
    }
    long picked = c.xRows() == null ? c.x().shape().dim(0) : c.xRows().size();
    long width = c.x().shape().dim(1);
    boolean done =
        product.multiplyRows(
            new MatrixProduct.Form(
                c.transposeX(),
                c.transposeY(),
                c.transposeX() ? width : picked,
                c.out().shape().dim(1),
                c.transposeX() ? picked : width,
                c.accumulate()),
            c.x().address(),
            c.xRows() == null ? 0 : c.xRows().address(),
            c.y().address(),
            c.out().address(),
            c.outRows() == null ? 0 : c.outRows().address());
    Reference.reachabilityFence(c);
    return done;
  }

  @Override
  public void affine(AffineCall c) {
    affine.run(c);
    Reference.reachabilityFence(c);
  }

  @Override
  public void affineGrad(AffineGradCall c) {
    affineGrad(c, List.of());
  }

  @Override
  public void affineGrad(AffineGradCall c, List<MatmulCall> products) {
    affine.gradient(c, products);
    Reference.reachabilityFence(c);
    Reference.reachabilityFence(products);
  }

  @Override
  public void batchMatmul(
      Array x, boolean transposeX, Array y, boolean transposeY, boolean accumulate, Array out) {
    long m = out.shape().dim(1);
    long n = out.shape().dim(2);
    long k = x.shape().dim(transposeX ? 1 : 2);
    product.multiplyBatch(
        out.dtype(),
        new MatrixProduct.Form(transposeX, transposeY, m, n, k, accumulate),
        out.shape().dim(0),
        x.address(),
        y.address(),
        out.address());
    keep(x, y);
    keep(out, out);
  }

  @Override
  public void softmax(Array x, long rows, long n, boolean logarithm, Array out) {
    Loops.Softmax loop = table.softmax(logarithm, x.dtype());
    long from = x.address();
    long to = out.address();
    long bytes = n * x.dtype().bytes();
    chunks.units(
        n == 0 ? 0 : rows, n, (i, j) -> loop.forward(from + i * bytes, j - i, n, to + i * bytes));
    keep(x, out);
  }

  @Override
  public void softmaxGrad(
      Array y, Array gradient, long rows, long n, boolean logarithm, Array out) {
    Loops.Softmax loop = table.softmax(logarithm, y.dtype());
    long from = y.address();
    long g = gradient.address();
    long to = out.address();
    long bytes = n * y.dtype().bytes();
    chunks.units(
        n == 0 ? 0 : rows,
        n,
        (i, j) -> loop.backward(from + i * bytes, g + i * bytes, j - i, n, to + i * bytes));
    keep(y, gradient);
    keep(out, out);
  }

  @Override
  public boolean crossEntropy(Array logits, Array labels, Array share, Array sums, Array out) {
    crossEntropy.run(logits, labels, share, sums, out);
    keep(logits, labels);
    keep(share, sums);
    keep(out, out);
    return true;
  }

  @Override
  public void crossEntropyGrad(Array logits, Array labels, Array sums, Array scale, Array out) {
    crossEntropy.gradient(logits, labels, sums, scale, out);
    keep(logits, labels);
    keep(sums, scale);
    keep(out, out);
  }

  @Override
  public void uniform(long seed, long stream, double low, double high, Array out) {
    random.uniform(seed, stream, low, high, out);
    Reference.reachabilityFence(out);
  }

  @Override
  public void normal(long seed, long stream, double mean, double deviation, Array out) {
    random.normal(seed, stream, mean, deviation, out);
    Reference.reachabilityFence(out);
  }

  @Override
  public void dropout(Array x, double p, long seed, long stream, Array out) {
    random.dropout(x, p, seed, stream, out);
    keep(x, out);
  }

  @Override
  public void adam(List<AdamCall> calls) {
    List<Runnable> pieces = new ArrayList<>();
    List<Runnable> small = new ArrayList<>();
    long gathered = 0;
    for (AdamCall c : calls) {
      long n = c.parameter().size();
      Loops.Adam.Step constants = constants(c);
      for (long i = 0; i < n; i += Chunks.ELEMENTS) {
        Runnable piece = adam(c, constants, i, Math.min(n, i + Chunks.ELEMENTS));
        if (n >= Chunks.ELEMENTS) {
          pieces.add(piece);
        } else {
          small.add(piece);
          gathered += n;
        }
      }
      if (gathered >= Chunks.ELEMENTS) {
        pieces.add(together(List.copyOf(small)));
        small.clear();
        gathered = 0;
      }
    }
    if (!small.isEmpty()) {
      pieces.add(together(List.copyOf(small)));
    }
    chunks.tasks(pieces.size(), i -> pieces.get(i).run());
    Reference.reachabilityFence(calls);
  }

  private static Runnable together(List<Runnable> pieces) {
    return () -> pieces.forEach(Runnable::run);
  }

  private static Loops.Adam.Step constants(AdamCall c) {
    return new Loops.Adam.Step(
        c.rate() / (1 - Math.pow(c.beta1(), c.step())),
        c.beta1(),
        c.beta2(),
        c.epsilon(),
        1 / Math.sqrt(1 - Math.pow(c.beta2(), c.step())),
        c.decoupled() ? 0 : c.weightDecay(),
        c.decoupled() ? 1 - c.rate() * c.weightDecay() : 1);
  }

  private Runnable adam(AdamCall c, Loops.Adam.Step constants, long i, long j) {
    Loops.Adam loop = table.adam(c.parameter().dtype());
    long bytes = i * c.parameter().dtype().bytes();
    long p = c.parameter().address() + bytes;
    long g = c.gradient().address() + bytes;
    long m = c.firstMoment().address() + bytes;
    long v = c.secondMoment().address() + bytes;
    return () -> loop.run(p, g, m, v, j - i, constants);
  }

  @Override
  public void axpy(double a, Array x, Array y) {
    Loops.Axpy loop = table.axpy(x.dtype());
    long from = x.address();
    long to = y.address();
    int width = x.dtype().bytes();
    chunks.elements(x.size(), (i, j) -> loop.run(a, from + i * width, to + i * width, j - i));
    keep(x, y);
  }

  private static void keep(Array x, Array y) {
    Reference.reachabilityFence(x);
    Reference.reachabilityFence(y);
  }
}
