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
  private final DenseKernels dense;
  private final GraphKernels graph;

  /** A backend of these kernels; it closes the device when it is closed. */
  CudaBackend(Device device, DenseKernels dense, GraphKernels graph) {
    this.device = device;
    this.dense = dense;
    this.graph = graph;
  }

  /** The backend of a device. */
  static CudaBackend on(Device device) {
    return new CudaBackend(device, new CudaDenseKernels(device), new CudaGraphKernels(device));
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

  @Override
  public void close() {
    device.close();
  }
}
