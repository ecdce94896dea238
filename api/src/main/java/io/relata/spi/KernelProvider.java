package io.relata.spi;

import java.util.Optional;

/**
 * A plugin that offers a better kernel for some sparse products; bound in a {@link RelataModule}.
 */
public interface KernelProvider {
  /** Name for {@code explain} and logs. */
  String id();

  /** The highest priority wins; the backend's own kernels have 0. */
  int priority();

  /** A kernel for this signature, or empty. Asked once per signature and backend. */
  Optional<SpmmKernel> spmm(SpmmSignature signature, Backend backend);
}
