package io.relata.cpu.graph;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.Native.address;
import static io.relata.cpu.graph.VectorMessage.LENGTH;
import static io.relata.cpu.graph.VectorMessage.ORDER;
import static io.relata.cpu.graph.VectorMessage.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Copies of short rows into scratch memory, where whole vectors can be read from each. */
final class VectorGather {
  private VectorGather() {}

  /** One row of {@code size} numbers, zeros after it up to a whole vector. */
  static void row(int size, long from, long to) {
    for (int j = 0; j < size; j += LENGTH) {
      FloatVector.fromMemorySegment(
              SPECIES, ALL, address(from + 4L * j), ORDER, SPECIES.indexInRange(0, size - j))
          .intoMemorySegment(ALL, address(to + 4L * j), ORDER);
    }
  }

  /**
   * Rows that lie one after the other, to rows {@code stride} apart: as many as fit a vector, or
   * whole vectors.
   */
  static void rows(int size, int stride, long from, int count, long to) {
    if (size == stride) {
      MemorySegment.copy(ALL, from, ALL, to, 4L * size * count);
      return;
    }
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < size; j += LENGTH) {
        FloatVector.fromMemorySegment(
                SPECIES, ALL, address(from + 4L * j), ORDER, SPECIES.indexInRange(0, size - j))
            .intoMemorySegment(
                ALL, address(to + 4L * j), ORDER, SPECIES.indexInRange(0, stride - j));
      }
      from += 4L * size;
      to += 4L * stride;
    }
  }
}
