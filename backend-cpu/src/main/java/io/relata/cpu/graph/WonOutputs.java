package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.getLong;
import static io.relata.cpu.Native.putLong;

import io.relata.spi.WinnerGradCall;

/**
 * Turns recorded winners around: for every edge a bit for each of some outputs, set where it has
 * won. Whoever goes through a source's edges then reads 8 bytes an edge instead of a row of
 * winners. Rows own their edges, so threads that mark different rows never meet.
 *
 * @param offsets of the index by destination
 * @param edgeIds likewise; 0 where slot and edge id are the same
 * @param bits a long for each edge id
 */
record WonOutputs(long offsets, long edgeIds, long winners, int outSize, long bits) {
  /** Outputs of which an edge has bits at a time. */
  static final int OUTPUTS = Long.SIZE;

  static WonOutputs of(WinnerGradCall call, long bits) {
    return new WonOutputs(
        call.index().offsets().address(),
        call.index().edgeIds() == null ? 0 : call.index().edgeIds().address(),
        call.winners().address(),
        call.plan().outSize(),
        bits);
  }

  /** Writes the bits of the edges of rows {@code from} to {@code to - 1}. */
  void mark(int firstOutput, int from, int to) {
    int outputs = Math.min(OUTPUTS, outSize - firstOutput);
    for (int v = from; v < to; v++) {
      int begin = getInt(offsets + 4L * v);
      int end = getInt(offsets + 4L * v + 4);
      if (begin == end) {
        continue;
      }
      for (int i = begin; i < end; i++) {
        putLong(bits + 8L * (edgeIds == 0 ? i : getInt(edgeIds + 4L * i)), 0);
      }
      long row = winners + 4 * ((long) v * outSize + firstOutput);
      for (int o = 0; o < outputs; o++) {
        int edge = getInt(row + 4L * o);
        if (edge >= 0) {
          long at = bits + 8L * edge;
          putLong(at, getLong(at) | 1L << o);
        }
      }
    }
  }
}
