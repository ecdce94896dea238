package io.relata.examples.report;

import java.util.Locale;

/** How figures are written in every report: the same on each machine, whatever its language. */
final class Figures {
  private Figures() {}

  /** {@code 268,101}. */
  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  /** {@code 83.1 %} for 0.831; {@code n/a} for NaN. */
  static String percent(double share) {
    return Double.isNaN(share) ? "n/a" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** {@code +22.1 points} for a difference of 0.221 between two shares. */
  static String points(double difference) {
    return String.format(Locale.ROOT, "%+.1f points", 100 * difference);
  }

  /** {@code 0.213 s} or {@code 48.2 s}; {@code n/a} for NaN. */
  static String seconds(double seconds) {
    if (Double.isNaN(seconds)) {
      return "n/a";
    }
    return String.format(Locale.ROOT, seconds < 1 ? "%.3f s" : "%.1f s", seconds);
  }
}
