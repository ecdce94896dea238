package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;

import io.relata.DType;
import io.relata.cpu.Workers;
import io.relata.spi.Array;
import io.relata.spi.AttentionCall;
import io.relata.spi.AttentionGradCall;
import io.relata.spi.RowIndex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Attention in one pass: a worker takes some rows at a time, makes their edges' weights in memory
 * of its own and hands these to the loops of weighted sums, so that what exists of a weight is in
 * the caches. The gradient goes through the edges by source in the same way.
 */
final class CpuAttention {
  /**
   * Edges taken at a time: their weights stay in the nearest cache. A row of more edges is taken
   * alone.
   */
  private static final int EDGES = 1_024;

  /** The same of rows, whose sums and dot products stay near. */
  private static final int ROWS = 128;

  /** Bytes in which a loop keeps two vectors. */
  static final long ROOM = 128;

  private final Workers workers;
  private final boolean vector;
  private final Loops loops;
  private final AttentionSums sums;
  private final AtomicReference<MemorySegment> spare = new AtomicReference<>(MemorySegment.NULL);

  CpuAttention(Workers workers, boolean vector, Loops loops) {
    this.workers = workers;
    this.vector = vector;
    this.loops = loops;
    this.sums = new AttentionSums(loops);
  }

  /** Something done to rows from one to before another. */
  private interface Rows {
    void run(int from, int to);
  }

  void forward(AttentionCall call) {
    RowIndex index = call.index();
    boolean derived = call.derivative() != null;
    AttentionSpec spec = spec(call, index, derived, false);
    AttentionTask task = task(call, index, address(call.statistics()), 0, 0, 0);
    AttentionLoop weigh = loops.attention(name(spec, "Attention"), spec);
    AttentionSums.Passes sum = sums.sum(call, spec, false);
    AttentionSums.Passes add = derived ? sums.sum(call, spec, true) : null;
    long number = spec.bytes();
    long width = (long) spec.heads() * call.width() * number;
    long heads = spec.heads() * number;
    overRows(
        index,
        EDGES,
        (from, to) -> {
          int first = getInt(task.offsets() + 4L * from);
          long bytes = heads * (getInt(task.offsets() + 4L * to) - first);
          long run = bytes + ROOM;
          long weights = RowScratch.block(4 * run + heads * (to - from) + ROOM);
          AttentionMemory m =
              new AttentionMemory(
                  weights,
                  weights + run,
                  weights + 2 * run,
                  0,
                  weights + 4 * run + ROOM,
                  weights + 4 * run);
          weigh.run(task, from, to, m);
          long out = call.out().address();
          long shift = heads * first;
          long values = call.values().address();
          RowTask weighted =
              AttentionSums.sumTask(
                  call, task.offsets(), task.columns(), values, weights - shift, out);
          sum.run(weighted, from, to);
          if (derived) {
            long derivative = call.derivative().address();
            sum.run(weighted.with(m.sloped() - shift, derivative), from, to);
            long own = out + from * width;
            long to0 = derivative + from * width;
            add.run(AttentionSums.selfTask(call, own, m.sums(), to0), 0, to - from);
          }
        });
  }

  void backward(AttentionGradCall call) {
    AttentionCall forward = call.forward();
    RowIndex index = call.bySource();
    AttentionSpec spec = spec(forward, index, true, call.dEdge() != null);
    int destinations = index.numColumns();
    long table = (spec.onVectors() ? 4L : 1L) * spec.heads() * spec.bytes() * destinations;
    withSpare(
        table,
        address -> {
          AttentionTask task =
              task(
                  forward,
                  index,
                  forward.statistics().address(),
                  address,
                  call.dSource().address(),
                  address(call.dEdge()));
          AttentionGradient gradient =
              new AttentionGradient(
                  call,
                  spec,
                  task,
                  sums.dot(forward, spec),
                  sums.sum(forward, spec, false),
                  loops.attention(name(spec, "AttentionGrad"), spec),
                  spec.onVectors() ? loops.attention("VectorAttentionTable", spec) : null);
          int rows = AttentionSums.ROWS;
          workers.forEach(
              (destinations + rows - 1) / rows,
              k -> gradient.destinations(k * rows, Math.min(destinations, (k + 1) * rows)));
          overRows(index, AttentionGradient.EDGES, gradient::sources);
        });
  }

  /** Some rows at a time, as many as have that many edges together. */
  private void overRows(RowIndex index, int edges, Rows body) {
    int[] blocks = index.blocks();
    long offsets = index.offsets().address();
    workers.forEach(
        index.numBlocks(),
        b -> {
          int from = blocks[b];
          while (from < blocks[b + 1]) {
            int most = Math.min(blocks[b + 1], from + ROWS);
            int to = RowScratch.chunk(offsets, from, most, edges);
            body.run(from, to);
            from = to;
          }
        });
  }

  /** Memory of the size of a few numbers a node, kept from call to call. */
  private void withSpare(long bytes, Consumer<Long> body) {
    MemorySegment block = spare.getAndSet(MemorySegment.NULL);
    if (block.byteSize() < bytes) {
      block = Arena.ofAuto().allocate(bytes, 64);
    }
    body.accept(block.address());
    spare.set(block);
  }

  private String name(AttentionSpec spec, String template) {
    return (spec.onVectors() ? "Vector" : "Plain") + template;
  }

  private AttentionSpec spec(
      AttentionCall call, RowIndex index, boolean sloped, boolean edgeGradient) {
    DType dtype = call.out().dtype();
    boolean onVectors = vector && dtype == DType.FLOAT32;
    int heads = call.heads();
    return new AttentionSpec(
        heads,
        dtype,
        index.edgeIds() == null,
        call.edge() != null,
        call.statistics() != null,
        sloped,
        edgeGradient,
        onVectors ? loops.rowCopy(heads) : null);
  }

  private static long address(Array array) {
    return array == null ? 0 : array.address();
  }

  private static AttentionTask task(
      AttentionCall call, RowIndex index, long statistics, long table, long dSource, long dEdge) {
    return new AttentionTask(
        index.offsets().address(),
        index.columns().address(),
        address(index.edgeIds()),
        call.source().address(),
        call.destination().address(),
        address(call.edge()),
        call.slope(),
        statistics,
        table,
        dSource,
        dEdge);
  }
}
