package io.relata.cpu.graph;

import io.relata.cpu.Native;
import io.relata.spi.Target;

/**
 * What all templates do alike. The first argument of each method is a constant of the copy that
 * calls, so nothing but the chosen branch is left after inlining; comparisons instead of {@code
 * switch}, whose table of enum ordinals the compiler does not fold.
 */
final class EdgeAccess {
  private EdgeAccess() {}

  /** Address of the operand's row for an edge. */
  static long row(Target target, long base, long rowBytes, int v, int u, int edge) {
    if (target == Target.U) {
      return Native.address(base + u * rowBytes);
    }
    if (target == Target.V) {
      return Native.address(base + v * rowBytes);
    }
    return Native.address(base + edge * rowBytes);
  }
}
