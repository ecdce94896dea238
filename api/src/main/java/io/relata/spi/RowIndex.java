package io.relata.spi;

/**
 * The edges of one relation, grouped by one of their ends (compressed sparse rows). Inside a row,
 * edges stand in the order of their ids.
 *
 * @param numRows nodes at the grouping end
 * @param numColumns nodes at the other end
 * @param numEdges edges
 * @param offsets (numRows + 1) int32: row r owns slots offsets[r] to offsets[r + 1]
 * @param columns (numEdges) int32: the node at the other end of the edge in a slot
 * @param edgeIds (numEdges) int32: the id of the edge in a slot; null where slot and id are the
 *     same
 * @param blocks boundaries of row blocks for parallel work: block b owns rows blocks[b] to blocks[b
 *     + 1]. Cut so that blocks hold about the same number of edges; they depend on the graph alone,
 *     so results do not depend on the number of threads
 */
public record RowIndex(
    int numRows,
    int numColumns,
    int numEdges,
    Array offsets,
    Array columns,
    Array edgeIds,
    int[] blocks) {

  /** Number of row blocks. */
  public int numBlocks() {
    return blocks.length - 1;
  }
}
