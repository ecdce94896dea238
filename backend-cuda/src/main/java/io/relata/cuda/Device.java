package io.relata.cuda;

import io.relata.spi.DeviceMemory;
import io.relata.spi.MatmulCall;
import java.lang.foreign.MemorySegment;

/**
 * One CUDA device as the kernels' host code sees it: memory, copies and launches, in the order of
 * the calls on one stream. {@link DriverDevice} is a GPU; the tests have one more, which runs the
 * same kernel sources on the host. All methods may be called from several threads.
 */
interface Device extends AutoCloseable {
  /** Short name, for instance {@code cuda:0}. */
  String id();

  /** One line for logs. */
  String description();

  /** The device's allocator. */
  DeviceMemory memory();

  /** Multiprocessors, by which grids are sized. */
  int multiprocessors();

  /** Most shared memory that a block may ask for without opting in, in bytes. */
  int sharedBytesPerBlock();

  /** Copies {@code host.byteSize()} bytes to the device; the host memory may be reused at once. */
  void copyIn(MemorySegment host, long to);

  /** Copies {@code host.byteSize()} bytes from the device, after all work so far. */
  void copyOut(long from, MemorySegment host);

  /** Copies inside the device, in stream order. */
  void copy(long from, long to, long bytes);

  /** Sets bytes to 0, in stream order. */
  void zero(long at, long bytes);

  /** Memory for the next launches, reused in stream order once it is closed. */
  Temporary temporary(long bytes);

  /**
   * Runs a kernel in stream order.
   *
   * @param kernel name of the KERNEL in the sources
   * @param block threads of a block, a multiple of 32, at most 1024
   * @param sharedBytes dynamic shared memory of a block
   * @param arguments the kernel's struct
   */
  void launch(
      String kernel,
      int gridX,
      int gridY,
      int gridZ,
      int block,
      int sharedBytes,
      Arguments arguments);

  /**
   * A matrix product, or with arrays of three axes a batch of them, by a library, in stream order.
   *
   * @return false, with nothing done, where there is none for it
   */
  default boolean multiply(MatmulCall call) {
    return false;
  }

  /** Waits for all work so far. */
  void synchronize();

  @Override
  void close();

  /** Scratch memory that kernels use in stream order. */
  interface Temporary extends AutoCloseable {
    /** Where it starts, aligned to 256 bytes. */
    long address();

    /** Gives it back; launches so far may still use it. */
    @Override
    void close();
  }

  /**
   * What every device refuses: a launch that no GPU accepts, or that kernels are not written for.
   */
  static void checkLaunch(
      String kernel, int gridX, int gridY, int gridZ, int block, int sharedBytes, int most) {
    if (gridX < 1 || gridY < 1 || gridY > 65535 || gridZ < 1 || gridZ > 65535) {
      throw new IllegalArgumentException(
          "%s: grid (%d, %d, %d) is outside (1..2^31-1, 1..65535, 1..65535)"
              .formatted(kernel, gridX, gridY, gridZ));
    }
    if (block < 32 || block > 1024 || block % 32 != 0) {
      throw new IllegalArgumentException(
          "%s: %d threads are no multiple of 32 up to 1024".formatted(kernel, block));
    }
    if (sharedBytes < 0 || sharedBytes > most) {
      throw new IllegalArgumentException(
          "%s: %d bytes of shared memory, at most %d".formatted(kernel, sharedBytes, most));
    }
  }
}
