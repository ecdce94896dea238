package io.relata.nn.optim;

import io.relata.ErrorId;
import io.relata.NoGrad;
import io.relata.RelataException;
import io.relata.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Changes parameters by their gradients, in place. A parameter that never had a gradient is left
 * alone. State lives outside scopes.
 */
public abstract class Optimizer {
  private final List<Tensor> parameters;
  private double learningRate;

  /**
   * For these parameters.
   *
   * @throws RelataException ARGUMENT for no parameter or a learning rate that is negative or not a
   *     number, LIFETIME for parameters of different runtimes
   */
  protected Optimizer(Collection<Tensor> parameters, double learningRate) {
    if (parameters.isEmpty()) {
      throw RelataException.of(ErrorId.ARGUMENT, "There is nothing to optimise")
          .remedy("pass model.parameters() of a model that has some")
          .build();
    }
    this.parameters = List.copyOf(parameters);
    this.parameters.forEach(
        p -> this.parameters.getFirst().requireSameRuntime("parameters of an optimiser", p));
    this.learningRate = valid(learningRate);
  }

  /** What it changes. */
  public final List<Tensor> parameters() {
    return parameters;
  }

  /** The current learning rate. */
  public final double learningRate() {
    return learningRate;
  }

  /** Changes the learning rate from the next step on. */
  public final void learningRate(double value) {
    learningRate = valid(value);
  }

  private static double valid(double rate) {
    return notNegative("learning rate", rate);
  }

  /** Checks an option. */
  static double notNegative(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw RelataException.of(ErrorId.ARGUMENT, "An optimiser's option is out of range")
          .where(name)
          .expected("a finite number, 0 or more")
          .found(Double.toString(value))
          .build();
    }
    return value;
  }

  /** Checks a decay or momentum. */
  static double fraction(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw RelataException.of(ErrorId.ARGUMENT, "An optimiser's option is out of range")
          .where(name)
          .expected("0 or more and below 1")
          .found(Double.toString(value))
          .build();
    }
    return value;
  }

  /** Changes every parameter that has a gradient. */
  public final void step() {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Tensor gradient = parameters.get(i).grad();
      if (gradient != null) {
        changes.add(new Change(i, parameters.get(i), gradient));
      }
    }
    if (!changes.isEmpty()) {
      try (NoGrad _ = new NoGrad()) {
        update(changes);
      }
    }
  }

  /** Forgets all gradients and frees their memory (see {@link Tensor#zeroGrad}). */
  public final void zeroGrad() {
    parameters.forEach(Tensor::zeroGrad);
  }

  /**
   * A parameter and what it is changed by.
   *
   * @param index its place in {@link #parameters()}
   */
  protected record Change(int index, Tensor parameter, Tensor gradient) {}

  /** Changes parameters in place; at least one. */
  protected abstract void update(List<Change> changes);

  /** Zeros like a parameter that outlive every scope, for an optimiser's state. */
  protected static Tensor zerosLike(Tensor parameter) {
    Tensor[] made = new Tensor[1];
    parameter
        .relata()
        .unscoped(
            () -> made[0] = parameter.relata().zeros(parameter.dtype(), parameter.shape().dims()));
    return made[0];
  }
}
