package io.relata.nn;

import io.relata.Tensor;

/**
 * One step of a gated recurrent unit, {@code h' = (1 - z) n + z h} with {@code r, z = σ(W_i x + b_i
 * + W_h h + b_h)}, {@code n = tanh(W_in x + b_in + r (W_hn h + b_hn))} (Cho et al., 2014; PyTorch:
 * {@code nn.GRUCell}). Parameters {@code weight_ih} (3 hidden, in), {@code weight_hh} (3 hidden,
 * hidden), {@code bias_ih}, {@code bias_hh} (3 hidden,), rows in the order r, z, n, from
 * U(±1/sqrt(hidden)).
 */
public final class GruCell extends Layer {
  private final int in;
  private final int hidden;
  private final Tensor inputWeight;
  private final Tensor hiddenWeight;
  private final Tensor inputBias;
  private final Tensor hiddenBias;

  /** From inputs of size in to states of size hidden. */
  public GruCell(LayerContext context, int in, int hidden) {
    this.in = in;
    this.hidden = hidden;
    double bound = 1 / Math.sqrt(Math.max(1, hidden));
    Initializer uniform = Initializers.uniform(-bound, bound);
    inputWeight = parameter("weight_ih", context.make(uniform, 3L * hidden, in));
    hiddenWeight = parameter("weight_hh", context.make(uniform, 3L * hidden, hidden));
    inputBias = parameter("bias_ih", context.make(uniform, 3L * hidden));
    hiddenBias = parameter("bias_hh", context.make(uniform, 3L * hidden));
  }

  /**
   * The next state.
   *
   * @param x (N, in)
   * @param h (N, hidden)
   * @return (N, hidden)
   */
  public Tensor forward(Tensor x, Tensor h) {
    Tensor fromInput = x.matmul(false, inputWeight, true).add(inputBias);
    Tensor fromState = h.matmul(false, hiddenWeight, true).add(hiddenBias);
    Tensor reset = gate(fromInput, 0).add(gate(fromState, 0)).sigmoid();
    Tensor update = gate(fromInput, 1).add(gate(fromState, 1)).sigmoid();
    Tensor fresh = gate(fromInput, 2).add(reset.mul(gate(fromState, 2))).tanh();
    return output(fresh.add(update.mul(h.sub(fresh))), x, h);
  }

  private Tensor gate(Tensor rows, int i) {
    return rows.slice(1, (long) i * hidden, (i + 1L) * hidden);
  }

  @Override
  protected String describe() {
    return "in=" + in + ", hidden=" + hidden;
  }
}
