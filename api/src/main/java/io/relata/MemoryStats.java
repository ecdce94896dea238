package io.relata;

/**
 * What a runtime's pool holds.
 *
 * @param live bytes in blocks that tensors use
 * @param cached bytes in blocks that wait for reuse
 * @param peak the largest {@code live} so far
 * @param requests blocks asked for so far
 * @param fresh how many of these the backend had to allocate
 * @param blocks blocks that tensors use
 */
public record MemoryStats(
    long live, long cached, long peak, long requests, long fresh, int blocks) {}
