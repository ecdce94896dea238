package io.relata.cuda;

/**
 * When a row of edges is too long for the lanes that have it. Long rows are cut into chunks that
 * work as rows of their own; how a row is cut depends on its length alone.
 *
 * <p>The numbers are reasoned, not measured: a warp has about four edges under way, so 512 edges
 * take it some 50 microseconds, which is as long as a kernel over two million edges should take; a
 * chunk's partial result costs 1/128 of what it reads.
 *
 * @param threshold rows of more edges are cut
 * @param chunk edges of a chunk
 * @param counted indices of so many edges are asked how many long rows they have, once, which waits
 *     for the device; for smaller ones the most possible is reserved
 */
record SplitRule(int threshold, int chunk, int counted) {
  static final SplitRule DEFAULT = new SplitRule(512, 256, 1 << 20);

  /** Most rows that can be long. */
  int mostRows(int edges) {
    return edges / (threshold + 1);
  }

  /** Most chunks. */
  int mostChunks(int edges) {
    return edges / chunk + mostRows(edges);
  }
}
