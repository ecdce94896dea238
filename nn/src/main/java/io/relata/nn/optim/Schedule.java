package io.relata.nn.optim;

import io.relata.ErrorId;
import io.relata.RelataException;

/** What the learning rate of an epoch is multiplied by. */
@FunctionalInterface
public interface Schedule {
  /** The factor for an epoch, counted from 0. */
  double factor(int epoch);

  /** Always 1. */
  static Schedule constant() {
    return _ -> 1;
  }

  /** Times {@code gamma} after every {@code every} epochs (PyTorch: {@code StepLR}). */
  static Schedule step(int every, double gamma) {
    requirePositive("epochs between steps", every);
    return epoch -> {
      int steps = epoch / every;
      return Math.pow(gamma, steps);
    };
  }

  /**
   * From 1 down to {@code floor} along half a cosine in {@code epochs}, then {@code floor}
   * (PyTorch: {@code CosineAnnealingLR}).
   */
  static Schedule cosine(int epochs, double floor) {
    requirePositive("epochs", epochs);
    return epoch ->
        epoch >= epochs
            ? floor
            : floor + (1 - floor) * (1 + Math.cos(Math.PI * epoch / epochs)) / 2;
  }

  /**
   * Rises in a straight line to this schedule's start in {@code epochs}, then follows it from its
   * beginning.
   */
  default Schedule warmUp(int epochs) {
    requirePositive("epochs of warm-up", epochs);
    return epoch ->
        epoch < epochs ? factor(0) * (epoch + 1) / (epochs + 1) : factor(epoch - epochs);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw RelataException.of(ErrorId.ARGUMENT, "A schedule needs a positive number of epochs")
          .where(name)
          .expected("1 or more")
          .found(Integer.toString(value))
          .build();
    }
  }
}
