package io.relata.spi;

/**
 * Additive attention (GAT) in one pass over each row: for every edge e = (u, v) and head h the
 * logit is {@code leakyRelu(source[u, h] + destination[v, h] + edge[e, h])}, its weight the softmax
 * over the edges of v, and {@code out[v, h] = Σ weight * values[u, h]}. A row without edges, or of
 * only -inf logits, is 0.
 *
 * @param index edges grouped by destination
 * @param heads number of heads H
 * @param width numbers per head D
 * @param source (index.numColumns, H)
 * @param destination (index.numRows, H)
 * @param edge (index.numEdges, H) by edge id, or null for 0
 * @param slope what leakyRelu multiplies negative numbers with
 * @param values (index.numColumns, H * D)
 * @param out (index.numRows, H * D)
 * @param statistics (index.numRows, H, 2) receives each row's largest logit and the sum of {@code
 *     exp(logit - largest)}, from which the gradient makes the weights again; 0 and 0 for a row
 *     whose result is 0; null where nobody asks
 * @param derivative (index.numRows, H * D) receives the derivative of each number of {@code out}
 *     with respect to that of {@code destination} on which it depends, {@code Σ slope * weight *
 *     (values[u] - out[v])}; null where nobody asks
 */
public record AttentionCall(
    RowIndex index,
    int heads,
    int width,
    Array source,
    Array destination,
    Array edge,
    double slope,
    Array values,
    Array out,
    Array statistics,
    Array derivative) {
  /** A call that asks for no derivative. */
  public AttentionCall(
      RowIndex index,
      int heads,
      int width,
      Array source,
      Array destination,
      Array edge,
      double slope,
      Array values,
      Array out,
      Array statistics) {
    this(index, heads, width, source, destination, edge, slope, values, out, statistics, null);
  }
}
