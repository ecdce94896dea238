package io.relata.nn.train;

import java.util.List;

/**
 * What a training run did.
 *
 * @param epochs a report each
 * @param bestEpoch the epoch whose weights the model has now: the best by early stopping's metric,
 *     else the last
 * @param stoppedEarly true where early stopping ended it
 * @param seconds it took
 */
public record TrainingResult(
    List<EpochReport> epochs, int bestEpoch, boolean stoppedEarly, double seconds) {
  /** The report of the epoch whose weights the model has now. */
  public EpochReport best() {
    return epochs.get(bestEpoch);
  }

  /** Mean seconds of an epoch. */
  public double epochSeconds() {
    return epochs.stream().mapToDouble(EpochReport::seconds).average().orElse(0);
  }
}
