package io.relata.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.RelataException;
import io.relata.Shape;
import io.relata.spi.FeaturePlan;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How rows meet, position by position; made anew each time, past the table of known ones. */
class MessageShapeTest {
  private static MessageShape of(MessageOp op, Shape left, Shape right) {
    return MessageShape.make("here", op, left, right);
  }

  private static int[][] offsets(FeaturePlan p) {
    return new int[][] {
      IntStream.range(0, p.count()).map(p::lhsOffset).toArray(),
      IntStream.range(0, p.count()).map(p::rhsOffset).toArray(),
      IntStream.range(0, p.count()).map(p::outOffset).toArray()
    };
  }

  @Test
  void copyTakesTheLeftRowAsItIs() {
    MessageShape s = of(MessageOp.COPY, Shape.of(2, 3), Shape.of());
    assertThat(s.feature()).isEqualTo(Shape.of(2, 3));
    assertThat(s.forward()).isEqualTo(FeaturePlan.copy(6));
    assertThat(s.left()).isEqualTo(FeaturePlan.copy(6));
    assertThat(s.right()).isNull();
  }

  @Test
  void operandsReadTheirOneAlongAnAxisOfSizeOneAgainAndAgain() {
    MessageShape s = of(MessageOp.MUL, Shape.of(2, 1, 2), Shape.of(3, 1));
    assertThat(s.feature()).isEqualTo(Shape.of(2, 3, 2));
    int[] left = {0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3};
    int[] right = {0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2};
    int[] all = IntStream.range(0, 12).toArray();
    assertThat(offsets(s.forward())).isDeepEqualTo(new int[][] {left, right, all});
    assertThat(offsets(s.left())).isDeepEqualTo(new int[][] {all, right, left});
    assertThat(offsets(s.right())).isDeepEqualTo(new int[][] {all, left, right});
    assertThat(s.forward().lhsSize()).isEqualTo(4);
    assertThat(s.forward().rhsSize()).isEqualTo(3);
    assertThat(s.forward().outSize()).isEqualTo(12);
  }

  @Test
  void shorterRowsGetOnesInFront() {
    MessageShape s = of(MessageOp.ADD, Shape.of(3), Shape.of(2, 3));
    assertThat(s.feature()).isEqualTo(Shape.of(2, 3));
    assertThat(offsets(s.forward())[0]).containsExactly(0, 1, 2, 0, 1, 2);
    assertThat(offsets(s.forward())[1]).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void dotSumsOverTheLastAxisAndKeepsIt() {
    MessageShape s = of(MessageOp.DOT, Shape.of(2, 3), Shape.of(2, 3));
    assertThat(s.feature()).isEqualTo(Shape.of(2, 1));
    assertThat(s.forward().layout()).isEqualTo(Layout.OUT_GROUPED);
    assertThat(offsets(s.forward())[2]).containsExactly(0, 0, 0, 1, 1, 1);
    // The gradient of a number reaches all that it was summed from.
    assertThat(offsets(s.left())[0]).containsExactly(0, 0, 0, 1, 1, 1);
    assertThat(offsets(s.left())[2]).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void dotOfNumbersIsTheirProduct() {
    assertThat(of(MessageOp.DOT, Shape.of(), Shape.of()).feature()).isEqualTo(Shape.of());
  }

  @Test
  void rowsThatDoNotMeetAreRefused() {
    assertThatThrownBy(() -> of(MessageOp.ADD, Shape.of(2), Shape.of(3)))
        .isInstanceOf(RelataException.class)
        .hasMessageContaining("The features do not broadcast [SHAPE]")
        .hasMessageContaining("sizes after the first axis that agree or are 1");
    // Broadcasting the contracted axis would be a sum of one side, which nobody means.
    assertThatThrownBy(() -> of(MessageOp.DOT, Shape.of(3), Shape.of(1)))
        .isInstanceOf(RelataException.class)
        .hasMessageContaining("equal last sizes")
        .hasMessageContaining("rows of shape (3,) and (1,)");
    assertThatThrownBy(() -> of(MessageOp.DOT, Shape.of(), Shape.of(3)))
        .isInstanceOf(RelataException.class);
    assertThatThrownBy(() -> of(MessageOp.DOT, Shape.of(3), Shape.of()))
        .isInstanceOf(RelataException.class);
  }

  @Test
  void whatIsRememberedIsBounded() {
    MessageShape first = MessageShape.of("here", MessageOp.ADD, Shape.of(7), Shape.of(7));
    assertThat(MessageShape.of("there", MessageOp.ADD, Shape.of(7), Shape.of(7))).isSameAs(first);
    for (int i = 1; i <= 2 * MessageShape.MOST; i++) {
      MessageShape.of("here", MessageOp.COPY, Shape.of(i), Shape.of());
    }
    MessageShape again = MessageShape.of("here", MessageOp.ADD, Shape.of(7), Shape.of(7));
    assertThat(again).isNotSameAs(first).isEqualTo(first);
  }
}
