package io.relata.nn.train;

import io.relata.ErrorId;
import io.relata.NoGrad;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.nn.Layer;
import io.relata.nn.optim.GradientClip;
import io.relata.nn.optim.Optimizer;
import io.relata.nn.optim.Schedule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The training loop. Every epoch runs its steps (gradients to 0, forward, backward, update), each
 * in a memory scope of its own, then evaluates without gradients in evaluation mode, then tells the
 * listeners.
 *
 * <pre>{@code
 * TrainingResult result = Trainer.of(model, new Adam(model.parameters(), 0.01))
 *     .loss(() -> crossEntropy(model.forward(g, x), labels, trainRows))
 *     .evaluate(() -> Map.of("valAcc", accuracy(model.forward(g, x), labels, validationRows)))
 *     .earlyStopping(EarlyStopping.maximize("valAcc", 20))
 *     .listener(ProgressListener.create())
 *     .run(200);
 * }</pre>
 *
 * <p>A loss that is NaN or infinite stops the training with an exception that says at which epoch
 * and step, and which layer's output went bad first.
 */
public final class Trainer {
  private final Layer model;
  private final Optimizer optimizer;
  private final Relata relata;
  private final List<TrainingListener> listeners = new ArrayList<>();
  private Step step;
  private int steps = 1;
  private Supplier<Map<String, Double>> evaluation = Map::of;
  private Schedule schedule = Schedule.constant();
  private double clipNorm = Double.POSITIVE_INFINITY;
  private EarlyStopping earlyStopping;

  /** The forward pass of one step. */
  @FunctionalInterface
  public interface Step {
    /**
     * Runs the model on a batch.
     *
     * @param epoch from 0
     * @param step within the epoch, from 0
     * @return the loss, a scalar
     */
    Tensor loss(int epoch, int step);
  }

  private Trainer(Layer model, Optimizer optimizer) {
    this.model = model;
    this.optimizer = optimizer;
    this.relata = optimizer.parameters().getFirst().relata();
  }

  /** A loop for a model and the optimiser of its parameters. */
  public static Trainer of(Layer model, Optimizer optimizer) {
    return new Trainer(model, optimizer);
  }

  /** One step an epoch, on all data. */
  public Trainer loss(Supplier<Tensor> loss) {
    return steps(1, (_, _) -> loss.get());
  }

  /** Several steps an epoch, for instance on batches. */
  public Trainer steps(int perEpoch, Step loss) {
    if (perEpoch < 1) {
      throw RelataException.of(ErrorId.ARGUMENT, "An epoch has at least one step")
          .found(Integer.toString(perEpoch))
          .build();
    }
    steps = perEpoch;
    step = loss;
    return this;
  }

  /** Figures by name, asked for after every epoch. */
  public Trainer evaluate(Supplier<Map<String, Double>> metrics) {
    evaluation = metrics;
    return this;
  }

  /** Multiplies the optimiser's learning rate, epoch by epoch. */
  public Trainer schedule(Schedule value) {
    schedule = value;
    return this;
  }

  /** Scales gradients whose common norm is larger; see {@link GradientClip}. */
  public Trainer clipNorm(double value) {
    clipNorm = value;
    return this;
  }

  /** Keeps the best epoch's weights, and stops when nothing improves any more. */
  public Trainer earlyStopping(EarlyStopping value) {
    earlyStopping = value;
    return this;
  }

  /** Adds somebody who hears of every epoch, in the order of adding. */
  public Trainer listener(TrainingListener value) {
    listeners.add(value);
    return this;
  }

  /**
   * Trains. The model ends in evaluation mode, the optimiser with the learning rate it began with.
   *
   * @throws RelataException NOT_FINITE for a loss or a parameter that is NaN or infinite; ARGUMENT
   *     without a loss, without an epoch, or for a metric that the evaluation does not give
   */
  public TrainingResult run(int epochs) {
    if (step == null || epochs < 1) {
      throw RelataException.of(ErrorId.ARGUMENT, "There is nothing to train")
          .expected("a loss and at least one epoch")
          .found((step == null ? "no loss, " : "a loss, ") + epochs + " epochs")
          .remedy("call loss(...) or steps(...) before run(epochs)")
          .build();
    }
    double rate = optimizer.learningRate();
    try {
      listeners.forEach(l -> l.onStart(model, epochs));
      TrainingResult result = train(epochs, rate);
      listeners.forEach(l -> l.onEnd(result));
      return result;
    } catch (RuntimeException e) {
      listeners.forEach(l -> l.onFailure(e));
      throw e;
    } finally {
      optimizer.learningRate(rate);
      model.eval();
    }
  }

  private TrainingResult train(int epochs, double rate) {
    long start = System.nanoTime();
    List<EpochReport> reports = new ArrayList<>();
    BestWeights best = earlyStopping == null ? null : new BestWeights(earlyStopping, model);
    boolean stopped = false;
    for (int epoch = 0; epoch < epochs && !stopped; epoch++) {
      optimizer.learningRate(rate * schedule.factor(epoch));
      EpochReport report = epoch(epoch, epochs);
      reports.add(report);
      stopped = best != null && best.look(report);
      listeners.forEach(l -> l.onEpoch(report));
    }
    int kept = best == null ? reports.size() - 1 : best.restore();
    NotFinite.requireParameters(model, "after epoch " + (reports.size() - 1), "");
    return new TrainingResult(Collections.unmodifiableList(reports), kept, stopped, seconds(start));
  }

  private EpochReport epoch(int epoch, int epochs) {
    long start = System.nanoTime();
    model.train();
    double sum = 0;
    for (int s = 0; s < steps; s++) {
      sum += update(epoch, s);
    }
    return new EpochReport(
        epoch, epochs, sum / steps, metrics(), optimizer.learningRate(), seconds(start));
  }

  private double update(int epoch, int s) {
    try (Scope _ = relata.scope()) {
      optimizer.zeroGrad();
      Tensor loss = step.loss(epoch, s);
      double value = loss.item();
      if (!Double.isFinite(value)) {
        String when = "epoch " + epoch + ", step " + s;
        throw NotFinite.explain(relata, model, () -> step.loss(epoch, s), when, value);
      }
      loss.backward();
      if (clipNorm < Double.POSITIVE_INFINITY) {
        GradientClip.byNorm(optimizer.parameters(), clipNorm);
      }
      optimizer.step();
      return value;
    }
  }

  private Map<String, Double> metrics() {
    model.eval();
    try (Scope _ = relata.scope();
        NoGrad _ = new NoGrad()) {
      return Collections.unmodifiableMap(new LinkedHashMap<>(evaluation.get()));
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }
}
