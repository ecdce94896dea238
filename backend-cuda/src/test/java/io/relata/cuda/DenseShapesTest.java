package io.relata.cuda;

import static io.relata.cuda.DenseFixture.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.BinaryOp;
import io.relata.spi.ReduceOp;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Dense kernels of the GPU on random shapes give the CPU's numbers. */
class DenseShapesTest {
  private static final DType[] TYPES = {DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64};
  @RegisterExtension static final DenseFixture fixture = new DenseFixture();

  private static double tolerance(DType type) {
    return type == DType.FLOAT32 ? 1e-5 : 1e-12;
  }

  @Test
  void broadcasts() {
    BinaryOp[] ops = {BinaryOp.ADD, BinaryOp.MUL, BinaryOp.MAX, BinaryOp.LT};
    for (int trial = 0; trial < 80; trial++) {
      Random r = new Random(trial);
      int least = trial % 16 == 0 ? 0 : 1;
      long[] dims = new long[r.nextInt(6)];
      Arrays.setAll(dims, i -> r.nextInt(8) == 0 ? 1 : r.nextInt(least, 10));
      DType type = TYPES[r.nextInt(TYPES.length)];
      BinaryOp op = ops[r.nextInt(ops.length)];
      Array x = random(type, 1, part(r, dims));
      Array y = random(type, 2, part(r, dims));
      fixture.check(
          op + " of " + x.shape() + " and " + y.shape() + ", trial " + trial,
          tolerance(type),
          (k, a) -> k.binary(op, a[0], a[1], 0, a[2]),
          x,
          y,
          DenseFixture.of(op.isComparison() ? DType.BOOL : type, _ -> 1, dims));
    }
  }

  /** A shape that broadcasts to {@code dims}: some axes one, some leading ones left out. */
  private static long[] part(Random r, long[] dims) {
    long[] part = dims.clone();
    for (int i = 0; i < part.length; i++) {
      part[i] = r.nextInt(3) == 0 ? 1 : part[i];
    }
    return r.nextInt(3) == 0
        ? Arrays.copyOfRange(part, r.nextInt(part.length + 1), part.length)
        : part;
  }

  @Test
  void reductions() {
    for (int trial = 0; trial < 100; trial++) {
      Random r = new Random(trial);
      long[] s = {size(r), size(r), r.nextBoolean() ? 1 : size(r)};
      while (s[0] * s[1] * s[2] > 60_000) {
        int longest = s[0] >= s[1] && s[0] >= s[2] ? 0 : s[1] >= s[2] ? 1 : 2;
        s[longest] /= 3;
      }
      boolean largest = trial % 2 == 0;
      DType type = TYPES[r.nextInt(TYPES.length)];
      ReduceOp op = r.nextBoolean() ? ReduceOp.SUM : ReduceOp.MAX;
      Array x = random(type, trial, s);
      String what = op + " of " + x.shape() + ", trial " + trial;
      fixture.check(
          what,
          tolerance(type),
          (k, a) -> k.reduce(op, a[0], s[0], s[1], s[2], a[1]),
          x,
          DenseFixture.of(type, _ -> 1, s[0], s[2]));
      if (s[1] > 0) {
        fixture.check(
            "position, " + what,
            0,
            (k, a) -> k.argReduce(largest, a[0], s[0], s[1], s[2], a[1]),
            x,
            DenseFixture.of(DType.INT64, _ -> 1, s[0], s[2]));
      }
    }
  }

  /** Small and large sizes alike. */
  private static long size(Random r) {
    return (long) Math.pow(2, r.nextDouble(0, 13)) - (r.nextInt(20) == 0 ? 1 : 0);
  }

  @Test
  void products() {
    for (int trial = 0; trial < 60; trial++) {
      Random r = new Random(trial);
      long m = r.nextInt(1, 150);
      long n = r.nextInt(1, 150);
      long sum = trial % 10 == 0 ? r.nextInt(1, 3000) : r.nextInt(1, 60);
      boolean tx = r.nextBoolean();
      boolean ty = r.nextBoolean();
      boolean accumulate = r.nextBoolean();
      DType type = TYPES[r.nextInt(2)];
      fixture.check(
          "%d x %d, sums of %d, trial %d".formatted(m, n, sum, trial),
          tolerance(type) * Math.sqrt(sum),
          (k, a) -> k.matmul(a[0], tx, a[1], ty, accumulate, a[2]),
          tx ? random(type, 1, sum, m) : random(type, 1, m, sum),
          ty ? random(type, 2, n, sum) : random(type, 2, sum, n),
          random(type, 3, m, n));
    }
  }

  /** Fused operations would give normal numbers other last bits than the CPU's. */
  @Test
  void randomNumbersAreCompiledWithoutFusedOperations() throws IOException {
    try (InputStream in = DenseShapesTest.class.getResourceAsStream("random.ptx")) {
      String code = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(code).contains("mul.rn.f64").contains("add.rn.f64").doesNotContain("fma");
      // Without a rounding the assembler may fuse them.
      assertThat(code).doesNotContainPattern("(mul|add|sub)\\.f(32|64)");
    }
  }
}
