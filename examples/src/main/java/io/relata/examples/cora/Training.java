package io.relata.examples.cora;

import static io.relata.nn.loss.Losses.crossEntropy;
import static io.relata.nn.metric.Metrics.accuracy;

import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.nn.LayerContext;
import io.relata.nn.optim.Adam;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One training from a seed, as the tutorial does it: the loop is written out, and the scores that
 * the loss is computed from are also those that are judged. {@link io.relata.nn.train.Trainer} is
 * the loop for other programs.
 *
 * @param epochs what happened in each
 * @param epochMs how long each took, in milliseconds
 */
record Training(List<EpochLine> epochs, List<Double> epochMs) {
  private static final int HIDDEN = 16;
  private static final double LEARNING_RATE = 0.01;

  /** Trains a new network and tells {@code listener} of every epoch. */
  static Training run(
      CoraTask cora, Form form, long seed, int epochs, Consumer<EpochLine> listener) {
    Relata relata = cora.features().relata();
    relata.seed(seed);
    LayerContext context = LayerContext.of(relata);
    Sage model = new Sage(context, form, cora.numFeatures(), HIDDEN, cora.numClasses());
    Adam optimizer = new Adam(model.parameters(), LEARNING_RATE);
    List<EpochLine> lines = new ArrayList<>();
    List<Double> millis = new ArrayList<>();
    for (int epoch = 0; epoch < epochs; epoch++) {
      long start = System.nanoTime();
      // The scope gives the memory of an epoch back at its end, not when the collector comes by.
      try (Scope _ = relata.scope()) {
        Tensor scores = model.forward(cora.graph(), cora.features());
        Tensor loss = crossEntropy(scores, cora.labels(), cora.train());
        double validation = accuracy(scores, cora.labels(), cora.validation());
        double test = accuracy(scores, cora.labels(), cora.test());
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        lines.add(
            lines.isEmpty()
                ? EpochLine.first(loss.item(), validation, test)
                : lines.getLast().next(loss.item(), validation, test));
      }
      millis.add((System.nanoTime() - start) / 1e6);
      listener.accept(lines.getLast());
    }
    return new Training(List.copyOf(lines), List.copyOf(millis));
  }

  /** Test accuracy of the epoch with the best validation accuracy. */
  double testAtBestValidation() {
    return epochs.getLast().bestTest();
  }
}
