package io.relata.nn.optim;

import static java.lang.ref.Reference.reachabilityFence;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.spi.Array;
import io.relata.spi.DenseKernels;
import io.relata.spi.UnaryOp;
import java.util.Collection;
import java.util.List;

/**
 * Stochastic gradient descent, with momentum, Nesterov's form of it and weight decay (PyTorch:
 * {@code optim.SGD}): {@code d = g + decay p; v = momentum v + d; p -= rate (v, or d + momentum v
 * after Nesterov)}.
 */
public final class Sgd extends Optimizer {
  private final double momentum;
  private final boolean nesterov;
  private final double weightDecay;
  private final Tensor[] velocity;

  /** Plain descent. */
  public Sgd(Collection<Tensor> parameters, double learningRate) {
    this(parameters, learningRate, 0, false, 0);
  }

  /**
   * With all options.
   *
   * @throws RelataException ARGUMENT for options out of range, and for Nesterov without momentum
   */
  public Sgd(
      Collection<Tensor> parameters,
      double learningRate,
      double momentum,
      boolean nesterov,
      double weightDecay) {
    super(parameters, learningRate);
    this.momentum = fraction("momentum", momentum);
    this.nesterov = nesterov;
    this.weightDecay = notNegative("weight decay", weightDecay);
    this.velocity = new Tensor[parameters().size()];
    if (nesterov && momentum == 0) {
      throw RelataException.of(ErrorId.ARGUMENT, "Nesterov's form needs momentum")
          .where("Sgd")
          .expected("a momentum above 0")
          .found("0")
          .build();
    }
  }

  @Override
  protected void update(List<Change> changes) {
    changes.forEach(c -> update(c.index(), c.parameter(), c.gradient()));
    reachabilityFence(changes);
  }

  private void update(int index, Tensor parameter, Tensor gradient) {
    DenseKernels dense = parameter.relata().backend().dense();
    Array p = parameter.array();
    Array g = gradient.array();
    double rate = learningRate();
    if (momentum == 0) {
      scale(dense, p, 1 - rate * weightDecay);
      dense.axpy(-rate, g, p);
      return;
    }
    if (velocity[index] == null) {
      velocity[index] = zerosLike(parameter);
    }
    Array v = velocity[index].array();
    scale(dense, v, momentum);
    dense.axpy(1, g, v);
    if (weightDecay != 0) {
      dense.axpy(weightDecay, p, v);
    }
    if (nesterov) {
      scale(dense, p, 1 - rate * weightDecay);
      dense.axpy(-rate, g, p);
      dense.axpy(-rate * momentum, v, p);
    } else {
      dense.axpy(-rate, v, p);
    }
  }

  private static void scale(DenseKernels dense, Array x, double factor) {
    if (factor != 1) {
      dense.unary(UnaryOp.AFFINE, x, factor, 0, x);
    }
  }
}
