package io.relata.cpu;

import io.relata.spi.Array;
import io.relata.spi.Backend;
import io.relata.spi.DenseKernels;
import io.relata.spi.DeviceMemory;
import io.relata.spi.GraphKernels;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.function.IntConsumer;

/** The host's memory and the kernels that run on its cores. */
public final class CpuBackend implements Backend {
  private final Workers workers;
  private final String description;
  private final DeviceMemory memory;
  private final DenseKernels dense;
  private final GraphKernels graph;

  /** A backend of these kernels; it closes the workers when it is closed. */
  public CpuBackend(
      Workers workers,
      String description,
      DeviceMemory memory,
      DenseKernels dense,
      GraphKernels graph) {
    this.workers = workers;
    this.description = description;
    this.memory = memory;
    this.dense = dense;
    this.graph = graph;
  }

  @Override
  public String id() {
    return CpuBackendProvider.ID;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public DeviceMemory memory() {
    return memory;
  }

  @Override
  public void copyIn(MemorySegment host, Array to) {
    MemorySegment.copy(host, 0, Native.ALL, to.address(), to.bytes());
    Reference.reachabilityFence(to);
  }

  @Override
  public void copyOut(Array from, MemorySegment host) {
    MemorySegment.copy(Native.ALL, from.address(), host, 0, from.bytes());
    Reference.reachabilityFence(from);
  }

  @Override
  public DenseKernels dense() {
    return dense;
  }

  @Override
  public GraphKernels graph() {
    return graph;
  }

  @Override
  public void forEach(int tasks, IntConsumer body) {
    workers.forEach(tasks, body);
  }

  @Override
  public void close() {
    workers.close();
  }
}
