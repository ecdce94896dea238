package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.BinaryOp;
import java.lang.foreign.Arena;

/**
 * Cross-entropy with class numbers, some rows at a time: their softmax stays in the nearest cache
 * until the label's entry has been taken. The forward pass keeps nothing of the logits' size.
 */
final class CrossEntropy {
  private final Chunks chunks;
  private final KernelTable table;

  CrossEntropy(Chunks chunks, KernelTable table) {
    this.chunks = chunks;
    this.table = table;
  }

  void run(Array logits, Array labels, Array share, Array out) {
    DType type = logits.dtype();
    Loops.Softmax loop = table.softmax(true, type);
    long classes = logits.shape().dim(1);
    long from = logits.address();
    long label = labels.address();
    long weight = share.address();
    long to = out.address();
    chunks.units(
        labels.size(),
        classes,
        (i, j) -> {
          try (Arena arena = Arena.ofConfined()) {
            long near = arena.allocate((j - i) * classes * type.bytes(), 64).address();
            loop.forward(from + i * classes * type.bytes(), j - i, classes, near);
            for (long r = i; r < j; r++) {
              long at = (r - i) * classes + Elements.integer(labels.dtype(), label, r);
              double counts = Elements.real(type, weight, r);
              Elements.setReal(type, to, r, -Elements.real(type, near, at) * counts);
            }
          }
        });
  }

  void gradient(Array logits, Array labels, Array scale, Array out) {
    DType type = logits.dtype();
    Loops.Softmax loop = table.softmax(false, type);
    Loops.Binary times = table.binary(BinaryOp.MUL, type);
    long classes = logits.shape().dim(1);
    long row = classes * type.bytes();
    long from = logits.address();
    long label = labels.address();
    long factor = scale.address();
    long to = out.address();
    chunks.units(
        labels.size(),
        classes,
        (i, j) -> {
          long at = to + i * row;
          loop.forward(from + i * row, j - i, classes, at);
          long own = factor + i * type.bytes();
          times.run(at, classes, 1, own, 1, 0, at, j - i, classes, 0);
          for (long r = i; r < j; r++) {
            long hit = r * classes + Elements.integer(labels.dtype(), label, r);
            double rest = Elements.real(type, to, hit) - Elements.real(type, factor, r);
            Elements.setReal(type, to, hit, rest);
          }
        });
  }
}
