package io.relata.spi;

import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/** Memory and kernels of one device. All methods may be called from several threads at once. */
public interface Backend extends AutoCloseable {
  /** Short name, for instance {@code cpu} or {@code cuda:0}. */
  String id();

  /** One line for logs: device, kernels, threads. */
  String description();

  /** The device's plain allocator. */
  DeviceMemory memory();

  /** Copies host memory into an array of the same number of bytes. */
  void copyIn(MemorySegment host, Array to);

  /** Copies an array into host memory of the same number of bytes, waiting for pending work. */
  void copyOut(Array from, MemorySegment host);

  /** Kernels on dense arrays. */
  DenseKernels dense();

  /** Kernels on index structures. */
  GraphKernels graph();

  /**
   * Runs {@code body} for 0 to {@code tasks - 1} on the backend's host threads and returns when all
   * are done; for plugins' kernels that compute on the host. Which thread runs a task, and when,
   * must not matter to the result.
   */
  default void forEach(int tasks, IntConsumer body) {
    for (int i = 0; i < tasks; i++) {
      body.accept(i);
    }
  }

  @Override
  void close();
}
