package io.relata.cuda;

import static io.relata.cuda.DenseFixture.random;

import io.relata.DType;
import io.relata.spi.AffineCall;
import io.relata.spi.Array;
import io.relata.spi.UnaryOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What layers and their losses do in one call gives the CPU's numbers. */
class DenseLayerTest {
  @RegisterExtension static final DenseFixture fixture = new DenseFixture();

  private static double tolerance(DType type) {
    return type == DType.FLOAT32 ? 2e-6 : 1e-14;
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void anyNumberOfAddendsThenBiasAndActivation(DType type) {
    UnaryOp[] activations = {
      null,
      UnaryOp.RELU,
      UnaryOp.LEAKY_RELU,
      UnaryOp.ELU,
      UnaryOp.SIGMOID,
      UnaryOp.TANH,
      UnaryOp.SQUARE
    };
    int seed = 0;
    for (long[] s : new long[][] {{0, 3}, {3, 0}, {1, 1}, {5, 3}, {40, 33}, {300, 64}}) {
      for (int count = 0; count < 6; count++) {
        for (boolean accumulate : new boolean[] {false, true}) {
          if (count == 0 && !accumulate) {
            continue;
          }
          UnaryOp activation = activations[seed++ % activations.length];
          boolean biased = seed % 3 != 0;
          List<Array> operands = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            operands.add(random(type, seed + i, s));
          }
          operands.add(random(type, 90, s[1]));
          operands.add(random(type, 91, s));
          int n = count;
          fixture.check(
              activation + " of " + count + " addends, " + accumulate + ", " + biased,
              tolerance(type),
              (k, a) ->
                  k.affine(
                      new AffineCall(
                          List.of(),
                          Arrays.asList(a).subList(0, n),
                          accumulate,
                          biased ? a[n] : null,
                          activation,
                          0.3,
                          a[n + 1])),
              operands.toArray(Array[]::new));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void productsComeFirst(DType type) {
    fixture.check(
        "two products, one turned, an addend, bias, relu",
        tolerance(type) * 10,
        (k, a) ->
            k.affine(
                new AffineCall(
                    List.of(
                        new AffineCall.Factors(a[0], a[1], false),
                        new AffineCall.Factors(a[2], a[3], true)),
                    List.of(a[4]),
                    false,
                    a[5],
                    UnaryOp.RELU,
                    0,
                    a[6])),
        random(type, 1, 50, 7),
        random(type, 2, 7, 9),
        random(type, 3, 50, 5),
        random(type, 4, 9, 5),
        random(type, 5, 50, 9),
        random(type, 6, 9),
        random(type, 7, 50, 9));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void crossEntropyOfRowsAndItsGradient(DType type) {
    for (DType integer : new DType[] {DType.INT32, DType.INT64}) {
      for (long[] s : new long[][] {{0, 4}, {1, 1}, {7, 3}, {50, 32}, {50, 33}, {2, 1025}}) {
        // Row 1 holds a NaN, row 2 large numbers, row 3 is all -inf.
        Array x =
            DenseFixture.of(
                type,
                i ->
                    switch ((int) (i / s[1])) {
                      case 1 -> i % s[1] == s[1] / 2 ? Double.NaN : i % 7;
                      case 2 -> 1e4 * (i % 3) - 5e3;
                      case 3 -> Double.NEGATIVE_INFINITY;
                      default -> (i * 7919 % 1000) * 0.01;
                    },
                s);
        Array labels = DenseFixture.of(integer, i -> i * 31 % s[1], s[0]);
        Array share = DenseFixture.of(type, i -> 0.5 + i % 3, s[0]);
        Array out = random(type, 4, s[0]);
        fixture.check(
            "cross-entropy",
            tolerance(type),
            (k, a) -> k.crossEntropy(a[0], a[1], a[2], a[3], a[4]),
            x,
            labels,
            share,
            random(type, 6, s[0], 2),
            out);
        Array gradient = random(type, 5, s);
        fixture.check(
            "its gradient",
            tolerance(type) * 10,
            (k, a) -> {
              k.crossEntropy(a[0], a[1], a[2], a[3], a[4]);
              k.crossEntropyGrad(a[0], a[1], a[3], a[2], a[5]);
            },
            x,
            labels,
            share,
            random(type, 6, s[0], 2),
            out,
            gradient);
      }
    }
  }
}
