package io.relata.cuda;

import static io.relata.cuda.DenseFixture.random;

import io.relata.DType;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random numbers of the GPU are the CPU's, bit for bit. */
class DenseRandomTest {
  private static final long[] SIZES = {0, 1, 2, 3, 31, 32, 33, 1000, 70_001};
  @RegisterExtension static final DenseFixture fixture = new DenseFixture();

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void uniformNumbers(DType type) {
    for (long n : SIZES) {
      for (double[] range : new double[][] {{0, 1}, {-2, 3}, {5, 5}, {1e10, 1e10 + 1}}) {
        fixture.check(
            "uniform",
            0,
            (k, a) -> k.uniform(-5 + n, 1L << 40, range[0], range[1], a[0]),
            DenseFixture.of(type, _ -> 1, n));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void normalNumbers(DType type) {
    for (long n : SIZES) {
      for (double[] shape : new double[][] {{0, 1}, {-3, 0.1}, {1, 0}}) {
        fixture.check(
            "normal",
            0,
            (k, a) -> k.normal(42, n, shape[0], shape[1], a[0]),
            DenseFixture.of(type, _ -> 1, n));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void droppedElements(DType type) {
    for (long n : SIZES) {
      for (double p : new double[] {0, 0.25, 0.5, 0.3, 1}) {
        // Scales are rounded before they multiply floats, as in the CPU's vector kernel.
        boolean exact = type == DType.FLOAT64 || p != 0.3;
        fixture.check(
            "dropout " + p,
            exact && p != 0.25 ? 0 : 1e-6,
            (k, a) -> k.dropout(a[0], p, 7, 9, a[1]),
            random(type, 1, n),
            DenseFixture.of(type, _ -> 1, n));
      }
    }
  }
}
