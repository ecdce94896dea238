package io.relata.cuda;

import io.relata.spi.Array;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Edge ids grouped by source, for the gradient of max and min, whose call brings no index. Sorted
 * on the host, once for each list of sources, which waits for the device.
 */
final class SourceIndex {
  private final Device device;
  private final long address;
  private final long bytes;
  private final long offset;
  private final int numRows;
  private final int numEdges;
  private final RowPlan plan;

  SourceIndex(GraphDevice graph, Array sources, int numRows) {
    this.numRows = numRows;
    device = graph.device;
    offset = sources.offset();
    numEdges = Math.toIntExact(sources.size());
    int[] ids = new int[numEdges];
    device.copyOut(sources.address(), MemorySegment.ofArray(ids));
    int[] all = new int[numRows + 1 + numEdges];
    for (int u : ids) {
      all[u + 1]++;
    }
    for (int u = 0; u < numRows; u++) {
      all[u + 1] += all[u];
    }
    int[] next = Arrays.copyOf(all, numRows);
    for (int e = 0; e < numEdges; e++) {
      all[numRows + 1 + next[ids[e]]++] = e;
    }
    bytes = 4L * all.length;
    address = device.memory().allocate(bytes);
    device.copyIn(MemorySegment.ofArray(all), address);
    plan = graph.plan(address, numRows, numEdges);
  }

  /** Whether it is made of this part of its storage, for so many sources. */
  boolean isOf(Array sources, int rows) {
    return offset == sources.offset() && numEdges == sources.size() && numRows == rows;
  }

  RowPlan plan() {
    return plan;
  }

  /** Puts the kernels' {@code Rows}; there are no columns. */
  Arguments put(Arguments to) {
    return to.put(address).put(0L).put(address + 4L * (numRows + 1)).put((long) numRows);
  }

  void release() {
    plan.release();
    device.memory().release(address, bytes);
  }
}
