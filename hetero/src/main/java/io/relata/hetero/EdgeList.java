package io.relata.hetero;

/**
 * Some edges of a relation with their ends, row i about one edge.
 *
 * @param src source of each
 * @param dst destination of each
 * @param ids edge id of each
 */
public record EdgeList(int[] src, int[] dst, int[] ids) {
  /** Number of edges. */
  public int size() {
    return ids.length;
  }
}
