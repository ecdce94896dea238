package io.relata.plugin.float64;

import io.relata.DType;
import io.relata.spi.Backend;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.KernelProvider;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.SpmmKernel;
import io.relata.spi.SpmmSignature;
import io.relata.spi.Target;
import java.util.Optional;

/**
 * Offers sums and means of copied FLOAT64 rows on the CPU, where the JVM has the vector module. The
 * backend's own kernels compute FLOAT64 a number at a time; the package documentation says what
 * this one is worth.
 */
public final class Float64Kernels implements KernelProvider {
  /** Name in explanations. */
  public static final String ID = "float64";

  @Override
  public String id() {
    return ID;
  }

  @Override
  public int priority() {
    return 10;
  }

  @Override
  public Optional<SpmmKernel> spmm(SpmmSignature signature, Backend backend) {
    boolean fits =
        signature.backend().equals("cpu")
            && signature.op() == MessageOp.COPY
            // Gradients also ask for sums of the destination's own row: not this kernel's business.
            && signature.lhs() != Target.V
            && signature.dtype() == DType.FLOAT64
            && signature.layout() == Layout.SAME
            && (signature.reducer() == Reducer.SUM || signature.reducer() == Reducer.MEAN);
    // Without the module the kernel's class could not even be loaded.
    return fits && ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        ? Optional.of(new CopySum(backend))
        : Optional.empty();
  }
}
