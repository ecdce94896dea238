package io.relata.cuda;

import io.relata.spi.AdamCall;
import io.relata.spi.AffineCall;
import io.relata.spi.Array;
import io.relata.spi.BinaryOp;
import io.relata.spi.DenseKernels;
import io.relata.spi.MatmulCall;
import io.relata.spi.ReduceOp;
import io.relata.spi.UnaryOp;
import java.lang.ref.Reference;
import java.util.List;

/**
 * The GPU's kernels on dense arrays. Calls return when their work is in the stream, except {@link
 * #firstOutside} and divisions of integers where {@link KnownIntegers} does not know enough, which
 * then look at a result. Every method keeps its arrays reachable to its end, for their memory may
 * be given to later work when they are not.
 */
final class CudaDenseKernels implements DenseKernels {
  private final DenseElementwise elementwise;
  private final DenseReductions reductions;
  private final DenseCopies copies;
  private final DenseRows rows;
  private final DenseProducts products;
  private final DenseRandom random;
  private final DenseAdam adam;
  private final DenseAffine affine;
  private final IndexSearch search;
  private final KnownIntegers known;

  CudaDenseKernels(Device device, KnownIntegers known) {
    Launcher launcher = new Launcher(device);
    this.known = known;
    search = new IndexSearch(launcher, known);
    elementwise = new DenseElementwise(launcher, search);
    reductions = new DenseReductions(launcher);
    copies = new DenseCopies(launcher);
    rows = new DenseRows(launcher);
    products = new DenseProducts(launcher);
    random = new DenseRandom(launcher);
    adam = new DenseAdam(launcher);
    affine = new DenseAffine(launcher, elementwise);
  }

  @Override
  public void fill(Array out, double value) {
    elementwise.fill(out, value);
    known.filled(out, value);
    Reference.reachabilityFence(out);
  }

  @Override
  public void range(Array out, double start, double step) {
    elementwise.range(out, start, step);
    known.counted(out, start, step);
    Reference.reachabilityFence(out);
  }

  @Override
  public void cast(Array x, Array out) {
    elementwise.cast(x, out);
    known.cast(x, out);
    keep(x, out);
  }

  @Override
  public void unary(UnaryOp op, Array x, double a, double b, Array out) {
    elementwise.unary(op, x, a, b, out);
    known.unary(op, x, a, b, out);
    keep(x, out);
  }

  @Override
  public void binary(BinaryOp op, Array x, Array y, double a, Array out) {
    elementwise.binary(op, x, y, a, out);
    known.binary(op, x, y, out);
    keep(x, y, out);
  }

  @Override
  public void where(Array condition, Array x, Array y, Array out) {
    elementwise.where(condition, x, y, out);
    known.picked(x, y, out);
    keep(condition, x, y, out);
  }

  @Override
  public void reduce(ReduceOp op, Array x, long outer, long n, long inner, Array out) {
    reductions.reduce(op, x, outer, n, inner, out);
    known.wrote(out);
    keep(x, out);
  }

  @Override
  public void argReduce(boolean largest, Array x, long outer, long n, long inner, Array out) {
    reductions.argReduce(largest, x, outer, n, inner, out);
    known.positions(n, out);
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
    copies.copy(
        width,
        sizes,
        x.address() + xStart * width,
        xStrides,
        out.address() + outStart * width,
        outStrides);
    long count = 1;
    for (long size : sizes) {
      count *= size;
    }
    if (count == out.size()) {
      known.picked(x, out);
    } else {
      known.wrote(out);
    }
    keep(x, out);
  }

  @Override
  public void gatherRows(Array table, Array index, Array out) {
    rows.gather(table, index, out);
    known.picked(table, out);
    keep(table, index, out);
  }

  @Override
  public void scatterAddRows(Array x, Array index, Array out) {
    rows.scatterAdd(x, index, out);
    known.wrote(out);
    keep(x, index, out);
  }

  @Override
  public long firstOutside(Array index, long limit) {
    long at = search.firstOutside(index, limit);
    Reference.reachabilityFence(index);
    return at;
  }

  @Override
  public void matmul(
      Array x, boolean transposeX, Array y, boolean transposeY, boolean accumulate, Array out) {
    products.multiply(new MatmulCall(x, transposeX, y, transposeY, accumulate, out));
    keep(x, y, out);
  }

  @Override
  public void matmulAll(List<MatmulCall> calls) {
    products.multiplyAll(calls);
    Reference.reachabilityFence(calls);
  }

  @Override
  public void batchMatmul(
      Array x, boolean transposeX, Array y, boolean transposeY, boolean accumulate, Array out) {
    products.multiplyBatch(new MatmulCall(x, transposeX, y, transposeY, accumulate, out));
    keep(x, y, out);
  }

  @Override
  public void affine(AffineCall c) {
    boolean started = c.accumulate();
    for (AffineCall.Factors f : c.products()) {
      products.multiply(new MatmulCall(f.x(), false, f.w(), f.transposed(), started, c.out()));
      started = true;
    }
    affine.finish(c, started);
    Reference.reachabilityFence(c);
  }

  @Override
  public void softmax(Array x, long rows, long n, boolean logarithm, Array out) {
    reductions.softmax(x, rows, n, logarithm, out);
    keep(x, out);
  }

  @Override
  public void softmaxGrad(
      Array y, Array gradient, long rows, long n, boolean logarithm, Array out) {
    reductions.softmaxGrad(y, gradient, rows, n, logarithm, out);
    keep(y, gradient, out);
  }

  @Override
  public boolean crossEntropy(Array logits, Array labels, Array share, Array sums, Array out) {
    reductions.crossEntropy(logits, labels, share, sums, out);
    keep(logits, labels, share, sums, out);
    return true;
  }

  @Override
  public void crossEntropyGrad(Array logits, Array labels, Array sums, Array scale, Array out) {
    reductions.crossEntropyGrad(logits, labels, sums, scale, out);
    keep(logits, labels, sums, scale, out);
  }

  @Override
  public void uniform(long seed, long stream, double low, double high, Array out) {
    random.uniform(seed, stream, low, high, out);
    known.wrote(out);
    Reference.reachabilityFence(out);
  }

  @Override
  public void normal(long seed, long stream, double mean, double deviation, Array out) {
    random.normal(seed, stream, mean, deviation, out);
    known.wrote(out);
    Reference.reachabilityFence(out);
  }

  @Override
  public void dropout(Array x, double p, long seed, long stream, Array out) {
    random.dropout(x, p, seed, stream, out);
    known.wrote(out);
    keep(x, out);
  }

  @Override
  public void adam(List<AdamCall> calls) {
    adam.step(calls);
    Reference.reachabilityFence(calls);
  }

  @Override
  public void axpy(double a, Array x, Array y) {
    elementwise.axpy(a, x, y);
    known.wrote(y);
    keep(x, y);
  }

  private static void keep(Array... arrays) {
    for (Array a : arrays) {
      Reference.reachabilityFence(a);
    }
  }
}
