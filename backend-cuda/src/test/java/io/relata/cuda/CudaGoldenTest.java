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
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * DGL's numbers from the CUDA kernels as the host's compiler sees them: the groups that reach most
 * kernels. The others pass too, and run where there is a GPU.
 */
class CudaGoldenTest {
  private static final Set<String> GROUPS =
      Set.of("gspmm_gsddmm", "minmax_ties", "edge_softmax_segment", "nn");

  @Test
  void theKernelsGiveDglsNumbers() throws IOException {
    assumeTrue(ShimDevice.isPossible(), "no g++ on the PATH: kernels cannot be compiled for tests");
    Path files =
        ShimCompiler.module()
            .resolveSibling("tck")
            .resolve("src/test/resources/io/relata/tck/golden");
    GoldenReport report =
        GoldenRunner.run(
            GoldenSource.of(files),
            Parity.read(),
            List.of(new Variant("shim", () -> Relata.open(ShimModule.ID))),
            GROUPS::contains);
    for (String group : GROUPS) {
      assertThat(report.failures(group)).as(group).isEmpty();
      assertThat(report.counts().get(group).passed()).as(group).isPositive();
    }
  }
}
