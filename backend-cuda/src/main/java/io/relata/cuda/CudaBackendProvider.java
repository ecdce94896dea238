package io.relata.cuda;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.spi.Backend;
import io.relata.spi.BackendOptions;
import io.relata.spi.BackendProvider;
import io.relata.spi.Probe;
import jakarta.inject.Inject;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Finds CUDA devices and opens one: the one asked for, else the first in the driver's order that
 * can run the kernels.
 */
public final class CudaBackendProvider implements BackendProvider {
  /** Turing, for which the kernels' PTX is written. */
  static final int LEAST_CAPABILITY = 75;

  /** CUDA 12.0, the first driver that reads the PTX. */
  static final int LEAST_DRIVER = 12000;

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

  private static boolean suits(CudaDevices.Device d) {
    return 10 * d.major() + d.minor() >= LEAST_CAPABILITY;
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
      case CudaDevices.Answer.Devices d -> probe(d);
    };
  }

  private static Probe probe(CudaDevices.Answer.Devices found) {
    List<CudaDevices.Device> devices = found.devices();
    String text =
        devices.stream()
                .map(d -> (devices.size() == 1 ? "" : "cuda:" + d.ordinal() + " ") + d)
                .collect(Collectors.joining(", "))
            + ", driver for CUDA "
            + CudaDevices.version(found.driverVersion());
    if (found.driverVersion() < LEAST_DRIVER) {
      return new Probe.Unavailable(
          "found " + text + ", but the kernels need a driver for CUDA 12.0 or newer",
          "update the NVIDIA driver to version 525 or newer");
    }
    if (devices.stream().noneMatch(CudaBackendProvider::suits)) {
      return new Probe.Unavailable(
          "found " + text + ", but the kernels need compute capability 7.5 or newer",
          "run on the CPU backend, or on a device of the Turing generation or newer");
    }
    return new Probe.Available(text);
  }

  @Override
  public int devices() {
    return driver.get() instanceof CudaDevices.Answer.Devices d ? d.devices().size() : 0;
  }

  @Override
  public Backend open(BackendOptions options) {
    if (!(driver.get() instanceof CudaDevices.Answer.Devices found)) {
      throw new IllegalStateException("no device; the probe says why");
    }
    CudaDevices.Device chosen =
        options.ordinal() >= 0
            ? found.devices().get(options.ordinal())
            : found.devices().stream().filter(CudaBackendProvider::suits).findFirst().orElseThrow();
    if (!suits(chosen)) {
      throw RelataException.of(ErrorId.BACKEND, "The device is too old for the kernels")
          .expected("compute capability 7.5 or newer")
          .found("cuda:" + chosen.ordinal() + " " + chosen)
          .build();
    }
    return new CudaBackend(new DriverDevice(chosen, found.driverVersion()));
  }
}
