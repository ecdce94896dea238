/**
 * Graph kernels of the CPU. {@link io.relata.cpu.graph.CpuGraphKernels} picks a loop for a call;
 * the {@code Plain…} templates serve both floating types on any JVM, the {@code Vector…} templates
 * FLOAT32 where {@code jdk.incubator.vector} is present. Templates are copied per operation with
 * {@link io.relata.cpu.Specialized}.
 */
package io.relata.cpu.graph;
