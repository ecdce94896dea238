package io.relata.cuda;

import io.relata.spi.Array;
import io.relata.spi.Backend;
import io.relata.spi.DenseKernels;
import io.relata.spi.DeviceMemory;
import io.relata.spi.GraphKernels;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/** A CUDA device's memory and the kernels that run on it. */
final class CudaBackend implements Backend {
  private final Device device;
  private final KnownIntegers known = new KnownIntegers();
  private final CudaDenseKernels dense;
  private final CudaGraphKernels graph;
  private boolean closed;

  /** The backend of a device, which it closes when it is closed. */
  CudaBackend(Device device) {
    this.device = device;
    dense = new CudaDenseKernels(device, known);
    graph = new CudaGraphKernels(device, known);
  }

  @Override
  public String id() {
    return device.id();
  }

  @Override
  public String description() {
    return device.description();
  }

  @Override
  public DeviceMemory memory() {
    return device.memory();
  }

  @Override
  public void copyIn(MemorySegment host, Array to) {
    if (host.byteSize() > 0) {
      device.copyIn(host, to.address());
      known.copied(host, to);
    }
    Reference.reachabilityFence(to);
  }

  @Override
  public void copyOut(Array from, MemorySegment host) {
    if (from.bytes() > 0) {
      device.copyOut(from.address(), host.asSlice(0, from.bytes()));
    }
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

  /** Frees what kernels keep, and closes the device. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      graph.close();
      device.close();
    }
  }
}
