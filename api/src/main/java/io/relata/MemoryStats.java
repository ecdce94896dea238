package io.relata;

/**
 * What a runtime holds of its device's memory.
 *
 * @param live bytes in blocks that tensors use
 * @param cached bytes in blocks that wait for reuse
 * @param backend bytes that the backend took for itself: scratch of kernels, tables, plans of
 *     graphs; 0 where it counts none
 * @param peak the largest {@link #used} so far
 * @param requests blocks asked for so far
 * @param fresh how many of these the backend had to allocate
 * @param blocks blocks that tensors use
 */
public record MemoryStats(
    long live, long cached, long backend, long peak, long requests, long fresh, int blocks) {

  /** Bytes in use: those of tensors and of the backend. */
  public long used() {
    return live + backend;
  }
}
