package io.relata.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NativeTest {
  @Test
  void aRowLiesItsNumberTimesItsBytesBehindTheTable() {
    long table = Native.address(0x7fff_ffff_f000L);
    long bytes = Native.rowBytes(Native.MOST_ROW_BYTES);
    assertThat(Native.row(table, 0, bytes)).isEqualTo(table);
    assertThat(Native.row(table, Integer.MAX_VALUE, bytes))
        .isEqualTo(table + Integer.MAX_VALUE * Native.MOST_ROW_BYTES);
  }

  @Test
  void theLastRowOfTheLongestTableIsStillWithinReach() {
    long furthest = Native.row(Native.address(-1), -1, Native.rowBytes(-1));
    assertThat(furthest).isPositive().isLessThan(Long.MAX_VALUE - (1L << 31));
  }
}
