package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.spi.Array;

/**
 * Cross-entropy with class numbers. The forward pass keeps two numbers a row, from which the
 * gradient makes the softmax without folding rows again.
 */
final class CrossEntropy {
  private final Chunks chunks;
  private final KernelTable table;

  CrossEntropy(Chunks chunks, KernelTable table) {
    this.chunks = chunks;
    this.table = table;
  }

  void run(Array logits, Array labels, Array share, Array sums, Array out) {
    DType type = logits.dtype();
    Loops.Softmax loop = table.softmax(true, type);
    long classes = logits.shape().dim(1);
    long from = logits.address();
    long label = labels.address();
    long weight = share.address();
    long pairs = sums.address();
    long to = out.address();
    int width = type.bytes();
    chunks.units(
        labels.size(),
        classes,
        (i, j) -> {
          loop.sums(from + i * classes * width, j - i, classes, pairs + 2 * i * width);
          for (long r = i; r < j; r++) {
            long at = r * classes + Elements.integer(labels.dtype(), label, r);
            double max = Elements.real(type, pairs, 2 * r);
            // A row of only -inf has no shares to compare.
            double loss =
                max == Double.NEGATIVE_INFINITY
                    ? Double.POSITIVE_INFINITY
                    : Elements.real(type, pairs, 2 * r + 1) - (Elements.real(type, from, at) - max);
            Elements.setReal(type, to, r, loss * Elements.real(type, weight, r));
          }
        });
  }

  void gradient(Array logits, Array labels, Array sums, Array scale, Array out) {
    DType type = logits.dtype();
    Loops.Softmax loop = table.softmax(true, type);
    long classes = logits.shape().dim(1);
    long from = logits.address();
    long label = labels.address();
    long pairs = sums.address();
    long factor = scale.address();
    long to = out.address();
    int width = type.bytes();
    chunks.units(
        labels.size(),
        classes,
        (i, j) -> {
          long at = i * classes * width;
          loop.shares(
              from + at, pairs + 2 * i * width, factor + i * width, j - i, classes, to + at);
          for (long r = i; r < j; r++) {
            long hit = r * classes + Elements.integer(labels.dtype(), label, r);
            double rest = Elements.real(type, to, hit) - Elements.real(type, factor, r);
            Elements.setReal(type, to, hit, rest);
          }
        });
  }
}
