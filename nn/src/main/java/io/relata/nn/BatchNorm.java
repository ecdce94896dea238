package io.relata.nn;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.NoGrad;
import io.relata.RelataException;
import io.relata.Tensor;

/**
 * Each column brought to mean 0 and variance 1 over the rows, then scaled and shifted: {@code (x -
 * mean) / sqrt(var + epsilon) * weight + bias} (Ioffe and Szegedy, 2015; PyTorch: {@code
 * nn.BatchNorm1d}). In training mode mean and variance are those of the rows given, and running
 * averages of them are kept in buffers; in evaluation mode they are the running averages.
 * Parameters {@code weight}, 1, and {@code bias}, 0, (size,); buffers {@code running_mean}, {@code
 * running_var} (size,) and {@code num_batches_tracked} (), INT64.
 */
public final class BatchNorm extends UnaryLayer {
  private static final double EPSILON = 1e-5;

  /** Share of the newest batch in the running averages. */
  private static final double MOMENTUM = 0.1;

  private final int size;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor runningMean;
  private final Tensor runningVar;
  private final Tensor batches;

  /** For rows of the given size, epsilon 1e-5, momentum 0.1. */
  public BatchNorm(LayerContext context, int size) {
    this.size = size;
    weight = parameter("weight", context.make(Initializers.ones(), size));
    bias = parameter("bias", context.make(Initializers.zeros(), size));
    runningMean = buffer("running_mean", context.make(Initializers.zeros(), size));
    runningVar = buffer("running_var", context.make(Initializers.ones(), size));
    batches =
        buffer(
            "num_batches_tracked", context.make((c, shape) -> c.relata().scalar(0, DType.INT64)));
  }

  /**
   * Normalises (N, size) along the first axis.
   *
   * @throws RelataException SHAPE for rows of another size, or fewer than two rows in training
   *     mode, which have no variance
   */
  @Override
  public Tensor forward(Tensor x) {
    if (x.shape().rank() != 2 || x.dim(1) != size || (isTraining() && x.dim(0) < 2)) {
      throw RelataException.of(ErrorId.SHAPE, "The input does not fit the layer")
          .where("BatchNorm(" + describe() + ")")
          .expected("shape (N, " + size + ")" + (isTraining() ? ", N at least 2 in training" : ""))
          .found("shape " + x.shape())
          .build();
    }
    Tensor mean = isTraining() ? x.mean(0, true) : runningMean;
    Tensor centred = x.sub(mean);
    Tensor var = isTraining() ? centred.square().mean(0, true) : runningVar;
    if (isTraining()) {
      track(mean.detach(), var.detach(), x.dim(0));
    }
    return output(centred.mul(var.add(EPSILON).rsqrt()).mul(weight).add(bias), x);
  }

  // As in PyTorch, what is kept is the unbiased variance.
  private void track(Tensor mean, Tensor var, long rows) {
    try (NoGrad _ = new NoGrad()) {
      double unbiased = (double) rows / (rows - 1);
      runningMean.assign(runningMean.mul(1 - MOMENTUM).add(mean.reshape(size).mul(MOMENTUM)));
      runningVar.assign(
          runningVar.mul(1 - MOMENTUM).add(var.reshape(size).mul(MOMENTUM * unbiased)));
      batches.assign(batches.add(1));
    }
  }

  @Override
  protected String describe() {
    return size + ", eps=" + EPSILON + ", momentum=" + MOMENTUM;
  }
}
