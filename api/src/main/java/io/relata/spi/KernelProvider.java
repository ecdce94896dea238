package io.relata.spi;

import java.util.Optional;

/**
 * A plugin that offers a better kernel for some sparse products; bound in a {@link RelataModule}.
 */
public interface KernelProvider {
  /** Name for {@code explain}, logs and errors, different from that of every other plugin. */
  String id();

  /**
   * The highest priority wins, of equal ones the smaller id. The backend's own kernels have 0 and
   * come after plugins of 0; a plugin below 0 is never asked.
   */
  int priority();

  /**
   * A kernel for this signature, or empty. Asked once per signature and runtime, also where another
   * plugin of higher priority wins. It must not throw: then the operation fails with an error that
   * names the plugin. The feature width is no part of a signature; a kernel that is not made for
   * every width hands the others to {@code backend.graph().spmm(call)}.
   */
  Optional<SpmmKernel> spmm(SpmmSignature signature, Backend backend);
}
