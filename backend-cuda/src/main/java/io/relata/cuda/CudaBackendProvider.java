package io.relata.cuda;

import io.relata.spi.Backend;
import io.relata.spi.BackendOptions;
import io.relata.spi.BackendProvider;
import io.relata.spi.Probe;
import jakarta.inject.Inject;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Finds CUDA devices. This version has no kernels for them, so it never answers available; what it
 * found is in the reason.
 */
public final class CudaBackendProvider implements BackendProvider {
  private final Supplier<CudaDevices.Answer> driver;

  @Inject
  CudaBackendProvider() {
    this(new CudaDevices());
  }

  CudaBackendProvider(Supplier<CudaDevices.Answer> driver) {
    this.driver = driver;
  }

  @Override
  public String id() {
    return "cuda";
  }

  @Override
  public int priority() {
    return 100;
  }

  @Override
  public Probe probe() {
    return switch (driver.get()) {
      case CudaDevices.Answer.NoDriver(String reason) ->
          new Probe.Unavailable(
              "the NVIDIA driver's library cannot be loaded (" + reason + ")",
              "install an NVIDIA driver on a machine with a CUDA device, or leave this jar out");
      case CudaDevices.Answer.Refused(String reason) ->
          new Probe.Unavailable(
              "the NVIDIA driver is there but answers " + reason,
              "see whether nvidia-smi works, and whether CUDA_VISIBLE_DEVICES hides the device");
      case CudaDevices.Answer.Devices d ->
          new Probe.Unavailable(
              "found "
                  + d.devices().stream()
                      .map(CudaDevices.Device::toString)
                      .collect(Collectors.joining(", "))
                  + ", driver for CUDA "
                  + d.driverVersion() / 1000
                  + "."
                  + d.driverVersion() % 1000 / 10
                  + ", but this version has no CUDA kernels yet",
              "run on the CPU backend");
    };
  }

  @Override
  public Backend open(BackendOptions options) {
    throw new IllegalStateException("The CUDA backend has no kernels yet; its probe says so");
  }
}
