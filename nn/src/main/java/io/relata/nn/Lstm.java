package io.relata.nn;

import io.relata.DType;
import io.relata.Tensor;

/**
 * Long short-term memory of one layer, a step at a time: {@code c' = σ(f) c + σ(i) tanh(g)}, {@code
 * h' = σ(o) tanh(c')} with {@code (i, f, g, o) = W_ih x + b_ih + W_hh h + b_hh} (Hochreiter and
 * Schmidhuber, 1997; PyTorch: {@code nn.LSTM}). Parameters {@code weight_ih_l0} (4 hidden, in),
 * {@code weight_hh_l0} (4 hidden, hidden), {@code bias_ih_l0}, {@code bias_hh_l0} (4 hidden,), from
 * U(±1/sqrt(hidden)).
 */
public final class Lstm extends Layer {
  private final int in;
  private final int hidden;
  private final Tensor inputWeight;
  private final Tensor hiddenWeight;
  private final Tensor inputBias;
  private final Tensor hiddenBias;

  /**
   * What one step hands to the next.
   *
   * @param h output (N, hidden)
   * @param c memory (N, hidden)
   */
  public record State(Tensor h, Tensor c) {
    /** The first so many rows. */
    public State first(long rows) {
      return rows == h.dim(0) ? this : new State(h.slice(0, 0, rows), c.slice(0, 0, rows));
    }
  }

  /** From inputs of size in to states of size hidden. */
  public Lstm(LayerContext context, int in, int hidden) {
    this.in = in;
    this.hidden = hidden;
    double bound = 1 / Math.sqrt(Math.max(1, hidden));
    Initializer uniform = Initializers.uniform(-bound, bound);
    inputWeight = parameter("weight_ih_l0", context.make(uniform, 4L * hidden, in));
    hiddenWeight = parameter("weight_hh_l0", context.make(uniform, 4L * hidden, hidden));
    inputBias = parameter("bias_ih_l0", context.make(uniform, 4L * hidden));
    hiddenBias = parameter("bias_hh_l0", context.make(uniform, 4L * hidden));
  }

  /** The state that a sequence starts from: zeros. */
  public State start(long rows) {
    DType dtype = inputWeight.dtype();
    return new State(
        inputWeight.relata().zeros(dtype, rows, hidden),
        inputWeight.relata().zeros(dtype, rows, hidden));
  }

  /**
   * One step.
   *
   * @param x (N, in)
   * @param state of N rows
   */
  public State forward(Tensor x, State state) {
    return advance(project(x), state);
  }

  /** What an input contributes to the gates, without biases: (N, in) gives (N, 4 hidden). */
  public Tensor project(Tensor x) {
    return x.matmul(false, inputWeight, true);
  }

  /**
   * One step from an input that {@link #project} has seen already, for instance once for every node
   * although it is in many sequences.
   */
  public State advance(Tensor projected, State state) {
    Tensor gates =
        projected.add(state.h().matmul(false, hiddenWeight, true)).add(inputBias).add(hiddenBias);
    Tensor kept = gate(gates, 1).sigmoid().mul(state.c());
    Tensor c = kept.add(gate(gates, 0).sigmoid().mul(gate(gates, 2).tanh()));
    Tensor h = gate(gates, 3).sigmoid().mul(c.tanh());
    return new State(output(h, projected), c);
  }

  private Tensor gate(Tensor rows, int i) {
    return rows.slice(1, (long) i * hidden, (i + 1L) * hidden);
  }

  @Override
  protected String describe() {
    return "in=" + in + ", hidden=" + hidden;
  }
}
