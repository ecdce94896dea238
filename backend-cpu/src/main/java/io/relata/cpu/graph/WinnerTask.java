package io.relata.cpu.graph;

import io.relata.spi.RowIndex;
import io.relata.spi.WinnerGradCall;

/**
 * Addresses, sizes and the plan by table of a gradient of max or min.
 *
 * @param offsets of the index that is gone through: by source for an operand of the sources, else
 *     by destination
 * @param columns likewise
 * @param edgeIds 0 where slot and edge id are the same
 * @param sources by edge id; 0 for an operand of the sources
 * @param rhs 0 where there is none
 * @param won bits by edge id, of {@link WonOutputs}; 0 for loops that look at the winners
 * @param table positions by output; null for vector loops
 */
record WinnerTask(
    long offsets,
    long columns,
    long edgeIds,
    long sources,
    long winners,
    long won,
    long gradient,
    long lhs,
    long rhs,
    long out,
    int lhsSize,
    int rhsSize,
    int outSize,
    PositionTable table) {

  static WinnerTask of(WinnerGradCall call, RowIndex index, long won, PositionTable table) {
    return new WinnerTask(
        index.offsets().address(),
        index.columns().address(),
        index.edgeIds() == null ? 0 : index.edgeIds().address(),
        call.sources() == null ? 0 : call.sources().address(),
        call.winners().address(),
        won,
        call.gradient().address(),
        call.lhs().data().address(),
        call.rhs() == null ? 0 : call.rhs().data().address(),
        call.out().address(),
        call.plan().lhsSize(),
        call.plan().rhsSize(),
        call.plan().outSize(),
        table);
  }
}
