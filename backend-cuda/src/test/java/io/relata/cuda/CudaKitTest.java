package io.relata.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.relata.Relata;
import io.relata.tck.BackendTck;

/** The conformance kit on the CUDA kernels as the host's compiler sees them. */
class CudaKitTest extends BackendTck {
  @Override
  protected Relata open() {
    assumeTrue(ShimDevice.isPossible(), "no g++ on the PATH: kernels cannot be compiled for tests");
    return Relata.open(ShimModule.ID);
  }
}
