package io.relata.cpu.graph;

/**
 * Addresses of one attention call, for the loops that work on its logits. Whoever runs a loop keeps
 * the arrays reachable meanwhile.
 *
 * @param offsets of the index whose rows the loop goes through
 * @param columns nodes at the other end, by slot
 * @param edgeIds 0 where slot and edge id are the same
 * @param source terms of the sources, (sources, H)
 * @param destination terms of the destinations, (destinations, H)
 * @param edge terms of the edges, (edges, H); 0 where there are none
 * @param slope of the leaky relu
 * @param statistics (destinations, H, 2); 0 where nobody asks
 * @param table what the gradient needs of a destination, side by side: on vectors as {@link
 *     VectorAttentionTable} says, else result times its gradient, (destinations, H)
 * @param dSource only for the gradient
 * @param dEdge only for the gradient; 0 where edges ask for none
 */
record AttentionTask(
    long offsets,
    long columns,
    long edgeIds,
    long source,
    long destination,
    long edge,
    double slope,
    long statistics,
    long table,
    long dSource,
    long dEdge) {
  /** The same for a part of the edges and with another gradient of the sources' terms. */
  AttentionTask part(long otherOffsets, long otherDSource) {
    return new AttentionTask(
        otherOffsets,
        columns,
        edgeIds,
        source,
        destination,
        edge,
        slope,
        statistics,
        table,
        otherDSource,
        dEdge);
  }
}
