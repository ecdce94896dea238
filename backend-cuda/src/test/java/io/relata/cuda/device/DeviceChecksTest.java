package io.relata.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.relata.Relata;
import io.relata.RelataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks for devices hold where there is none: their constants, and small on the shim. */
class DeviceChecksTest {
  @TempDir private Path folder;

  private static Relata shim() {
    try {
      return Relata.open("cuda-shim");
    } catch (RelataException e) {
      assumeTrue(false, "no g++ on the PATH: kernels cannot be compiled for tests");
      throw e;
    }
  }

  @Test
  void theExpectedRandomNumbersAreTheCpus() {
    try (Relata cpu = Relata.open("cpu")) {
      assertThat(DeviceChecks.random(cpu)).isEqualTo(DeviceChecks.RANDOM);
    }
  }

  @Test
  void theKernelsMakeTheSameRandomNumbers() {
    try (Relata shim = shim()) {
      assertThat(DeviceChecks.random(shim)).isEqualTo(DeviceChecks.RANDOM);
    }
  }

  @Test
  void networksGiveTheSameBitsTwiceAndMemoryStaysFlat() {
    try (Relata shim = shim()) {
      assertThat(DeviceChecks.training(shim, 1)).isEqualTo(DeviceChecks.training(shim, 1));
      assertThat(DeviceChecks.leak(shim, 20)).containsEntry("flat", true);
    }
  }

  @Test
  void aGraphFileHoldsLittleEndianNumbers() throws Exception {
    RandomGraph g = RandomGraph.of("g", 50, 3_000);
    g.write(folder);
    byte[] bytes = Files.readAllBytes(folder.resolve("g.dst"));
    assertThat(bytes).hasSize(12_000);
    assertThat(bytes[0] & 0xff | (bytes[1] & 0xff) << 8).isEqualTo(g.dst()[0]);
    assertThat(Arrays.stream(g.src()).allMatch(v -> v >= 0 && v < 50)).isTrue();
  }
}
