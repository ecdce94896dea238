package io.relata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void aScalarHasOneElementAndNoAxes() {
    assertThat(Shape.of().size()).isEqualTo(1);
    assertThat(Shape.of().rank()).isZero();
    assertThat(Shape.of()).hasToString("()");
  }

  @Test
  void negativeAxesCountFromTheEnd() {
    assertThat(Shape.of(2, 3, 4).dim(-1)).isEqualTo(4);
    assertThatThrownBy(() -> Shape.of(2, 3).dim(2)).hasMessageContaining("[AXIS]");
    assertThatThrownBy(() -> Shape.of(2, 3).dim(-3)).hasMessageContaining("[AXIS]");
  }

  @Test
  void broadcastingAlignsAtTheLastAxis() {
    assertThat(Shape.broadcastOrNull(Shape.of(5, 1, 4), Shape.of(3, 1)))
        .isEqualTo(Shape.of(5, 3, 4));
    assertThat(Shape.broadcastOrNull(Shape.of(0), Shape.of(1))).isEqualTo(Shape.of(0));
    assertThat(Shape.broadcastOrNull(Shape.of(2), Shape.of(3))).isNull();
  }

  @Test
  void negativeAndOverflowingSizesAreRefused() {
    assertThatThrownBy(() -> Shape.of(-1)).hasMessageContaining("[SHAPE]");
    assertThatThrownBy(() -> Shape.of(1L << 40, 1L << 40)).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void stridesAreRowMajor() {
    assertThat(Shape.of(2, 3, 4).strides()).containsExactly(12, 4, 1);
  }
}
