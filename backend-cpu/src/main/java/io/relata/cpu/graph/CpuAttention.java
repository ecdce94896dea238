package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.putInt;

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
   * Edges taken at a time: their weights stay in the nearest cache, and the rows that are summed
   * twice in the next. A row of more is taken alone, and its sums are made in parts, which also
   * keeps their errors small.
   */
  static final int EDGES = 512;

  /** The same of rows, whose sums and dot products stay near. */
  private static final int ROWS = 128;

  /** Bytes in which a loop keeps two vectors. */
  static final long ROOM = 128;

  private final Workers workers;
  private final boolean vector;
  private final Loops loops;
  private final AttentionSums sums;
  private final AtomicReference<MemorySegment> spare = new AtomicReference<>(MemorySegment.NULL);

  CpuAttention(Workers workers, boolean vector, Loops loops, LoopChoice choice) {
    this.workers = workers;
    this.vector = vector;
    this.loops = loops;
    this.sums = new AttentionSums(choice);
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
    RowPasses sum = sums.sum(call, false);
    RowPasses add = sums.sum(call, true);
    long heads = (long) spec.heads() * spec.bytes();
    long width = heads * call.width();
    overRows(
        index,
        (from, to) -> {
          int first = getInt(task.offsets() + 4L * from);
          int last = getInt(task.offsets() + 4L * to);
          long run = heads * (last - first) + ROOM;
          long weights = RowScratch.block(4 * run + 2 * ROOM + heads * (to - from));
          long room = weights + 4 * run;
          long rowSums = room + 2 * ROOM;
          AttentionMemory m =
              new AttentionMemory(weights, weights + run, weights + 2 * run, 0, rowSums, room);
          weigh.run(task, from, to, m);
          if (last - first <= EDGES) {
            sums(call, task.offsets(), m, heads * first, sum, from, to);
          } else {
            // A long row in parts, so that the second sum finds the rows of the first still near.
            long offsets = room + ROOM;
            for (int at = first; at < last; at += EDGES) {
              putInt(offsets, at);
              putInt(offsets + 4, Math.min(last, at + EDGES));
              long own = offsets - 4L * from;
              sums(call, own, m, heads * first, at == first ? sum : add, from, to);
            }
          }
          if (derived) {
            long results = call.out().address() + from * width;
            long derivative = call.derivative().address() + from * width;
            add.run(AttentionSums.selfTask(call, results, rowSums, derivative), 0, to - from);
          }
        });
  }

  /**
   * The result's rows, and those of its derivative before the result times a number is taken off.
   */
  private static void sums(
      AttentionCall call,
      long offsets,
      AttentionMemory m,
      long shift,
      RowPasses loop,
      int from,
      int to) {
    RowTask task =
        AttentionSums.sumTask(
            call,
            offsets,
            call.index().columns().address(),
            call.values().address(),
            m.weights() - shift,
            call.out().address());
    loop.run(task, from, to);
    if (call.derivative() != null) {
      loop.run(task.with(m.sloped() - shift, call.derivative().address()), from, to);
    }
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
                  sums.dot(forward),
                  sums.sum(forward, false),
                  loops.attention(name(spec, "AttentionGrad"), spec),
                  spec.onVectors() ? loops.attention("VectorAttentionTable", spec) : null);
          int rows = AttentionSums.ROWS;
          workers.forEach(
              (destinations + rows - 1) / rows,
              k -> gradient.destinations(k * rows, Math.min(destinations, (k + 1) * rows)));
          overRows(index, gradient::sources);
        });
  }

  /** Some rows at a time, as many as have that many edges together. */
  private void overRows(RowIndex index, Rows body) {
    long offsets = index.offsets().address();
    RowBlocks.forEach(
        workers,
        index,
        1,
        (_, begin, end) -> {
          int from = begin;
          while (from < end) {
            int to = RowScratch.chunk(offsets, from, Math.min(end, from + ROWS), EDGES);
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
