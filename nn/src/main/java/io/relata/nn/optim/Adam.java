package io.relata.nn.optim;

import static java.lang.ref.Reference.reachabilityFence;

import io.relata.Tensor;
import io.relata.spi.AdamCall;
import java.util.Collection;
import java.util.List;

/**
 * Adam (Kingma and Ba, 2015; PyTorch: {@code optim.Adam}), and with decoupled weight decay AdamW
 * (Loshchilov and Hutter, 2019; PyTorch: {@code optim.AdamW}).
 */
public final class Adam extends Optimizer {
  private final Options options;
  private final Tensor[] first;
  private final Tensor[] second;
  private final long[] steps;

  /**
   * What can be set.
   *
   * @param beta1 decay of the mean gradient
   * @param beta2 decay of the mean squared gradient
   * @param epsilon added to the root of the mean squared gradient
   * @param weightDecay times the parameter is added to the gradient, or where decoupled taken off
   *     the parameter
   * @param decoupled true for AdamW
   */
  public record Options(
      double beta1, double beta2, double epsilon, double weightDecay, boolean decoupled) {
    /** 0.9, 0.999, 1e-8, no weight decay. */
    public static final Options DEFAULT = new Options(0.9, 0.999, 1e-8, 0, false);

    /** Checks ranges. */
    public Options {
      fraction("beta1", beta1);
      fraction("beta2", beta2);
      notNegative("epsilon", epsilon);
      notNegative("weight decay", weightDecay);
    }

    /** The same with weight decay added to the gradient. */
    public Options withWeightDecay(double value) {
      return new Options(beta1, beta2, epsilon, value, false);
    }
  }

  /** With the usual options. */
  public Adam(Collection<Tensor> parameters, double learningRate) {
    this(parameters, learningRate, Options.DEFAULT);
  }

  /** With all options. */
  public Adam(Collection<Tensor> parameters, double learningRate, Options options) {
    super(parameters, learningRate);
    this.options = options;
    int n = parameters().size();
    first = new Tensor[n];
    second = new Tensor[n];
    steps = new long[n];
  }

  /** AdamW: the usual options with decoupled weight decay (PyTorch's default is 0.01). */
  public static Adam decoupled(
      Collection<Tensor> parameters, double learningRate, double weightDecay) {
    Options o = Options.DEFAULT;
    return new Adam(
        parameters, learningRate, new Options(o.beta1, o.beta2, o.epsilon, weightDecay, true));
  }

  @Override
  protected void update(List<Change> changes) {
    Tensor any = changes.getFirst().parameter();
    any.relata().backend().dense().adam(changes.stream().map(this::call).toList());
    reachabilityFence(changes);
  }

  private AdamCall call(Change c) {
    int i = c.index();
    if (first[i] == null) {
      first[i] = zerosLike(c.parameter());
      second[i] = zerosLike(c.parameter());
    }
    return new AdamCall(
        c.parameter().array(),
        c.gradient().array(),
        first[i].array(),
        second[i].array(),
        learningRate(),
        options.beta1,
        options.beta2,
        options.epsilon,
        options.weightDecay,
        options.decoupled,
        ++steps[i]);
  }
}
