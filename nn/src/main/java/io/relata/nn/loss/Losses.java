package io.relata.nn.loss;

import static java.lang.ref.Reference.reachabilityFence;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.NoGrad;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.spi.BinaryOp;
import io.relata.spi.DenseKernels;
import io.relata.spi.UnaryOp;

/** Loss functions, to be imported statically (PyTorch: {@code nn.functional}). */
public final class Losses {
  private Losses() {}

  /** Mean of {@code -log softmax(logits)[label]}: logits (N, C), labels (N,) INT32 or INT64. */
  public static Tensor crossEntropy(Tensor logits, Tensor labels) {
    return crossEntropy(logits, labels, null, Averaging.MEAN);
  }

  /**
   * The mean over some rows alone, for instance the training nodes of a graph.
   *
   * @param logits (N, C)
   * @param labels (N,) INT32 or INT64; only those of the rows are looked at
   * @param rows (M,) INT32 or INT64
   */
  public static Tensor crossEntropy(Tensor logits, Tensor labels, Tensor rows) {
    return crossEntropy(logits.indexSelect(0, rows), labels.indexSelect(0, rows));
  }

  /**
   * Cross-entropy with all its options. Stable for logits of any size; where the backend has a
   * kernel for it the gradient is the only array of their size that is made.
   *
   * @param logits (N, C)
   * @param labels (N,) INT32 or INT64, 0 to C - 1
   * @param classWeights (C,) of the logits' type, or null; the mean divides by the sum of the
   *     labels' weights
   * @throws RelataException SHAPE or DTYPE for inputs that do not fit, INDEX for a label outside
   *     its range
   */
  public static Tensor crossEntropy(
      Tensor logits, Tensor labels, Tensor classWeights, Averaging averaging) {
    check("crossEntropy", logits, labels, classWeights);
    Tensor fused = fused(logits.detach(), logits, labels, classWeights, averaging);
    if (fused != null) {
      return fused;
    }
    Picked p;
    Tensor logProbabilities;
    try (NoGrad _ = new NoGrad()) {
      logProbabilities = logits.logSoftmax(1);
      p = Picked.of(logProbabilities, labels, classWeights, averaging);
    }
    return Tensor.record(
        "crossEntropy",
        p.loss,
        g -> new Tensor[] {p.gradient(g, softmaxTimes(logProbabilities, p.scale(g)))},
        logits);
  }

  /** Row by row, where the backend has a kernel for it, else null. */
  private static Tensor fused(
      Tensor x, Tensor logits, Tensor labels, Tensor classWeights, Averaging averaging) {
    Relata relata = x.relata();
    DenseKernels dense = relata.backend().dense();
    Tensor share;
    Tensor sums;
    Tensor loss;
    try (NoGrad _ = new NoGrad()) {
      share = share(x, labels, classWeights, averaging);
      Tensor each = relata.empty(x.dtype(), labels.shape());
      sums = relata.empty(x.dtype(), Shape.of(x.dim(0), 2));
      if (!dense.crossEntropy(
          x.array(), labels.array(), share.array(), sums.array(), each.array())) {
        return null;
      }
      loss = each.sum();
    }
    return Tensor.record(
            "crossEntropy",
            loss,
            g -> {
              Tensor dx = relata.empty(x.dtype(), x.shape());
              Tensor scale = share.mul(g);
              dense.crossEntropyGrad(
                  x.array(), labels.array(), sums.array(), scale.array(), dx.array());
              reachabilityFence(x);
              reachabilityFence(sums);
              reachabilityFence(scale);
              reachabilityFence(labels);
              return new Tensor[] {dx};
            },
            logits)
        .freeWithRecord(share, sums);
  }

  /** What each row counts in the result, (N,). */
  private static Tensor share(Tensor x, Tensor labels, Tensor classWeights, Averaging averaging) {
    if (classWeights == null) {
      double each = averaging == Averaging.MEAN ? 1.0 / x.dim(0) : 1;
      return x.relata().full(each, x.dtype(), x.dim(0));
    }
    Tensor share = classWeights.detach().indexSelect(0, labels);
    return averaging == Averaging.MEAN ? share.div(share.sum()) : share;
  }

  /** exp(y) with row i times scale[i], in one new array. */
  private static Tensor softmaxTimes(Tensor y, Tensor scale) {
    Tensor out = y.relata().empty(y.dtype(), y.shape());
    DenseKernels dense = y.relata().backend().dense();
    dense.unary(UnaryOp.EXP, y.array(), 0, 0, out.array());
    Tensor column = scale.reshape(scale.size(), 1);
    dense.binary(BinaryOp.MUL, out.array(), column.array(), 0, out.array());
    reachabilityFence(y);
    reachabilityFence(column);
    return out;
  }

  /**
   * Mean of {@code -logProbabilities[label]} (PyTorch: {@code nll_loss}).
   *
   * @param logProbabilities (N, C)
   * @param labels (N,) INT32 or INT64
   */
  public static Tensor nll(Tensor logProbabilities, Tensor labels) {
    return nll(logProbabilities, labels, null, Averaging.MEAN);
  }

  /** The same with class weights (C,), or null, and a choice of averaging. */
  public static Tensor nll(
      Tensor logProbabilities, Tensor labels, Tensor classWeights, Averaging averaging) {
    check("nll", logProbabilities, labels, classWeights);
    Picked p;
    try (NoGrad _ = new NoGrad()) {
      p = Picked.of(logProbabilities, labels, classWeights, averaging);
    }
    long[] dims = logProbabilities.shape().dims();
    return Tensor.record(
        "nll",
        p.loss,
        g -> new Tensor[] {p.gradient(g, g.relata().zeros(g.dtype(), dims))},
        logProbabilities);
  }

  /** Mean of the cross-entropy of independent yes-or-no targets in [0, 1] of the logits' shape. */
  public static Tensor binaryCrossEntropyWithLogits(Tensor logits, Tensor targets) {
    return binaryCrossEntropyWithLogits(logits, targets, Averaging.MEAN);
  }

  /** The same with a choice of averaging; stable for logits of any size. */
  public static Tensor binaryCrossEntropyWithLogits(
      Tensor logits, Tensor targets, Averaging averaging) {
    requireSame("binaryCrossEntropyWithLogits", logits, targets);
    return average(logits.softplus().sub(logits.mul(targets)), averaging);
  }

  /** Mean of (x - y)². */
  public static Tensor mse(Tensor x, Tensor y) {
    return mse(x, y, Averaging.MEAN);
  }

  /** The same with a choice of averaging. */
  public static Tensor mse(Tensor x, Tensor y, Averaging averaging) {
    requireSame("mse", x, y);
    return average(x.sub(y).square(), averaging);
  }

  private static Tensor average(Tensor each, Averaging averaging) {
    return switch (averaging) {
      case MEAN -> each.mean();
      case SUM -> each.sum();
    };
  }

  private static void requireSame(String name, Tensor x, Tensor y) {
    if (!x.shape().equals(y.shape()) || x.dtype() != y.dtype()) {
      // PyTorch broadcasts here, which turns (N, 1) against (N,) into N² terms unnoticed.
      throw RelataException.of(ErrorId.SHAPE, "Predictions and targets differ in shape or type")
          .where(name)
          .expected(x.dtype() + " " + x.shape())
          .found(y.dtype() + " " + y.shape())
          .remedy("reshape or convert the targets")
          .build();
    }
  }

  private static void check(String name, Tensor x, Tensor labels, Tensor weights) {
    boolean integers = labels.dtype() == DType.INT32 || labels.dtype() == DType.INT64;
    if (!integers) {
      throw RelataException.of(ErrorId.DTYPE, "Labels are class numbers")
          .where(name)
          .expected("INT32 or INT64")
          .found(labels.dtype() + " " + labels.shape())
          .build();
    }
    if (x.shape().rank() != 2 || labels.shape().rank() != 1 || labels.dim(0) != x.dim(0)) {
      throw RelataException.of(ErrorId.SHAPE, "Scores and labels do not fit")
          .where(name)
          .expected("scores (N, C) and labels (N,)")
          .found(x.shape() + " and " + labels.shape())
          .build();
    }
    if (weights != null
        && (weights.shape().rank() != 1
            || weights.dim(0) != x.dim(1)
            || weights.dtype() != x.dtype())) {
      throw RelataException.of(ErrorId.SHAPE, "Every class needs a weight")
          .where(name)
          .expected(x.dtype() + " (" + x.dim(1) + ",)")
          .found(weights.dtype() + " " + weights.shape())
          .build();
    }
    long bad = x.relata().backend().dense().firstOutside(labels.array(), x.dim(1));
    if (bad >= 0) {
      throw RelataException.of(ErrorId.INDEX, "A label is outside its range")
          .where(name + ", position " + bad)
          .expected("0 to " + (x.dim(1) - 1) + ", for " + x.dim(1) + " classes")
          .found(Long.toString(labels.toLongArray()[Math.toIntExact(bad)]))
          .remedy("select the labelled rows, or give the layer more outputs")
          .build();
    }
  }

  /**
   * The weighted average of one entry per row.
   *
   * @param loss the result
   * @param at position of each entry in the flattened rows, (N,) INT64
   * @param share what each row counts in the result, (N,)
   */
  private record Picked(Tensor loss, Tensor at, Tensor share) {
    static Picked of(Tensor x, Tensor labels, Tensor classWeights, Averaging averaging) {
      long n = x.dim(0);
      Tensor rows = x.relata().arange(0, n, DType.INT64);
      Tensor at = rows.mul(x.dim(1)).add(labels.to(DType.INT64));
      Tensor share = Losses.share(x, labels, classWeights, averaging);
      Tensor entries = x.detach().reshape(x.size()).indexSelect(0, at);
      return new Picked(entries.mul(share).sum().neg(), at, share);
    }

    Tensor scale(Tensor gradient) {
      return share.mul(gradient);
    }

    /** Adds what comes from the picked entries to {@code into} (N, C), and returns it. */
    Tensor gradient(Tensor gradient, Tensor into) {
      Tensor flat = into.reshape(into.size());
      Tensor each = scale(gradient).neg();
      into.relata().backend().dense().scatterAddRows(each.array(), at.array(), flat.array());
      reachabilityFence(each);
      return into;
    }
  }
}
