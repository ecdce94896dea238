package io.relata.nn.metric;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;

/**
 * How often each class was taken for each other, and the figures that follow from it.
 *
 * @param counts {@code counts[actual][predicted]}
 */
public record ConfusionMatrix(long[][] counts) {
  /**
   * Counts predictions.
   *
   * @throws RelataException SHAPE for lists of different lengths, INDEX for a class outside its
   *     range
   */
  public static ConfusionMatrix of(int[] predicted, int[] actual, int classes) {
    if (predicted.length != actual.length) {
      throw RelataException.of(ErrorId.SHAPE, "Predictions and labels differ in number")
          .expected(actual.length + " predictions, one per label")
          .found(Integer.toString(predicted.length))
          .build();
    }
    long[][] counts = new long[classes][classes];
    for (int i = 0; i < actual.length; i++) {
      require("prediction", i, predicted[i], classes);
      require("label", i, actual[i], classes);
      counts[actual[i]][predicted[i]]++;
    }
    return new ConfusionMatrix(counts);
  }

  private static void require(String what, int position, int found, int classes) {
    if (found < 0 || found >= classes) {
      throw RelataException.of(ErrorId.INDEX, "A class is outside its range")
          .where(what + " at position " + position)
          .expected("0 to " + (classes - 1))
          .found(Integer.toString(found))
          .build();
    }
  }

  /** Takes the largest score of each row as the prediction: logits (N, C), labels (N,). */
  public static ConfusionMatrix of(Tensor logits, Tensor labels) {
    return of(
        logits.detach().argmax(1).toIntArray(),
        labels.toIntArray(),
        Math.toIntExact(logits.dim(1)));
  }

  /** The same for some rows (M,) alone. */
  public static ConfusionMatrix of(Tensor logits, Tensor labels, Tensor rows) {
    return of(logits.detach().indexSelect(0, rows), labels.indexSelect(0, rows));
  }

  /** Number of predictions. */
  public long total() {
    long n = 0;
    for (long[] row : counts) {
      for (long c : row) {
        n += c;
      }
    }
    return n;
  }

  /** Share of right predictions; NaN where there are none. */
  public double accuracy() {
    long right = 0;
    for (int c = 0; c < counts.length; c++) {
      right += counts[c][c];
    }
    return (double) right / total();
  }

  /** Share of a class's members that were found; NaN where it has none. */
  public double recall(int actual) {
    return (double) counts[actual][actual] / actual(actual);
  }

  /** Share of right ones among the predictions of a class; NaN where there are none. */
  public double precision(int predicted) {
    return (double) counts[predicted][predicted] / predicted(predicted);
  }

  /** {@code 2 TP / (2 TP + FP + FN)}; NaN for a class that neither occurs nor is predicted. */
  public double f1(int c) {
    return 2.0 * counts[c][c] / (actual(c) + predicted(c));
  }

  /**
   * Mean F1 of the classes that occur or are predicted (scikit-learn: {@code f1_score(average =
   * "macro")}); NaN where there are none.
   */
  public double macroF1() {
    double sum = 0;
    int n = 0;
    for (int c = 0; c < counts.length; c++) {
      if (actual(c) + predicted(c) > 0) {
        sum += f1(c);
        n++;
      }
    }
    return sum / n;
  }

  private long actual(int c) {
    long n = 0;
    for (long k : counts[c]) {
      n += k;
    }
    return n;
  }

  private long predicted(int c) {
    long n = 0;
    for (long[] row : counts) {
      n += row[c];
    }
    return n;
  }
}
