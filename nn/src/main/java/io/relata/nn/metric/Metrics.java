package io.relata.nn.metric;

import io.relata.Tensor;

/** Shortcuts for single figures; {@link ConfusionMatrix} gives several at once. */
public final class Metrics {
  private Metrics() {}

  /** Share of rows whose largest score is that of the label: logits (N, C), labels (N,). */
  public static double accuracy(Tensor logits, Tensor labels) {
    return ConfusionMatrix.of(logits, labels).accuracy();
  }

  /** The same for some rows (M,) alone. */
  public static double accuracy(Tensor logits, Tensor labels, Tensor rows) {
    return ConfusionMatrix.of(logits, labels, rows).accuracy();
  }

  /** Mean F1 over classes: logits (N, C), labels (N,). */
  public static double macroF1(Tensor logits, Tensor labels) {
    return ConfusionMatrix.of(logits, labels).macroF1();
  }

  /** The same for some rows (M,) alone. */
  public static double macroF1(Tensor logits, Tensor labels, Tensor rows) {
    return ConfusionMatrix.of(logits, labels, rows).macroF1();
  }
}
