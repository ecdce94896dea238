package io.relata.cpu.dense;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The functions of {@link BoxMuller} against {@link StrictMath}. */
class BoxMullerTest {
  private static final double NEAR = 1e-15;

  private static boolean close(double x, double expected) {
    return Math.abs(x - expected) <= NEAR * Math.abs(expected);
  }

  @Test
  void logarithmsOfAllMagnitudesOfAWord() {
    Random r = new Random(1);
    for (int i = 0; i < 2_000_000; i++) {
      long word = i < 100_000 ? i : i < 200_000 ? 0x1_0000_0000L - (i - 99_999) : r.nextInt();
      double u = ((word & 0xFFFFFFFFL) + 1) * 0x1p-32;
      assertThat(close(BoxMuller.logOfUnit(u), StrictMath.log(u))).as("log %s", u).isTrue();
    }
    assertThat(BoxMuller.logOfUnit(1)).isEqualTo(0);
  }

  @Test
  void sinesAndCosinesOfAnEighthOfACircle() {
    Random r = new Random(2);
    for (int i = 0; i < 1_000_000; i++) {
      double x = i < 1000 ? i * 1e-9 : r.nextDouble(-Math.PI / 4, Math.PI / 4);
      assertThat(close(BoxMuller.sineNear0(x), StrictMath.sin(x))).as("sin %s", x).isTrue();
      assertThat(close(BoxMuller.cosineNear0(x), StrictMath.cos(x))).as("cos %s", x).isTrue();
    }
  }

  @Test
  void pairsLieAtTheirAngleAndRadius() {
    Random r = new Random(3);
    double[] pair = new double[2];
    for (int i = 0; i < 1_000_000; i++) {
      int first = r.nextInt();
      int second = i < 8 ? i * 0x2000_0000 : r.nextInt();
      BoxMuller.pair(first, second, 0, 1, pair);
      double radius = StrictMath.sqrt(-2 * StrictMath.log(((first & 0xFFFFFFFFL) + 1) * 0x1p-32));
      double angle = 2 * StrictMath.PI * ((second & 0xFFFFFFFFL) * 0x1p-32);
      // The rounding of this angle, not of the pair's, decides how near they can be.
      double near = 2e-15 * radius;
      assertThat(Math.abs(pair[0] - radius * StrictMath.cos(angle))).isLessThanOrEqualTo(near);
      assertThat(Math.abs(pair[1] - radius * StrictMath.sin(angle))).isLessThanOrEqualTo(near);
    }
  }
}
