package io.relata.cuda;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.SpmmCall;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs sums and means of several relations together: calls that add to the same result form a sum
 * whose rows one group of lanes makes in the order of the calls. Where some rows are long two
 * launches come first, which do their chunks and merge them.
 */
final class SpmmListLaunch {
  private final GraphDevice graph;

  SpmmListLaunch(GraphDevice graph) {
    this.graph = graph;
  }

  /** Calls of one result, in order. */
  private record Sum(List<SpmmCall> calls) {
    SpmmCall head() {
      return calls.getFirst();
    }
  }

  /** Runs the calls; false, with nothing done, where they cannot go together. */
  boolean run(List<SpmmCall> all) {
    List<SpmmCall> calls =
        all.stream().filter(c -> c.plan().outSize() > 0 && c.index().numRows() > 0).toList();
    if (calls.isEmpty()) {
      return true;
    }
    if (calls.getFirst().dtype().isHalf()) {
      return false;
    }
    List<Sum> sums = sums(calls);
    if (sums == null) {
      return false;
    }
    boolean wide = true;
    for (SpmmCall call : calls) {
      SpmmShape shape = SpmmShape.inList(call, true);
      if (shape.isGeneral()) {
        return false;
      }
      wide &= shape.kind().equals("w");
    }
    launch(sums, wide);
    return true;
  }

  /** The sums, or null where a call wants to run before or after another. */
  private static List<Sum> sums(List<SpmmCall> calls) {
    DType type = calls.getFirst().dtype();
    Map<Long, Sum> byResult = new HashMap<>();
    List<Sum> sums = new ArrayList<>();
    for (SpmmCall c : calls) {
      if (c.dtype() != type || c.reducer() == Reducer.MAX || c.reducer() == Reducer.MIN) {
        return null;
      }
      Sum sum = byResult.get(c.out().address());
      if (sum == null) {
        sum = new Sum(new ArrayList<>());
        byResult.put(c.out().address(), sum);
        sums.add(sum);
      } else if (!c.accumulate()
          || c.plan().outSize() != sum.head().plan().outSize()
          || c.index().numRows() != sum.head().index().numRows()) {
        return null;
      }
      sum.calls.add(c);
    }
    for (Sum sum : sums) {
      Array out = sum.head().out();
      for (Sum other : sums) {
        if (other != sum && overlap(out, other.head().out())) {
          return null;
        }
      }
      for (SpmmCall c : calls) {
        if (reads(c.lhs(), out) || reads(c.rhs(), out)) {
          return null;
        }
      }
    }
    return sums;
  }

  private static boolean reads(Operand operand, Array out) {
    return operand != null && overlap(operand.data(), out);
  }

  private static boolean overlap(Array a, Array b) {
    return a.address() < b.address() + b.bytes() && b.address() < a.address() + a.bytes();
  }

  private void launch(List<Sum> sums, boolean wide) {
    List<SpmmCall> calls = sums.stream().flatMap(s -> s.calls.stream()).toList();
    List<Device.Temporary> taken = new ArrayList<>();
    try {
      int count = calls.size();
      int[] chunkBlocks = new int[count + 1];
      int[] mergeBlocks = new int[count + 1];
      List<SpmmArguments> arguments = new ArrayList<>();
      for (int c = 0; c < count; c++) {
        SpmmCall call = calls.get(c);
        SpmmShape shape = SpmmShape.inList(call, wide);
        RowPlan plan = graph.plan(call.index());
        chunkBlocks[c + 1] = chunkBlocks[c] + graph.chunkBlocks(plan, shape.groups());
        mergeBlocks[c + 1] = mergeBlocks[c] + graph.mergeBlocks(plan);
        arguments.add(arguments(call, shape, plan, taken));
      }
      int[] firsts = new int[sums.size() + 1];
      int[] blocks = new int[sums.size() + 1];
      int tiles = 1;
      int merges = 1;
      for (int s = 0; s < sums.size(); s++) {
        SpmmCall head = sums.get(s).head();
        SpmmShape shape = SpmmShape.inList(head, wide);
        firsts[s + 1] = firsts[s] + sums.get(s).calls.size();
        blocks[s + 1] =
            Math.addExact(blocks[s], Widths.over(head.index().numRows(), shape.groups()));
        tiles = Math.max(tiles, Widths.over(head.plan().outSize(), shape.columns()));
        merges = Math.max(merges, Widths.over(head.plan().outSize(), 32));
      }
      Arguments list = table(arguments, taken, firsts, blocks, chunkBlocks, mergeBlocks);
      String ending = (wide ? "w_" : "n_") + Widths.suffix(calls.getFirst().dtype());
      if (chunkBlocks[count] > 0) {
        graph.launch("spmm_list_chunks_" + ending, chunkBlocks[count], tiles, list);
        graph.launch(
            "spmm_list_merge_" + Widths.suffix(calls.getFirst().dtype()),
            mergeBlocks[count],
            merges,
            list);
      }
      graph.launch("spmm_list_" + ending, blocks[sums.size()], tiles, list);
    } finally {
      taken.forEach(Device.Temporary::close);
    }
  }

  private SpmmArguments arguments(
      SpmmCall call, SpmmShape shape, RowPlan plan, List<Device.Temporary> taken) {
    long row = (long) call.plan().outSize() * Widths.computedBytes(call.dtype());
    long partial = plan.longRows() == 0 ? 0 : take(row * plan.chunks(), taken);
    long merged = plan.longRows() == 0 ? 0 : take(row * plan.longRows(), taken);
    return new SpmmArguments(call, shape, plan, null, partial, 0, merged, plan.places(), 0);
  }

  private long take(long bytes, List<Device.Temporary> taken) {
    Device.Temporary t = graph.device.temporary(bytes);
    taken.add(t);
    return t.address();
  }

  /** Copies the tables to the device and puts the kernels' {@code SpmmListArgs}. */
  private Arguments table(
      List<SpmmArguments> calls, List<Device.Temporary> taken, int[]... starts) {
    List<ByteBuffer> structs = calls.stream().map(c -> c.put().bytes()).toList();
    int size = structs.stream().mapToInt(ByteBuffer::remaining).sum();
    int[] at = new int[starts.length];
    int end = size;
    for (int i = 0; i < starts.length; i++) {
      at[i] = end;
      end += 4 * starts[i].length;
    }
    ByteBuffer table = ByteBuffer.allocate(end).order(ByteOrder.LITTLE_ENDIAN);
    structs.forEach(table::put);
    for (int[] s : starts) {
      for (int x : s) {
        table.putInt(x);
      }
    }
    long address = take(end, taken);
    graph.device.copyIn(MemorySegment.ofArray(table.array()), address);
    Arguments list = new Arguments().put(address);
    for (int a : at) {
      list.put(address + a);
    }
    return list.put(starts[0].length - 1).put(calls.size());
  }
}
