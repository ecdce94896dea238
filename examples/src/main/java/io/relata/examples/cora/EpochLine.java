package io.relata.examples.cora;

import java.util.Locale;

/**
 * What the tutorial prints about an epoch.
 *
 * @param epoch from 0
 * @param loss mean cross-entropy of the training nodes, before the epoch's update
 * @param validation accuracy
 * @param bestValidation the best so far
 * @param test accuracy
 * @param bestTest that of the epoch with the best validation accuracy, not the best
 */
record EpochLine(
    int epoch,
    double loss,
    double validation,
    double bestValidation,
    double test,
    double bestTest) {

  /** The first epoch's line. */
  static EpochLine first(double loss, double validation, double test) {
    return new EpochLine(0, loss, validation, validation, test, test);
  }

  /** The line of the epoch after this one. */
  EpochLine next(double loss, double validation, double test) {
    boolean better = validation > bestValidation;
    return new EpochLine(
        epoch + 1,
        loss,
        validation,
        better ? validation : bestValidation,
        test,
        better ? test : bestTest);
  }

  /** To the letter as DGL's tutorial, whatever the machine's language. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "In epoch %d, loss: %.3f, val acc: %.3f (best %.3f), test acc: %.3f (best %.3f)",
        epoch,
        loss,
        validation,
        bestValidation,
        test,
        bestTest);
  }
}
