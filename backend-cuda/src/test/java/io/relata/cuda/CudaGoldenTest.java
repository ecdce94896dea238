package io.relata.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.relata.Relata;
import io.relata.tck.golden.GoldenReport;
import io.relata.tck.golden.GoldenRunner;
import io.relata.tck.golden.GoldenSource;
import io.relata.tck.golden.Parity;
import io.relata.tck.golden.Variant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** DGL's numbers from the CUDA kernels as the host's compiler sees them. */
class CudaGoldenTest {
  @Test
  void theKernelsGiveDglsNumbers() throws IOException {
    assumeTrue(ShimDevice.isPossible(), "no g++ on the PATH: kernels cannot be compiled for tests");
    Path files =
        ShimCompiler.module()
            .resolveSibling("tck")
            .resolve("src/test/resources/io/relata/tck/golden");
    GoldenSource source = GoldenSource.of(files);
    GoldenReport report =
        GoldenRunner.run(
            source,
            Parity.read(),
            List.of(new Variant("shim", () -> Relata.open(ShimModule.ID))),
            _ -> true);
    for (String group : source.groups()) {
      assertThat(report.failures(group)).as(group).isEmpty();
      assertThat(report.counts().get(group).passed()).as(group).isPositive();
    }
  }
}
