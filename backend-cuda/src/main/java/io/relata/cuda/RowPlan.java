package io.relata.cuda;

import java.lang.foreign.MemorySegment;

/**
 * What the device keeps of an index beside the index itself: which rows are long and how they are
 * cut, and, once asked for, the row of each slot. Made by kernels from the offsets.
 */
final class RowPlan {
  private static final int BLOCK = 256;

  private final Device device;
  private final SplitRule rule;
  private final long offsets;
  private final int numRows;
  private final int numEdges;
  private final int mostRows;
  private final int mostChunks;
  private int longRows;
  private int chunks;
  private Block split;
  private Block places;
  private Block slotRows;

  private record Block(long address, long bytes) {}

  /** Plans rows whose offsets start at {@code offsets}. */
  RowPlan(Device device, SplitRule rule, long offsets, int numRows, int numEdges) {
    this.device = device;
    this.rule = rule;
    this.offsets = offsets;
    this.numRows = numRows;
    this.numEdges = numEdges;
    mostRows = rule.mostRows(numEdges);
    mostChunks = rule.mostChunks(numEdges);
    if (mostRows > 0) {
      split();
    }
  }

  private Block block(long bytes) {
    return new Block(device.memory().allocate(bytes), bytes);
  }

  private void split() {
    split = block(4L * (2 + 2L * mostRows + 2L * mostChunks));
    device.zero(split.address, 8);
    Arguments arguments = new Arguments().put(offsets).put(counts()).put(rows()).put(firsts());
    arguments.put(chunkPlaces()).put(chunkBegins()).put((long) numRows);
    arguments.put(rule.threshold()).put(rule.chunk());
    device.launch("rows_split", grid(numRows), 1, 1, BLOCK, 0, arguments);
    longRows = mostRows;
    chunks = mostChunks;
    if (numEdges >= rule.counted()) {
      int[] counts = new int[2];
      device.copyOut(counts(), MemorySegment.ofArray(counts));
      longRows = counts[0];
      chunks = counts[1];
    }
  }

  private int grid(long items) {
    return (int) Math.clamp((items + BLOCK - 1) / BLOCK, 1, 32L * device.multiprocessors());
  }

  private long counts() {
    return split.address;
  }

  private long rows() {
    return split.address + 8;
  }

  private long firsts() {
    return rows() + 4L * mostRows;
  }

  private long chunkPlaces() {
    return firsts() + 4L * mostRows;
  }

  private long chunkBegins() {
    return chunkPlaces() + 4L * mostChunks;
  }

  /** How many rows may be long. */
  int longRows() {
    return longRows;
  }

  /** How many chunks there may be. */
  int chunks() {
    return chunks;
  }

  /** Puts the kernels' {@code Split}. */
  Arguments put(Arguments to) {
    if (longRows == 0) {
      return to.put(0L).put(0L).put(0L).put(0L).put(0L).put(Integer.MAX_VALUE).put(1);
    }
    return to.put(counts())
        .put(rows())
        .put(firsts())
        .put(chunkPlaces())
        .put(chunkBegins())
        .put(rule.threshold())
        .put(rule.chunk());
  }

  /** Where each long row stands in the lists, by row; what other rows have is undefined. */
  synchronized long places() {
    if (longRows == 0) {
      return 0;
    }
    if (places == null) {
      places = block(4L * numRows);
      device.launch(
          "rows_places",
          grid(longRows),
          1,
          1,
          BLOCK,
          0,
          new Arguments().put(counts()).put(rows()).put(places.address));
    }
    return places.address;
  }

  /** The row of each slot. */
  synchronized long slotRows() {
    if (slotRows == null) {
      slotRows = block(Math.max(4L, 4L * numEdges));
      device.launch(
          "rows_slots",
          grid(numEdges),
          1,
          1,
          BLOCK,
          0,
          new Arguments()
              .put(offsets)
              .put(slotRows.address)
              .put((long) numRows)
              .put((long) numEdges));
    }
    return slotRows.address;
  }

  /** Gives the memory back. */
  synchronized void release() {
    for (Block b : new Block[] {split, places, slotRows}) {
      if (b != null) {
        device.memory().release(b.address, b.bytes);
      }
    }
  }
}
