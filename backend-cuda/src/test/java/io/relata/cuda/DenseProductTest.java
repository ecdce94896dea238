package io.relata.cuda;

import static io.relata.cuda.DenseFixture.random;

import io.relata.DType;
import io.relata.spi.AdamCall;
import io.relata.spi.Array;
import io.relata.spi.MatmulCall;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Matrix products and Adam of the GPU give the CPU's numbers. */
class DenseProductTest {
  /** (m, n, k): edges of every tile, sums that are cut, and nothing. */
  private static final long[][] SIZES = {
    {0, 3, 2},
    {3, 0, 2},
    {3, 4, 0},
    {1, 1, 1},
    {1, 31, 33},
    {33, 32, 31},
    {64, 64, 16},
    {65, 64, 17},
    {70, 7, 1000},
    {300, 20, 12},
    {200, 33, 40},
    {130, 129, 9},
    {130, 132, 8},
    {4, 4, 5000},
    {17, 3, 70_000}
  };

  @RegisterExtension static final DenseFixture fixture = new DenseFixture();

  private static double tolerance(DType type, long k) {
    return (type == DType.FLOAT32 ? 1e-6 : 1e-14) * Math.sqrt(k + 1) * 4;
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void products(DType type) {
    for (long[] s : SIZES) {
      for (int form = 0; form < 8; form++) {
        boolean tx = (form & 1) != 0;
        boolean ty = (form & 2) != 0;
        boolean accumulate = (form & 4) != 0;
        fixture.check(
            "%d x %d, sums of %d, form %d".formatted(s[0], s[1], s[2], form),
            tolerance(type, s[2]),
            (k, a) -> k.matmul(a[0], tx, a[1], ty, accumulate, a[2]),
            tx ? random(type, 1, s[2], s[0]) : random(type, 1, s[0], s[2]),
            ty ? random(type, 2, s[1], s[2]) : random(type, 2, s[2], s[1]),
            random(type, 3, s[0], s[1]));
      }
    }
  }

  @Test
  void manyTilesTakeTheLargeKernels() {
    for (long n : new long[] {24, 50, 64, 260}) {
      long m = n <= 32 ? 33_000 : n <= 64 ? 33_100 : 11_000;
      fixture.check(
          "large, n = " + n,
          1e-5,
          (k, a) -> k.matmul(a[0], false, a[1], false, false, a[2]),
          random(DType.FLOAT32, 1, m, 8),
          random(DType.FLOAT32, 2, 8, n),
          random(DType.FLOAT32, 3, m, n));
      fixture.check(
          "large, transposed, n = " + n,
          1e-5,
          (k, a) -> k.matmul(a[0], true, a[1], true, true, a[2]),
          random(DType.FLOAT32, 1, 8, m),
          random(DType.FLOAT32, 2, n, 8),
          random(DType.FLOAT32, 3, m, n));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void batches(DType type) {
    for (long[] s : new long[][] {{0, 3, 3, 3}, {1, 5, 4, 3}, {9, 33, 20, 8}, {5, 4, 4, 3000}}) {
      for (int form = 0; form < 4; form++) {
        boolean tx = (form & 1) != 0;
        boolean ty = (form & 2) != 0;
        fixture.check(
            "batch",
            tolerance(type, s[3]),
            (k, a) -> k.batchMatmul(a[0], tx, a[1], ty, true, a[2]),
            tx ? random(type, 1, s[0], s[3], s[1]) : random(type, 1, s[0], s[1], s[3]),
            ty ? random(type, 2, s[0], s[2], s[3]) : random(type, 2, s[0], s[3], s[2]),
            random(type, 3, s[0], s[1], s[2]));
      }
    }
  }

  /** Products of many sizes, types and forms; outputs are parts of one array that is compared. */
  @Test
  void listsOfProducts() {
    Random r = new Random(5);
    int count = 40;
    long[][] sizes = new long[count][];
    for (int i = 0; i < count; i++) {
      sizes[i] = new long[] {r.nextInt(70), r.nextInt(40), i == 7 ? 3000 : r.nextInt(50)};
    }
    for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      long total = IntStream.range(0, count).mapToLong(i -> sizes[i][0] * sizes[i][1]).sum();
      Array x = random(type, 1, 3000 * 70);
      Array y = random(type, 2, 3000 * 40);
      Array out = random(type, 3, total);
      fixture.check(
          "list",
          tolerance(type, 3000),
          (k, a) -> {
            long[] at = {0};
            k.matmulAll(
                IntStream.range(0, count)
                    .mapToObj(
                        i -> {
                          long[] s = sizes[i];
                          boolean tx = i % 2 == 0;
                          boolean ty = i % 3 == 0;
                          Array part = part(a[2], at[0], s[0], s[1]);
                          at[0] += s[0] * s[1];
                          return new MatmulCall(
                              tx ? part(a[0], i, s[2], s[0]) : part(a[0], i, s[0], s[2]),
                              tx,
                              ty ? part(a[1], i, s[1], s[2]) : part(a[1], i, s[2], s[1]),
                              ty,
                              i % 5 == 0,
                              part);
                        })
                    .toList());
          },
          x,
          y,
          out);
    }
  }

  private static Array part(Array a, long from, long... dims) {
    return new Array(
        a.storage(), a.offset() + from * a.dtype().bytes(), a.dtype(), io.relata.Shape.of(dims));
  }

  @Test
  void productsThatAccumulateIntoOneOutputComeOneAfterTheOther() {
    fixture.check(
        "same output",
        1e-4,
        (k, a) -> {
          MatmulCall c = new MatmulCall(a[0], false, a[1], false, true, a[2]);
          k.matmulAll(List.of(c, c, c));
        },
        random(DType.FLOAT32, 1, 9, 600),
        random(DType.FLOAT32, 2, 600, 5),
        random(DType.FLOAT32, 3, 9, 5));
  }

  @Test
  void notANumberSpreadsAlongItsRowAndColumnAlone() {
    Array x = DenseFixture.of(DType.FLOAT32, i -> i == 70 ? Double.NaN : i % 7, 40, 20);
    Array y =
        DenseFixture.of(DType.FLOAT32, i -> i == 5 ? Double.POSITIVE_INFINITY : i % 3 + 1, 20, 30);
    fixture.check(
        "NaN",
        1e-5,
        (k, a) -> k.matmul(a[0], false, a[1], false, false, a[2]),
        x,
        y,
        DenseFixture.of(DType.FLOAT32, i -> i, 40, 30));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void stepsOfAdam(DType type) {
    long[] sizes = {1, 0, 33, 4096, 4097, 20_000};
    for (boolean decoupled : new boolean[] {false, true}) {
      // All four arrays of a parameter are parts of one, so that each is compared.
      fixture.check(
          "adam",
          type == DType.FLOAT32 ? 1e-5 : 1e-13,
          (k, a) ->
              k.adam(
                  IntStream.range(0, sizes.length)
                      .mapToObj(
                          i ->
                              new AdamCall(
                                  part(a[0], 30_000L * i, sizes[i]),
                                  part(a[0], 30_000L * (i + 6), sizes[i]),
                                  part(a[0], 30_000L * (i + 12), sizes[i]),
                                  part(a[0], 30_000L * (i + 18), sizes[i]),
                                  0.01 * (i + 1),
                                  0.9,
                                  0.999,
                                  1e-8,
                                  0.1,
                                  decoupled,
                                  i + 1))
                      .toList()),
          positive(type));
    }
  }

  private static Array positive(DType type) {
    Random r = new Random(1);
    return DenseFixture.of(type, _ -> r.nextDouble(0.1, 2), 30_000 * 24);
  }
}
