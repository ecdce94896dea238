package io.relata;

import static java.lang.ref.Reference.reachabilityFence;

import io.relata.spi.Backend;
import io.relata.spi.BinaryOp;
import io.relata.spi.DenseKernels;
import io.relata.spi.ReduceOp;
import io.relata.spi.UnaryOp;

/**
 * The backend's dense kernels on tensors: allocates results, and keeps operands reachable while a
 * kernel reads their memory. Shapes and types have been checked by the caller.
 */
final class Kernels {
  private final Relata relata;
  private final DenseKernels dense;

  Kernels(Relata relata, Backend backend) {
    this.relata = relata;
    this.dense = backend.dense();
  }

  Tensor unary(UnaryOp op, Tensor x, double a, double b) {
    Tensor out = relata.empty(x.dtype(), x.shape());
    dense.unary(op, x.array(), a, b, out.array());
    reachabilityFence(x);
    return out;
  }

  Tensor binary(BinaryOp op, Tensor x, Tensor y, double a, Shape shape) {
    Tensor out = relata.empty(op.isComparison() ? DType.BOOL : x.dtype(), shape);
    dense.binary(op, x.array(), y.array(), a, out.array());
    reachabilityFence(x);
    reachabilityFence(y);
    return out;
  }

  Tensor where(Tensor condition, Tensor x, Tensor y, Shape shape) {
    Tensor out = relata.empty(x.dtype(), shape);
    dense.where(condition.array(), x.array(), y.array(), out.array());
    reachabilityFence(condition);
    reachabilityFence(x);
    reachabilityFence(y);
    return out;
  }

  Tensor cast(Tensor x, DType dtype) {
    Tensor out = relata.empty(dtype, x.shape());
    dense.cast(x.array(), out.array());
    reachabilityFence(x);
    return out;
  }

  Tensor reduce(ReduceOp op, Tensor x, long outer, long n, long inner, Shape shape) {
    Tensor out = relata.empty(x.dtype(), shape);
    dense.reduce(op, x.array(), outer, n, inner, out.array());
    reachabilityFence(x);
    return out;
  }

  Tensor argReduce(boolean largest, Tensor x, long outer, long n, long inner, Shape shape) {
    Tensor out = relata.empty(DType.INT64, shape);
    dense.argReduce(largest, x.array(), outer, n, inner, out.array());
    reachabilityFence(x);
    return out;
  }

  void copy(
      long[] sizes, Tensor x, long xStart, long[] xStrides, Tensor out, long start, long[] s) {
    dense.copy(sizes, x.array(), xStart, xStrides, out.array(), start, s);
    reachabilityFence(x);
    reachabilityFence(out);
  }

  Tensor gatherRows(Tensor table, Tensor index) {
    Tensor out = relata.empty(table.dtype(), table.shape().row().prepend(index.size()));
    dense.gatherRows(table.array(), index.array(), out.array());
    reachabilityFence(table);
    reachabilityFence(index);
    return out;
  }

  void scatterAddRows(Tensor x, Tensor index, Tensor out) {
    dense.scatterAddRows(x.array(), index.array(), out.array());
    reachabilityFence(x);
    reachabilityFence(index);
    reachabilityFence(out);
  }

  long firstOutside(Tensor index, long limit) {
    long position = dense.firstOutside(index.array(), limit);
    reachabilityFence(index);
    return position;
  }

  Tensor matmul(Tensor x, boolean tx, Tensor y, boolean ty, Shape shape) {
    Tensor out = relata.empty(x.dtype(), shape);
    matmul(x, tx, y, ty, false, out);
    return out;
  }

  void matmul(Tensor x, boolean tx, Tensor y, boolean ty, boolean accumulate, Tensor out) {
    if (out.shape().rank() == 2) {
      dense.matmul(x.array(), tx, y.array(), ty, accumulate, out.array());
    } else {
      dense.batchMatmul(x.array(), tx, y.array(), ty, accumulate, out.array());
    }
    reachabilityFence(x);
    reachabilityFence(y);
    reachabilityFence(out);
  }

  Tensor softmax(Tensor x, boolean logarithm) {
    Tensor out = relata.empty(x.dtype(), x.shape());
    long n = x.shape().dim(-1);
    dense.softmax(x.array(), n == 0 ? 0 : x.size() / n, n, logarithm, out.array());
    reachabilityFence(x);
    return out;
  }

  Tensor softmaxGrad(Tensor y, Tensor gradient, boolean logarithm) {
    Tensor out = relata.empty(y.dtype(), y.shape());
    long n = y.shape().dim(-1);
    dense.softmaxGrad(
        y.array(), gradient.array(), n == 0 ? 0 : y.size() / n, n, logarithm, out.array());
    reachabilityFence(y);
    reachabilityFence(gradient);
    return out;
  }

  Tensor dropout(Tensor x, double p, long seed, long stream) {
    Tensor out = relata.empty(x.dtype(), x.shape());
    dense.dropout(x.array(), p, seed, stream, out.array());
    reachabilityFence(x);
    return out;
  }

  void fill(Tensor out, double value) {
    dense.fill(out.array(), value);
    reachabilityFence(out);
  }

  void range(Tensor out, double start, double step) {
    dense.range(out.array(), start, step);
    reachabilityFence(out);
  }

  void uniform(long seed, long stream, double low, double high, Tensor out) {
    dense.uniform(seed, stream, low, high, out.array());
    reachabilityFence(out);
  }

  void normal(long seed, long stream, double mean, double deviation, Tensor out) {
    dense.normal(seed, stream, mean, deviation, out.array());
    reachabilityFence(out);
  }

  void axpy(double a, Tensor x, Tensor y) {
    dense.axpy(a, x.array(), y.array());
    reachabilityFence(x);
    reachabilityFence(y);
  }
}
