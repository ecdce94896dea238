package io.relata.spi;

import java.lang.foreign.MemorySegment;

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

  @Override
  void close();
}
