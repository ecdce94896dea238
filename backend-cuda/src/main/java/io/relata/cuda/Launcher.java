package io.relata.cuda;

import io.relata.DType;
import io.relata.spi.Array;

/**
 * Sizes the grids of the kernels on dense arrays, whose blocks all have {@link #BLOCK} threads.
 * Kernels that stride over their work get at most some waves of blocks; how many never shows in a
 * result.
 */
final class Launcher {
  /** Threads of a block; the sources say the same. */
  static final int BLOCK = 256;

  /** Elements that a thread takes at once. */
  static final int QUAD = 4;

  /** Blocks for each multiprocessor: four waves of full occupancy. */
  private static final int WAVES = 32;

  private final Device device;

  Launcher(Device device) {
    this.device = device;
  }

  Device device() {
    return device;
  }

  /** A kernel that strides over work for {@code threads} threads; nothing where there is none. */
  void threads(String kernel, long threads, Arguments arguments) {
    blocks(kernel, (threads + BLOCK - 1) / BLOCK, arguments);
  }

  /** A kernel that takes four elements a thread. */
  void quads(String kernel, long elements, Arguments arguments) {
    threads(kernel, (elements + QUAD - 1) / QUAD, arguments);
  }

  /** A kernel whose blocks stride over {@code tasks} tasks. */
  void blocks(String kernel, long tasks, Arguments arguments) {
    if (tasks > 0) {
      launch(kernel, (int) Math.min(tasks, (long) WAVES * device.multiprocessors()), arguments);
    }
  }

  /** A kernel with one block for each task. */
  void exactly(String kernel, long blocks, Arguments arguments) {
    if (blocks > 0) {
      launch(kernel, Math.toIntExact(blocks), arguments);
    }
  }

  private void launch(String kernel, int blocks, Arguments arguments) {
    device.launch(kernel, blocks, 1, 1, BLOCK, 0, arguments);
  }

  /** What the names of kernels for a type end in. */
  static String suffix(DType type) {
    return switch (type) {
      case FLOAT32 -> "f32";
      case FLOAT64 -> "f64";
      case FLOAT16 -> "f16";
      case BFLOAT16 -> "bf16";
      case INT32 -> "i32";
      case INT64 -> "i64";
      case BOOL -> "b8";
    };
  }

  /** 1 where four elements of each array can be read and written at once, for a kernel's flag. */
  static int wide(Array... arrays) {
    for (Array a : arrays) {
      if (!aligned(a.address(), a.dtype().bytes())) {
        return 0;
      }
    }
    return 1;
  }

  /** Whether four elements from this address on can be accessed at once, up to 16 bytes. */
  static boolean aligned(long address, int bytes) {
    return address % Math.min(16, QUAD * bytes) == 0;
  }

  /** Lanes of a warp, a power of two, that share {@code n} elements side by side. */
  static int lanes(long n) {
    return n >= 32 ? 32 : n <= 1 ? 1 : Integer.highestOneBit((int) n - 1) << 1;
  }
}
