package io.relata.cpu.graph;

import io.relata.spi.FeaturePlan;

/**
 * A plan turned around: output o sums the entries {@code starts[o]} to {@code starts[o + 1]}, in
 * ascending position.
 *
 * @param starts (outSize + 1)
 * @param lhs where an entry reads the left operand
 * @param rhs where an entry reads the right operand
 */
record PositionTable(int[] starts, int[] lhs, int[] rhs) {
  static PositionTable of(FeaturePlan plan) {
    int[] starts = new int[plan.outSize() + 1];
    for (int j = 0; j < plan.count(); j++) {
      starts[plan.outOffset(j) + 1]++;
    }
    for (int o = 0; o < plan.outSize(); o++) {
      starts[o + 1] += starts[o];
    }
    int[] next = starts.clone();
    int[] lhs = new int[plan.count()];
    int[] rhs = new int[plan.count()];
    for (int j = 0; j < plan.count(); j++) {
      int at = next[plan.outOffset(j)]++;
      lhs[at] = plan.lhsOffset(j);
      rhs[at] = plan.rhsSize() == 0 ? 0 : plan.rhsOffset(j);
    }
    return new PositionTable(starts, lhs, rhs);
  }
}
