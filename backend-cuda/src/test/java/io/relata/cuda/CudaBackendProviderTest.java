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

  @Test
  void aFoundDeviceIsDescribedButNotClaimedToWork() {
    Probe.Unavailable p =
        probe(
            new CudaDevices.Answer.Devices(
                13000, List.of(new CudaDevices.Device("NVIDIA X", 9, 0, 1L << 30))));
    assertThat(p.reason())
        .contains("NVIDIA X (compute capability 9.0, 1024 MiB)", "CUDA 13.0", "no CUDA kernels");
  }

  @Test
  void theRealProbeNeverThrowsAndShowsInTheDiagnosis() {
    assertThat(new CudaBackendProvider().probe()).isNotNull();
    assertThat(Relata.diagnose()).contains("cuda: not available");
  }
}
