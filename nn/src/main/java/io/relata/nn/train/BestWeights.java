package io.relata.nn.train;

import io.relata.NoGrad;
import io.relata.Tensor;
import io.relata.nn.Layer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers the weights of the best epoch so far, in memory that is made once. */
final class BestWeights {
  private final EarlyStopping rule;
  private final Layer model;
  private final Map<String, Tensor> saved = new LinkedHashMap<>();
  private int epoch;
  private double value = Double.NaN;

  BestWeights(EarlyStopping rule, Layer model) {
    this.rule = rule;
    this.model = model;
  }

  /** Takes note of an epoch; true when it is time to stop. */
  boolean look(EpochReport report) {
    double v = rule.value(report);
    // Anything is better than the NaN that an empty evaluation gives.
    if (saved.isEmpty() || Double.isNaN(value) || rule.better(v, value)) {
      epoch = report.epoch();
      value = v;
      save();
    }
    return report.epoch() - epoch >= rule.patience();
  }

  private void save() {
    try (NoGrad _ = new NoGrad()) {
      model
          .stateDict()
          .forEach(
              (name, t) -> {
                if (saved.containsKey(name)) {
                  saved.get(name).assign(t);
                } else {
                  t.relata().unscoped(() -> saved.put(name, t.detach().copy()));
                }
              });
    }
  }

  /** Gives the model those weights, and says which epoch they are from. */
  int restore() {
    model.loadStateDict(saved);
    return epoch;
  }
}
