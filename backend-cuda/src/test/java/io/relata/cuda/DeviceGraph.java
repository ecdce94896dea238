package io.relata.cuda;

import io.relata.DType;
import io.relata.Shape;
import io.relata.spi.Array;
import io.relata.spi.RowIndex;
import io.relata.spi.Storage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/**
 * Edges of one relation for the graph kernels' tests, with both indices on the device, and arrays
 * of numbers there.
 */
final class DeviceGraph {
  final String name;
  final int numSrc;
  final int numDst;
  final int[] src;
  final int[] dst;
  final RowIndex in;
  final RowIndex out;
  private final Device device;

  DeviceGraph(Device device, String name, int numSrc, int numDst, int[] src, int[] dst) {
    this.device = device;
    this.name = name;
    this.numSrc = numSrc;
    this.numDst = numDst;
    this.src = src;
    this.dst = dst;
    in = index(dst, src, numDst, numSrc);
    out = index(src, dst, numSrc, numDst);
  }

  int numEdges() {
    return src.length;
  }

  /** Random ends; some nodes get nothing, parallel edges and loops happen. */
  static DeviceGraph random(Device device, int numSrc, int numDst, int edges, long seed) {
    Random r = new Random(seed);
    int[] src = r.ints(edges, 0, numSrc).toArray();
    int[] dst = r.ints(edges, 0, numDst).toArray();
    return new DeviceGraph(device, "random " + edges, numSrc, numDst, src, dst);
  }

  /** Edges sorted by destination, so that slots are edge ids. */
  static DeviceGraph sorted(Device device, int numSrc, int numDst, int edges, long seed) {
    Random r = new Random(seed);
    int[] src = r.ints(edges, 0, numSrc).toArray();
    int[] dst = r.ints(edges, 0, numDst).sorted().toArray();
    return new DeviceGraph(device, "sorted " + edges, numSrc, numDst, src, dst);
  }

  /** Half of the edges end at node 3 and a quarter start at node 2. */
  static DeviceGraph hub(Device device, int nodes, int edges, long seed) {
    Random r = new Random(seed);
    IntUnaryOperator any = _ -> r.nextInt(nodes);
    int[] dst = new int[edges];
    int[] src = new int[edges];
    for (int e = 0; e < edges; e++) {
      dst[e] = r.nextInt(2) == 0 ? 3 : any.applyAsInt(e);
      src[e] = r.nextInt(4) == 0 ? 2 : any.applyAsInt(e);
    }
    return new DeviceGraph(device, "hub " + edges, nodes, nodes, src, dst);
  }

  private RowIndex index(int[] mine, int[] others, int rows, int columns) {
    int[] offsets = new int[rows + 1];
    boolean sorted = true;
    for (int i = 0; i < mine.length; i++) {
      offsets[mine[i] + 1]++;
      sorted &= i == 0 || mine[i - 1] <= mine[i];
    }
    for (int r = 0; r < rows; r++) {
      offsets[r + 1] += offsets[r];
    }
    int[] next = offsets.clone();
    int[] ids = new int[mine.length];
    int[] columnOf = new int[mine.length];
    for (int e = 0; e < mine.length; e++) {
      int slot = next[mine[e]]++;
      ids[slot] = e;
      columnOf[slot] = others[e];
    }
    return new RowIndex(
        rows,
        columns,
        mine.length,
        ints(device, offsets),
        ints(device, columnOf),
        sorted ? null : ints(device, ids),
        new int[] {0, rows});
  }

  // ---- arrays ----

  private static final class Block extends Storage {
    private final long address;
    private final long bytes;

    Block(Device device, long bytes) {
      this.bytes = bytes;
      address = device.memory().allocate(Math.max(1, bytes));
    }

    @Override
    public long address() {
      return address;
    }

    @Override
    public long bytes() {
      return bytes;
    }
  }

  static Array ints(Device device, int[] values) {
    Storage storage = new Block(device, 4L * values.length);
    if (values.length > 0) {
      device.copyIn(MemorySegment.ofArray(values), storage.address());
    }
    return new Array(storage, 0, DType.INT32, Shape.of(values.length));
  }

  /** Rounds numbers to the type in place and returns their array on the device. */
  static Array numbers(Device device, DType type, double[] values) {
    return numbers(device, type, values, 0);
  }

  /** The same, {@code offset} bytes after the start of an aligned block. */
  static Array numbers(Device device, DType type, double[] values, long offset) {
    Storage storage = new Block(device, (long) type.bytes() * values.length + offset);
    byte[] bytes = new byte[type.bytes() * values.length];
    MemorySegment host = MemorySegment.ofArray(bytes);
    for (int i = 0; i < values.length; i++) {
      long at = (long) i * type.bytes();
      switch (type) {
        case FLOAT32 -> host.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, (float) values[i]);
        case FLOAT64 -> host.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, at, values[i]);
        case FLOAT16 ->
            host.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16((float) values[i]));
        case BFLOAT16 -> host.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, brain((float) values[i]));
        default -> throw new IllegalArgumentException(type.toString());
      }
      values[i] = number(host, type, at);
    }
    if (values.length > 0) {
      device.copyIn(host, storage.address() + offset);
    }
    return new Array(storage, offset, type, Shape.of(values.length));
  }

  private static short brain(float x) {
    int bits = Float.floatToRawIntBits(x);
    return Float.isNaN(x) ? 0x7fc0 : (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }

  private static double number(MemorySegment host, DType type, long at) {
    return switch (type) {
      case FLOAT32 -> host.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
      case FLOAT64 -> host.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at);
      case FLOAT16 -> Float.float16ToFloat(host.get(ValueLayout.JAVA_SHORT_UNALIGNED, at));
      case BFLOAT16 -> Float.intBitsToFloat(host.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) << 16);
      default -> throw new IllegalArgumentException(type.toString());
    };
  }

  /** An array of the device as numbers. */
  static double[] read(Device device, Array array) {
    byte[] bytes = new byte[Math.toIntExact(array.bytes())];
    MemorySegment host = MemorySegment.ofArray(bytes);
    if (bytes.length > 0) {
      device.copyOut(array.address(), host);
    }
    double[] values = new double[Math.toIntExact(array.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(host, array.dtype(), (long) i * array.dtype().bytes());
    }
    return values;
  }

  /** An int32 array of the device. */
  static int[] readInts(Device device, Array array) {
    int[] values = new int[Math.toIntExact(array.size())];
    if (values.length > 0) {
      device.copyOut(array.address(), MemorySegment.ofArray(values));
    }
    return values;
  }

  static void release(Device device, Array... arrays) {
    for (Array a : arrays) {
      if (a != null) {
        device.memory().release(a.storage().address(), Math.max(1, a.storage().bytes()));
      }
    }
  }

  void release() {
    for (RowIndex index : new RowIndex[] {in, out}) {
      release(device, index.offsets(), index.columns(), index.edgeIds());
    }
  }

  @Override
  public String toString() {
    return name + " edges, " + numSrc + " to " + numDst;
  }
}
