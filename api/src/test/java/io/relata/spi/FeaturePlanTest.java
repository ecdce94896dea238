package io.relata.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.spi.FeaturePlan.Layout;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FeaturePlanTest {
  private static int[] every(int n, int inner) {
    return IntStream.range(0, n).map(j -> j / inner).toArray();
  }

  private static void same(FeaturePlan p, int[] l, int[] r, int[] o) {
    for (int j = 0; j < o.length; j++) {
      assertThat(p.lhsOffset(j)).isEqualTo(l[j]);
      assertThat(p.rhsOffset(j)).isEqualTo(r[j]);
      assertThat(p.outOffset(j)).isEqualTo(o[j]);
    }
  }

  @Test
  void patternsAreRecognisedAndMeanTheirTables() {
    int[] all = every(12, 1);
    int[] heads = every(12, 4);
    int[] one = every(12, 12);
    FeaturePlan p = FeaturePlan.of(all, 12, all, 12, all, 12);
    assertThat(p.layout()).isEqualTo(Layout.SAME);
    p = FeaturePlan.of(all, 12, heads, 3, all, 12);
    assertThat(p.layout()).isEqualTo(Layout.RHS_GROUPED);
    assertThat(p.inner()).isEqualTo(4);
    same(p, all, heads, all);
    p = FeaturePlan.of(one, 1, all, 12, all, 12);
    assertThat(p.layout()).isEqualTo(Layout.LHS_GROUPED);
    same(p, one, all, all);
    p = FeaturePlan.of(all, 12, all, 12, heads, 3);
    assertThat(p.layout()).isEqualTo(Layout.OUT_GROUPED);
    same(p, all, all, heads);
  }

  @Test
  void whatIsNoPatternKeepsItsTables() {
    int[] l = {0, 1, 2, 0, 1, 2};
    int[] r = {0, 0, 0, 1, 1, 1};
    int[] o = {0, 1, 2, 3, 4, 5};
    FeaturePlan p = FeaturePlan.of(l, 3, r, 2, o, 6);
    assertThat(p.layout()).isEqualTo(Layout.GENERAL);
    same(p, l, r, o);
  }
}
