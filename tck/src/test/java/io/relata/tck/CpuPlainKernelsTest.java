package io.relata.tck;

import io.relata.Relata;
import io.relata.tck.golden.Variant;

/** The whole kit on the CPU's plain kernels; the classes beside the areas run vector kernels. */
class CpuPlainKernelsTest extends BackendTck {
  @Override
  protected Relata open() {
    return Variant.installed().getLast().opener().get();
  }
}
