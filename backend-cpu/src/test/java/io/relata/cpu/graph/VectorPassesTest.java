package io.relata.cpu.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.spi.FeaturePlan;
import org.junit.jupiter.api.Test;

class VectorPassesTest {
  @Test
  void rowsOfAGigabyteAreOutOfReachOfBoundedAddresses() {
    assertThat(VectorPasses.inReach(FeaturePlan.copy((1 << 28) - 1))).isTrue();
    assertThat(VectorPasses.inReach(FeaturePlan.copy(1 << 28))).isFalse();
  }
}
