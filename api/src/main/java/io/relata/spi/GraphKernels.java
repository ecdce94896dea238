package io.relata.spi;

import java.util.List;

/**
 * Kernels on index structures. They know nothing of graphs with names, fields or gradients;
 * arguments have been checked. Rows are reduced in the order of edge ids, whatever the number of
 * threads.
 */
public interface GraphKernels {
  /** Sparse product; see {@link SpmmCall}. */
  void spmm(SpmmCall call);

  /**
   * Sparse products as if run one after the other: the sums of several relations into one result
   * come as a first call that replaces and others that accumulate. A backend that can runs them in
   * one parallel region.
   */
  default void spmmAll(List<SpmmCall> calls) {
    calls.forEach(this::spmm);
  }

  /** A value per edge; see {@link SddmmCall}. */
  void sddmm(SddmmCall call);

  /** Gradient of max and min; see {@link WinnerGradCall}. */
  void winnerGrad(WinnerGradCall call);

  /**
   * Softmax over the edges of each row, for every trailing position by itself, with the row's
   * maximum subtracted. A logit of -inf gets 0; a row of only -inf gets zeros.
   *
   * @param index edges grouped by the node they are normalised over
   * @param logits (numEdges, H) by edge id
   * @param out (numEdges, H) by edge id
   */
  void edgeSoftmax(RowIndex index, Array logits, Array out);

  /**
   * Gradient of {@link #edgeSoftmax}: {@code y * (g - sum over the row of y * g)}.
   *
   * @param y (numEdges, H) the forward result
   * @param gradient (numEdges, H) with respect to it
   * @param out (numEdges, H)
   */
  void edgeSoftmaxGrad(RowIndex index, Array y, Array gradient, Array out);

  /**
   * Attention in one pass; see {@link AttentionCall}.
   *
   * @return false, with nothing written, where the backend has no such kernel for the element type;
   *     the caller then composes it of the other kernels
   */
  default boolean attention(AttentionCall call) {
    return false;
  }

  /**
   * True where the gradient of {@link #attention} takes the destinations' from {@link
   * AttentionCall#derivative}, kept since the forward pass, and needs no array of a number per
   * edge; false where it adds up those of the edges.
   */
  default boolean attentionDerivative() {
    return false;
  }

  /** The gradient of {@link #attention}, for calls for which that was true. */
  default void attentionGrad(AttentionGradCall call) {
    throw new UnsupportedOperationException("attention without its gradient");
  }
}
