package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.spi.BinaryOp;
import io.relata.spi.ReduceOp;
import io.relata.spi.UnaryOp;

/**
 * Chooses the loop for an operation and a type: a vector kernel where one exists and may run, else
 * a plain one.
 */
final class KernelTable {
  private final boolean vector;

  KernelTable(boolean vector) {
    this.vector = vector;
  }

  Loops.Unary unary(UnaryOp op, DType type) {
    if (vector(type) && VectorUnary.Kind.covers(op)) {
      return Copies.get(Loops.Unary.class, "VectorUnary", new VectorUnary.Kind(op));
    }
    return Copies.get(Loops.Unary.class, "PlainUnary", new PlainUnary.Kind(op, type));
  }

  Loops.Unary cast(DType from, DType to) {
    return Copies.get(Loops.Unary.class, "PlainCast", new PlainCast.Kind(from, to));
  }

  Loops.Binary binary(BinaryOp op, DType type) {
    if (vector(type) && VectorBinary.Kind.covers(op)) {
      return Copies.get(Loops.Binary.class, "VectorBinary", new VectorBinary.Kind(op));
    }
    if (vector(type) && VectorCompare.Kind.covers(op)) {
      return Copies.get(Loops.Binary.class, "VectorCompare", new VectorCompare.Kind(op));
    }
    if (type == DType.BOOL && PlainLogic.Kind.covers(op)) {
      return Copies.get(Loops.Binary.class, "PlainLogic", new PlainLogic.Kind(op));
    }
    return Copies.get(Loops.Binary.class, "PlainBinary", new PlainBinary.Kind(op, type));
  }

  Loops.Reduce reduce(ReduceOp op, DType type) {
    return vector(type)
        ? Copies.get(Loops.Reduce.class, "VectorReduce", new VectorReduce.Kind(op))
        : Copies.get(Loops.Reduce.class, "PlainReduce", new PlainReduce.Kind(op, type));
  }

  /** Choosing between elements of this width. */
  Choosing.Row choosing(int width) {
    return Choosing.row(vector, width);
  }

  Loops.ArgReduce argReduce(boolean largest, DType type) {
    return Copies.get(
        Loops.ArgReduce.class, "PlainArgReduce", new PlainArgReduce.Kind(largest, type));
  }

  Loops.Softmax softmax(boolean logarithm, DType type) {
    return vector(type)
        ? Copies.get(Loops.Softmax.class, "VectorSoftmax", new VectorSoftmax.Kind(logarithm))
        : Copies.get(Loops.Softmax.class, "PlainSoftmax", new PlainSoftmax.Kind(logarithm, type));
  }

  Loops.Adam adam(DType type) {
    return vector(type) ? new VectorAdam() : Copies.get(Loops.Adam.class, "PlainAdam", type);
  }

  Loops.Axpy axpy(DType type) {
    return vector(type) ? new VectorAxpy() : Copies.get(Loops.Axpy.class, "PlainAxpy", type);
  }

  private boolean vector(DType type) {
    return vector && type == DType.FLOAT32;
  }
}
