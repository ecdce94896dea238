/**
 * Kernels on dense arrays. {@link io.relata.cpu.dense.CpuDenseKernels} cuts the work into pieces
 * that depend on sizes alone and hands them to loops: {@code Plain…} ones for every element type,
 * templates that are copied for each operation, and {@code Vector…} ones for the hot cases of
 * FLOAT32.
 */
package io.relata.cpu.dense;
