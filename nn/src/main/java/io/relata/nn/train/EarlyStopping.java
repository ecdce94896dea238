package io.relata.nn.train;

import io.relata.ErrorId;
import io.relata.RelataException;

/**
 * Watches one metric of the evaluation: the model ends with the weights of its best epoch, and
 * training stops when it has not improved for a while.
 *
 * @param metric name of the metric, or {@code "loss"} for the training loss
 * @param larger true where larger is better
 * @param patience epochs without improvement after which training stops
 */
public record EarlyStopping(String metric, boolean larger, int patience) {
  /** Checks the patience. */
  public EarlyStopping {
    if (patience < 1) {
      throw RelataException.of(ErrorId.ARGUMENT, "Early stopping needs patience")
          .expected("1 epoch or more")
          .found(Integer.toString(patience))
          .build();
    }
  }

  /** Larger is better, as for accuracy. */
  public static EarlyStopping maximize(String metric, int patience) {
    return new EarlyStopping(metric, true, patience);
  }

  /** Smaller is better, as for a loss. */
  public static EarlyStopping minimize(String metric, int patience) {
    return new EarlyStopping(metric, false, patience);
  }

  double value(EpochReport report) {
    Double v = metric.equals("loss") ? Double.valueOf(report.loss()) : report.metrics().get(metric);
    if (v == null) {
      throw RelataException.of(ErrorId.ARGUMENT, "The evaluation does not give this metric")
          .where("EarlyStopping")
          .expected("'loss' or one of " + report.metrics().keySet())
          .found("'" + metric + "'")
          .build();
    }
    return v;
  }

  boolean better(double value, double best) {
    return larger ? value > best : value < best;
  }
}
