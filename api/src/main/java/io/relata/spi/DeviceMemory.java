package io.relata.spi;

/**
 * A backend's plain allocator. Caching, size classes and accounting are the runtime's: it calls
 * this only when its pool has nothing that fits.
 */
public interface DeviceMemory {
  /**
   * Allocates {@code bytes} bytes, aligned to 64, content undefined.
   *
   * @throws OutOfMemoryError when there is no such block
   */
  long allocate(long bytes);

  /** Gives back a block from {@link #allocate}. */
  void release(long address, long bytes);

  /** How many bytes the runtime may hold at most. */
  long capacity();

  /** Bytes that the device itself has free, others' use counted; -1 where that is unknown. */
  default long available() {
    return -1;
  }

  /**
   * Bytes that are allocated now, the runtime's blocks and what the backend took for itself
   * (kernels' scratch, tables, plans of graphs); -1 where it takes nothing worth counting.
   */
  default long allocated() {
    return -1;
  }

  /** Gives back what the backend itself keeps for reuse. */
  default void trim() {}

  /**
   * The runtime says, once, how to free what it keeps for reuse; a backend calls it when there is
   * no memory left for its own needs.
   */
  default void onShortage(Runnable free) {}
}
