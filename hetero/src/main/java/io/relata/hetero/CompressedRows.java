package io.relata.hetero;

/**
 * Edges grouped by one of their ends (DGL: {@code adj_tensors("csr")} and {@code "csc"}). Inside a
 * row, edges stand in the order of their ids.
 *
 * @param offsets (rows + 1): row r owns slots offsets[r] to offsets[r + 1]
 * @param columns (E): the node at the other end of the edge in a slot
 * @param edges (E): the id of the edge in a slot
 */
public record CompressedRows(int[] offsets, int[] columns, int[] edges) {
  /** A stable counting sort of the edges by {@code mine}, all in 0..rows-1. */
  static CompressedRows of(int rows, int[] mine, int[] others) {
    int[] offsets = new int[rows + 1];
    for (int row : mine) {
      offsets[row + 1]++;
    }
    for (int r = 0; r < rows; r++) {
      offsets[r + 1] += offsets[r];
    }
    int[] next = offsets.clone();
    int[] columns = new int[mine.length];
    int[] edges = new int[mine.length];
    for (int e = 0; e < mine.length; e++) {
      int slot = next[mine[e]]++;
      columns[slot] = others[e];
      edges[slot] = e;
    }
    return new CompressedRows(offsets, columns, edges);
  }

  /** Number of rows. */
  public int numRows() {
    return offsets.length - 1;
  }

  /** Edges in a row. */
  public int degree(int row) {
    return offsets[row + 1] - offsets[row];
  }

  CompressedRows copy() {
    return new CompressedRows(offsets.clone(), columns.clone(), edges.clone());
  }
}
