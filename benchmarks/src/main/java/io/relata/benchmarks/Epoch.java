package io.relata.benchmarks;

import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.nn.Layer;
import io.relata.nn.optim.Adam;
import java.util.List;
import java.util.function.Supplier;

/** One full-batch training step: forward, cross-entropy, backward, Adam. */
final class Epoch {
  private static final double LEARNING_RATE = 0.01;

  private final Relata relata;
  private final List<Tensor> parameters;
  private final Adam optimizer;
  private final Supplier<Tensor> loss;

  /**
   * For some layers.
   *
   * @param loss the loss from the layers' output, recorded
   */
  Epoch(Relata relata, List<? extends Layer> layers, Supplier<Tensor> loss) {
    this.relata = relata;
    this.parameters = layers.stream().flatMap(l -> l.parameters().stream()).toList();
    this.optimizer = new Adam(parameters, LEARNING_RATE);
    this.loss = loss;
  }

  List<Tensor> parameters() {
    return parameters;
  }

  /** Number of parameters. */
  long parameterCount() {
    return parameters.stream().mapToLong(Tensor::size).sum();
  }

  /** Relata's way; asked for its result, it gives the loss before the step. */
  Way way() {
    return new Way(Tool.RELATA, "relata", this::run);
  }

  float[] run(boolean look) {
    try (Scope _ = relata.scope()) {
      Tensor l = loss.get();
      optimizer.zeroGrad();
      l.backward();
      optimizer.step();
      return look ? new float[] {(float) l.item()} : null;
    }
  }
}
