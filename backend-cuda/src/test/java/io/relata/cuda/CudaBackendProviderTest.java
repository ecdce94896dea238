package io.relata.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.Relata;
import io.relata.spi.Probe;
import java.util.List;
import org.junit.jupiter.api.Test;

class CudaBackendProviderTest {
  private static Probe.Unavailable probe(CudaDevices.Answer answer) {
    return (Probe.Unavailable) new CudaBackendProvider(() -> answer).probe();
  }

  @Test
  void withoutADriverTheReasonAndTheRemedyAreNamed() {
    Probe.Unavailable p = probe(new CudaDevices.Answer.NoDriver("libcuda.so.1: not found"));
    assertThat(p.reason()).contains("driver's library cannot be loaded", "libcuda.so.1");
    assertThat(p.remedy()).contains("install an NVIDIA driver");
  }

  @Test
  void aRefusingDriverIsQuoted() {
    assertThat(probe(new CudaDevices.Answer.Refused("CUDA_ERROR_NO_DEVICE")).reason())
        .contains("CUDA_ERROR_NO_DEVICE");
  }

  private static CudaDevices.Device device(int ordinal, int major, int minor) {
    return new CudaDevices.Device(ordinal, "NVIDIA X", major, minor, 1L << 30, 80, 49152);
  }

  private static Probe devices(int driver, CudaDevices.Device... devices) {
    return new CudaBackendProvider(() -> new CudaDevices.Answer.Devices(driver, List.of(devices)))
        .probe();
  }

  @Test
  void aFoundDeviceIsDescribed() {
    assertThat(devices(13000, device(0, 9, 0)))
        .isEqualTo(
            new Probe.Available(
                "NVIDIA X (compute capability 9.0, 1024 MiB), driver for CUDA 13.0"));
  }

  @Test
  void severalDevicesAreNumberedAndOneThatSuitsIsEnough() {
    assertThat(devices(12060, device(0, 7, 0), device(1, 7, 5)))
        .isInstanceOfSatisfying(
            Probe.Available.class,
            p ->
                assertThat(p.description())
                    .contains("cuda:0 NVIDIA X (compute capability 7.0", "cuda:1 NVIDIA X"));
  }

  @Test
  void anOldDriverAndAnOldDeviceAreRefusedWithTheReason() {
    assertThat(((Probe.Unavailable) devices(11080, device(0, 9, 0))).reason())
        .contains("driver for CUDA 11.8", "need a driver for CUDA 12.0");
    assertThat(((Probe.Unavailable) devices(12000, device(0, 7, 0))).reason())
        .contains("compute capability 7.0", "need compute capability 7.5");
  }

  @Test
  void theDevicesAreCountedForTheChoiceByNumber() {
    assertThat(
            new CudaBackendProvider(
                    () ->
                        new CudaDevices.Answer.Devices(
                            12000, List.of(device(0, 8, 0), device(1, 8, 0))))
                .devices())
        .isEqualTo(2);
    assertThat(new CudaBackendProvider(() -> new CudaDevices.Answer.Refused("x")).devices())
        .isZero();
  }

  @Test
  void theRealProbeNeverThrowsAndShowsInTheDiagnosis() {
    assertThat(new CudaBackendProvider().probe()).isNotNull();
    assertThat(Relata.diagnose()).contains("cuda: not available");
  }
}
