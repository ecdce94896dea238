package io.relata.cpu.graph;

import io.relata.spi.FeaturePlan;
import io.relata.spi.WinnerGradCall;

/**
 * Addresses, sizes and the plan by table of a gradient of max or min.
 *
 * @param rhs 0 where there is none
 */
record WinnerTask(
    long sources,
    long winners,
    long gradient,
    long lhs,
    long rhs,
    long out,
    int lhsSize,
    int rhsSize,
    int outSize,
    int[] lhsOffsets,
    int[] rhsOffsets,
    int[] outOffsets) {

  static WinnerTask of(WinnerGradCall call) {
    FeaturePlan plan = call.plan();
    int[] lhs = new int[plan.count()];
    int[] rhs = new int[plan.count()];
    int[] out = new int[plan.count()];
    for (int j = 0; j < plan.count(); j++) {
      lhs[j] = plan.lhsOffset(j);
      rhs[j] = plan.rhsSize() == 0 ? 0 : plan.rhsOffset(j);
      out[j] = plan.outOffset(j);
    }
    return new WinnerTask(
        call.sources().address(),
        call.winners().address(),
        call.gradient().address(),
        call.lhs().data().address(),
        call.rhs() == null ? 0 : call.rhs().data().address(),
        call.out().address(),
        plan.lhsSize(),
        plan.rhsSize(),
        plan.outSize(),
        lhs,
        rhs,
        out);
  }
}
