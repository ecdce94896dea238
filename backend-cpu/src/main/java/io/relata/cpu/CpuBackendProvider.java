package io.relata.cpu;

import io.relata.cpu.dense.CpuDenseKernels;
import io.relata.cpu.graph.CpuGraphKernels;
import io.relata.spi.Backend;
import io.relata.spi.BackendOptions;
import io.relata.spi.BackendProvider;
import io.relata.spi.DeviceMemory;
import io.relata.spi.Probe;

/** The backend that works everywhere. */
public final class CpuBackendProvider implements BackendProvider {
  static final String ID = "cpu";

  @Override
  public String id() {
    return ID;
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Probe probe() {
    return new Probe.Available(
        description(KernelChoice.detect(), Runtime.getRuntime().availableProcessors()));
  }

  @Override
  public Backend open(BackendOptions options) {
    KernelChoice choice = KernelChoice.detect();
    choice.log();
    Workers workers = new Workers(options.threads());
    DeviceMemory memory = HostMemory.ofMachine();
    return new CpuBackend(
        workers,
        description(choice, options.threads()),
        memory,
        new CpuDenseKernels(workers, choice.vector()),
        new CpuGraphKernels(workers, memory, choice.vector()));
  }

  private static String description(KernelChoice choice, int threads) {
    return "CPU, "
        + choice.kernels()
        + ", OpenBLAS for matrix products, "
        + threads
        + (threads == 1 ? " thread" : " threads");
  }
}
