package io.relata.cpu.graph;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.Native.address;
import static io.relata.cpu.Native.getFloat;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.putFloat;
import static io.relata.cpu.graph.VectorMessage.LENGTH;
import static io.relata.cpu.graph.VectorMessage.ORDER;
import static io.relata.cpu.graph.VectorMessage.SPECIES;

import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Template of copies of rows of a few numbers, FLOAT32. Loops do nothing else, so that many rows
 * are on their way from memory at once.
 */
final class VectorRowCopy implements RowCopy {
  private static final Spec SPEC = Specialized.parameters(MethodHandles.lookup(), Spec.class);
  private static final int SIZE = SPEC.size();

  private static final VectorSpecies<Float> PART = HeadLanes.species(SIZE);

  /** The last vector of a row. */
  private static final VectorMask<Float> LAST =
      SPECIES.indexInRange(0, SIZE - (SIZE - 1) / LENGTH * LENGTH);

  @Override
  public void gather(long table, long ids, int count, long to) {
    VectorMask<Float> last = LAST;
    for (int i = 0; i < count; i++) {
      long x = address(table + 4L * SIZE * getInt(ids + 4L * i));
      long y = address(to + 4L * SIZE * i);
      if (SIZE == 1) {
        putFloat(y, getFloat(x));
      } else if (SIZE == PART.length()) {
        FloatVector.fromMemorySegment(PART, ALL, x, ORDER).intoMemorySegment(ALL, y, ORDER);
      } else {
        for (int j = 0; j + LENGTH < SIZE; j += LENGTH) {
          FloatVector.fromMemorySegment(SPECIES, ALL, x, ORDER).intoMemorySegment(ALL, y, ORDER);
          x += 4L * LENGTH;
          y += 4L * LENGTH;
        }
        FloatVector.fromMemorySegment(SPECIES, ALL, address(x), ORDER, last)
            .intoMemorySegment(ALL, address(y), ORDER, last);
      }
    }
  }

  @Override
  public void scatter(long from, long ids, int count, long table) {
    VectorMask<Float> last = LAST;
    for (int i = 0; i < count; i++) {
      long x = address(from + 4L * SIZE * i);
      long y = address(table + 4L * SIZE * getInt(ids + 4L * i));
      if (SIZE == 1) {
        putFloat(y, getFloat(x));
      } else if (SIZE == PART.length()) {
        FloatVector.fromMemorySegment(PART, ALL, x, ORDER).intoMemorySegment(ALL, y, ORDER);
      } else {
        for (int j = 0; j + LENGTH < SIZE; j += LENGTH) {
          FloatVector.fromMemorySegment(SPECIES, ALL, x, ORDER).intoMemorySegment(ALL, y, ORDER);
          x += 4L * LENGTH;
          y += 4L * LENGTH;
        }
        FloatVector.fromMemorySegment(SPECIES, ALL, address(x), ORDER, last)
            .intoMemorySegment(ALL, address(y), ORDER, last);
      }
    }
  }
}
