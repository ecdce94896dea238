package io.relata.cpu.graph;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.Native.address;
import static io.relata.cpu.graph.VectorMessage.LENGTH;
import static io.relata.cpu.graph.VectorMessage.ORDER;
import static io.relata.cpu.graph.VectorMessage.SPECIES;

import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Template of what the gradient of attention needs to know of each destination, FLOAT32: term,
 * largest logit, scale of the exponentials and result times gradient, side by side so that an edge
 * finds them in one place. Four times the heads a row. Allocates nothing.
 */
final class VectorAttentionTable implements AttentionLoop {
  private static final AttentionSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), AttentionSpec.class);
  private static final int HEADS = SPEC.heads();
  private static final VectorShuffle<Float> EVEN = every(0);
  private static final VectorShuffle<Float> ODD = every(1);
  private static final VectorMask<Float> UPPER = SPECIES.indexInRange(0, LENGTH / 2).not();

  private static VectorShuffle<Float> every(int first) {
    return VectorShuffle.fromOp(SPECIES, i -> (2 * i + first) % LENGTH);
  }

  @Override
  public void run(AttentionTask t, int from, int to, AttentionMemory m) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    for (int v = from; v < to; v++) {
      long table = t.table() + 16L * HEADS * v;
      for (int g = 0; g < HEADS; g += LENGTH) {
        VectorMask<Float> heads = SPECIES.indexInRange(0, HEADS - g);
        long at = (long) v * HEADS + g;
        FloatVector own =
            FloatVector.fromMemorySegment(
                SPECIES, ALL, address(t.destination() + 4 * at), ORDER, heads);
        FloatVector dot =
            FloatVector.fromMemorySegment(
                SPECIES,
                ALL,
                address(m.dots() + 4L * ((long) (v - from) * HEADS + g)),
                ORDER,
                heads);
        long statistics = address(t.statistics() + 8 * at);
        FloatVector low =
            FloatVector.fromMemorySegment(
                SPECIES, ALL, statistics, ORDER, SPECIES.indexInRange(0, 2 * (HEADS - g)));
        FloatVector max = low.rearrange(EVEN);
        FloatVector sum = low.rearrange(ODD);
        if (2 * HEADS > LENGTH) {
          FloatVector high =
              FloatVector.fromMemorySegment(
                  SPECIES,
                  ALL,
                  statistics + 4L * LENGTH,
                  ORDER,
                  SPECIES.indexInRange(0, 2 * (HEADS - g) - LENGTH));
          max = max.blend(high.rearrange(EVEN), UPPER);
          sum = sum.blend(high.rearrange(ODD), UPPER);
        }
        VectorMask<Float> none = sum.compare(VectorOperators.EQ, zero);
        FloatVector scale = one.div(sum.blend(one, none));
        long to0 = table + 4L * g;
        own.intoMemorySegment(ALL, address(to0), ORDER, heads);
        max.intoMemorySegment(ALL, address(to0 + 4L * HEADS), ORDER, heads);
        scale.intoMemorySegment(ALL, address(to0 + 8L * HEADS), ORDER, heads);
        dot.intoMemorySegment(ALL, address(to0 + 12L * HEADS), ORDER, heads);
      }
    }
  }
}
