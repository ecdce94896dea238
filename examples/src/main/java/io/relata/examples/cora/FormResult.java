package io.relata.examples.cora;

import java.util.List;
import java.util.Locale;

/**
 * What a form reached over several seeds.
 *
 * @param seeds how many
 * @param meanTest mean of the test accuracies at best validation accuracy
 * @param stdTest their deviation, for a sample (divided by the number of seeds less one); NaN for
 *     one seed
 * @param epochMs median time of an epoch, in milliseconds
 */
record FormResult(int seeds, double meanTest, double stdTest, double epochMs) {

  /** Sums up trainings, at least one. */
  static FormResult of(List<Training> trainings) {
    int n = trainings.size();
    double mean =
        trainings.stream().mapToDouble(Training::testAtBestValidation).average().orElseThrow();
    double squares =
        trainings.stream().mapToDouble(t -> Math.pow(t.testAtBestValidation() - mean, 2)).sum();
    double deviation = n == 1 ? Double.NaN : Math.sqrt(squares / (n - 1));
    double[] millis =
        trainings.stream()
            .flatMap(t -> t.epochMs().stream())
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    return new FormResult(n, mean, deviation, median(millis));
  }

  private static double median(double... sorted) {
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  @Override
  public String toString() {
    String accuracy =
        seeds == 1
            ? String.format(Locale.ROOT, "%.4f from one seed", meanTest)
            : String.format(
                Locale.ROOT, "%.4f (deviation %.4f) over %d seeds", meanTest, stdTest, seeds);
    return String.format(
        Locale.ROOT, "test acc at best val acc %s, %.1f ms an epoch", accuracy, epochMs);
  }
}
