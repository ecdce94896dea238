package io.relata.cpu.graph;

import io.relata.cpu.Native;
import io.relata.spi.FeaturePlan;
import java.util.ArrayList;
import java.util.List;

/** Cuts a plan's columns into passes of vector loops. */
final class VectorPasses {
  private static final int LENGTH = VectorMessage.LENGTH;

  /**
   * Vectors in registers at most, as many as the templates spell out. Two passes over half the
   * columns take longer than one over all: they use half the cache sets and touch every page twice.
   */
  private static final int MOST = 8;

  /**
   * The same where the loop body is larger, with winners or an element of the grouped operand for
   * each vector: C2 stops inlining when a body has too many nodes, and then boxes vectors.
   */
  private static final int MOST_IN_LARGE_BODY = 4;

  /** The same where rows are only copied, if the machine has the registers. */
  private static final int MOST_COPIED = LENGTH == 16 ? 16 : 8;

  /** Vectors of a dot product that are spelled out. */
  private static final int MOST_IN_SUM = 8;

  /** The same where one operand is the row's own. */
  private static final int MOST_IN_ROW_DOT = 16;

  private VectorPasses() {}

  /** True where rows are short enough for {@link Native#row}. */
  static boolean inReach(FeaturePlan plan) {
    long longest = Math.max(plan.outSize(), Math.max(plan.lhsSize(), plan.rhsSize()));
    return 4 * longest <= Native.MOST_ROW_BYTES;
  }

  /** One pass over all groups of a plan that sums, for values per edge. */
  static List<Pass> perEdge(FeaturePlan plan) {
    return plan.layout() == FeaturePlan.Layout.OUT_GROUPED
        ? List.of(new Pass(0, sum(plan.inner())))
        : of(plan, false);
  }

  /** The whole row of a plan with one output, for the loop of its dot products. */
  static List<Pass> rowDot(FeaturePlan plan) {
    int inner = plan.inner();
    return List.of(
        new Pass(0, new Lanes(ceil(inner, LENGTH), LENGTH, inner % LENGTH, false, 1, 1)));
  }

  /** True where that loop covers a plan. */
  static boolean rowDots(FeaturePlan plan) {
    return plan.outSize() == 1 && plan.inner() <= MOST_IN_ROW_DOT * LENGTH;
  }

  /** True where the loop for dot products of several heads covers a plan. */
  static boolean headDots(FeaturePlan plan) {
    int inner = plan.inner();
    return inner > 1
        && Integer.bitCount(inner) == 1
        && plan.count() % LENGTH == 0
        && plan.count() <= MOST_IN_SUM * LENGTH
        && plan.outSize() <= LENGTH;
  }

  /** The whole row of such a plan. */
  static Pass heads(FeaturePlan plan) {
    int share = Math.max(1, plan.inner() / LENGTH);
    int spread = Math.max(1, LENGTH / plan.inner());
    return new Pass(0, new Lanes(plan.count() / LENGTH, LENGTH, 0, false, share, spread));
  }

  /** Columns from {@code column} on, as {@code lanes} says. */
  record Pass(int column, Lanes lanes) {}

  /** Passes over a plan that is a pattern; empty for patterns that vectors do not serve. */
  static List<Pass> of(FeaturePlan plan, boolean best) {
    int most = best ? MOST_IN_LARGE_BODY : MOST;
    List<Pass> passes = new ArrayList<>();
    switch (plan.layout()) {
      case SAME -> columns(passes, 0, plan.count(), most);
      case LHS_GROUPED, RHS_GROUPED ->
          groups(passes, plan.count() / plan.inner(), plan.inner(), most, MOST_IN_LARGE_BODY);
      case OUT_GROUPED -> sums(passes, plan.outSize(), plan.inner());
      case GENERAL -> {}
    }
    return passes;
  }

  /** Passes of the straight loops of sums. */
  static List<Pass> straight(FeaturePlan plan) {
    List<Pass> passes = new ArrayList<>();
    if (plan.layout() == FeaturePlan.Layout.SAME) {
      columns(passes, 0, plan.count(), MOST_COPIED);
      return passes;
    }
    int inner = plan.inner();
    if (inner >= LENGTH) {
      groups(passes, plan.count() / inner, inner, MOST, MOST);
      return passes;
    }
    columns(passes, 0, plan.count(), MOST);
    passes.replaceAll(
        p -> {
          Lanes l = p.lanes();
          Lanes spread = new Lanes(l.vectors(), LENGTH, l.tail(), false, 1, LENGTH / inner);
          return new Pass(p.column(), spread);
        });
    return passes;
  }

  /** Passes of the straight loop of max and min. */
  static List<Pass> copyBest(FeaturePlan plan) {
    List<Pass> passes = new ArrayList<>();
    columns(passes, 0, plan.count(), LENGTH == 16 ? MOST : MOST_IN_LARGE_BODY);
    return passes;
  }

  /**
   * Passes of the loop over winners, all full but the last.
   *
   * @param passedOn the loop reads no other operand
   */
  static List<Pass> winners(int size, boolean passedOn) {
    int width = (passedOn ? MOST : MOST_IN_LARGE_BODY) * LENGTH;
    List<Pass> passes = new ArrayList<>();
    for (int column = 0; column < size; column += width) {
      columns(passes, column, Math.min(size - column, width), MOST);
    }
    return passes;
  }

  /** True where such a pass covers a plan whose other operand is grouped. */
  static boolean winnersShare(FeaturePlan plan) {
    return plan.inner() == plan.outSize()
        || plan.inner() > 1 && Integer.bitCount(plan.inner()) == 1;
  }

  /** True where the straight loop of weighted sums covers a plan. */
  static boolean weighted(FeaturePlan plan) {
    return plan.layout() == FeaturePlan.Layout.RHS_GROUPED
        && (plan.inner() >= LENGTH || plan.inner() > 1 && LENGTH % plan.inner() == 0);
  }

  /** Neighbouring columns that share one element of a grouped operand, or have none. */
  private static void columns(List<Pass> passes, int from, int size, int most) {
    int vectors = ceil(size, LENGTH);
    int each = ceil(vectors, ceil(vectors, most));
    for (int done = 0; done < vectors; done += each) {
      int n = Math.min(each, vectors - done);
      int tail = done + n == vectors ? size % LENGTH : 0;
      passes.add(new Pass(from + done * LENGTH, new Lanes(n, LENGTH, tail, false, most, 1)));
    }
  }

  private static void groups(List<Pass> passes, int groups, int inner, int most, int mostGrouped) {
    int vectors = inner < LENGTH ? 1 : inner / LENGTH;
    if (inner > LENGTH && inner % LENGTH != 0 || vectors > mostGrouped) {
      for (int g = 0; g < groups; g++) {
        columns(passes, g * inner, inner, most);
      }
      return;
    }
    int each = ceil(groups, ceil(groups, mostGrouped / vectors));
    for (int done = 0; done < groups; done += each) {
      int n = Math.min(each, groups - done) * vectors;
      boolean partial = inner < LENGTH;
      Lanes lanes =
          new Lanes(n, partial ? inner : LENGTH, partial ? inner : 0, partial, vectors, 1);
      passes.add(new Pass(done * inner, lanes));
    }
  }

  private static void sums(List<Pass> passes, int groups, int inner) {
    for (int g = 0; g < groups; g++) {
      passes.add(new Pass(g * inner, sum(inner)));
    }
  }

  private static Lanes sum(int inner) {
    int vectors = ceil(inner, LENGTH);
    return new Lanes(vectors > MOST_IN_SUM ? 0 : vectors, LENGTH, inner % LENGTH, false, 1, 1);
  }

  private static int ceil(int a, int b) {
    return (a + b - 1) / b;
  }
}
