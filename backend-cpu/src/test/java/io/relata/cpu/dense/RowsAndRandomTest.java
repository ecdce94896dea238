package io.relata.cpu.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.cpu.Samples;
import io.relata.cpu.Workers;
import io.relata.spi.Array;
import io.relata.spi.BinaryOp;
import io.relata.spi.DenseKernels;
import io.relata.spi.ReduceOp;
import io.relata.spi.UnaryOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows by index, strided copies, random numbers, and the same bits on any number of threads. */
class RowsAndRandomTest {
  private static final Workers WORKERS = new Workers(3);

  @AfterAll
  static void stop() {
    WORKERS.close();
  }

  private static CpuDenseKernels kernels(boolean vector) {
    return new CpuDenseKernels(WORKERS, vector);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void gatheredRowsAndAddedRows(DType type) {
    for (DType ids : new DType[] {DType.INT32, DType.INT64}) {
      for (long width : new long[] {0, 1, 3, 16, 33, 200}) {
        for (int m : new int[] {0, 1, 700}) {
          Random r = new Random(m);
          Array table = Samples.random(type, 1, 50, width);
          Array index = Samples.of(ids, i -> r.nextInt(50), m);
          Array out = Samples.empty(type, m, width);
          kernels(true).gatherRows(table, index, out);
          for (long i = 0; i < out.size(); i++) {
            long row = (long) Samples.get(index, i / width);
            assertThat(Samples.get(out, i)).isEqualTo(Samples.get(table, row * width + i % width));
          }
          if (type != DType.BOOL && !type.isHalf()) {
            for (boolean vector : new boolean[] {false, true}) {
              checkScatter(type, vector, index, width, m);
            }
          }
        }
      }
    }
  }

  private static void checkScatter(DType type, boolean vector, Array index, long width, int m) {
    Array x = Samples.random(type, 2, m, width);
    Array sums = Samples.random(type, 3, 50, width);
    double[] expected = Samples.values(sums);
    for (int i = 0; i < x.size(); i++) {
      expected[(int) (Samples.get(index, i / width) * width + i % width)] += Samples.get(x, i);
    }
    kernels(vector).scatterAddRows(x, index, sums);
    assertThat(Samples.values(sums))
        .containsExactly(expected, within(type == DType.FLOAT32 ? 1e-4 : 1e-9));
  }

  @Test
  void theFirstIndexOutsideIsFound() {
    for (DType type : new DType[] {DType.INT32, DType.INT64}) {
      Array index = Samples.of(type, i -> i % 10, 60_000);
      assertThat(kernels(true).firstOutside(index, 10)).isEqualTo(-1);
      Samples.set(index, 50_000, 10);
      Samples.set(index, 40_000, -1);
      assertThat(kernels(true).firstOutside(index, 10)).isEqualTo(40_000);
      assertThat(kernels(true).firstOutside(Samples.empty(type, 0), 0)).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void copiesOfBoxes(DType type) {
    Random r = new Random(7);
    for (int trial = 0; trial < 120; trial++) {
      int rank = r.nextInt(5);
      long[] dims = new long[rank];
      for (int i = 0; i < rank; i++) {
        dims[i] = r.nextInt(trial % 10 == 0 ? 1 : 2, trial % 7 == 0 ? 60 / rank : 9);
      }
      Array x = Samples.random(type, trial, dims);
      long[] strides = x.shape().strides();
      // A permutation, some axes flipped, some expanded.
      long start = 0;
      long[] sizes = new long[rank];
      long[] from = new long[rank];
      List<Integer> axes = new ArrayList<>();
      for (int i = 0; i < rank; i++) {
        axes.add(r.nextInt(axes.size() + 1), i);
      }
      for (int i = 0; i < rank; i++) {
        sizes[i] = dims[axes.get(i)];
        from[i] = strides[axes.get(i)];
        if (r.nextInt(4) == 0) {
          from[i] = 0;
        } else if (r.nextInt(4) == 0) {
          start += from[i] * (sizes[i] - 1);
          from[i] = -from[i];
        }
      }
      Array out = Samples.empty(type, sizes);
      long[] to = out.shape().strides();
      kernels(true).copy(sizes, x, start, from, out, 0, to);
      for (long i = 0; i < out.size(); i++) {
        long rest = i;
        long at = start;
        for (int a = 0; a < rank; a++) {
          at += rest / to[a] * from[a];
          rest %= to[a];
        }
        assertThat(Samples.get(out, i)).isEqualTo(Samples.get(x, at));
      }
    }
  }

  @Test
  void aSliceIsWrittenAndTheRestIsLeft() {
    Array out = Samples.of(DType.INT32, i -> -1, 4, 6);
    Array x = Samples.of(DType.INT32, i -> i, 2, 3);
    kernels(true).copy(new long[] {2, 3}, x, 0, new long[] {3, 1}, out, 8, new long[] {6, 1});
    assertThat(Samples.values(out.reshape(io.relata.Shape.of(24))))
        .containsExactly(
            -1, -1, -1, -1, -1, -1, -1, -1, 0, 1, 2, -1, -1, -1, 3, 4, 5, -1, -1, -1, -1, -1, -1,
            -1);
  }

  @Test
  void aLargeTransposition() {
    Array x = Samples.random(DType.FLOAT32, 1, 300, 411);
    Array out = Samples.empty(DType.FLOAT32, 411, 300);
    kernels(true)
        .copy(new long[] {411, 300}, x, 0, new long[] {1, 411}, out, 0, new long[] {300, 1});
    for (int i = 0; i < 411; i++) {
      for (int j = 0; j < 300; j++) {
        assertThat(Samples.get(out, i * 300 + j)).isEqualTo(Samples.get(x, j * 411 + i));
      }
    }
  }

  @Test
  void philoxGivesThePublishedWords() {
    int[] out = new int[4];
    Philox.words(0, 0, 0, 1, out);
    assertThat(out).containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    Philox.words(-1, -1, -1, 1, out);
    assertThat(out).containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    Philox.words(0x299f31d0a4093822L, 0x0370734413198a2eL, 0x85a308d3243f6a88L, 1, out);
    assertThat(out).containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 7, 33, 1000, 100_003})
  void uniformNumbersComeFromTheirWords(long n) {
    int[] words = new int[4];
    Array out = Samples.empty(DType.FLOAT32, n);
    kernels(true).uniform(42, 7, -2, 3, out);
    for (int i = 0; i < n; i++) {
      Philox.words(42, 7, i / 4, 1, words);
      assertThat(Samples.get(out, i)).isEqualTo((float) (-2 + (words[i % 4] >>> 8) * 0x1p-24 * 5));
    }
    Array real = Samples.empty(DType.FLOAT64, n);
    kernels(true).uniform(42, 7, 0, 1, real);
    for (int i = 0; i < n; i++) {
      Philox.words(42, 7, i / 4, 1, words);
      assertThat(Samples.get(real, i)).isEqualTo((words[i % 4] & 0xFFFFFFFFL) * 0x1p-32);
    }
  }

  @Test
  void normalNumbersHaveTheirMoments() {
    for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      Array out = Samples.empty(type, 100_003);
      kernels(true).normal(1, 2, 3, 2, out);
      double mean = 0;
      double square = 0;
      for (double v : Samples.values(out)) {
        assertThat(v).isFinite();
        mean += v / 100_003;
        square += (v - 3) * (v - 3) / 100_003;
      }
      assertThat(mean).isCloseTo(3, within(0.03));
      assertThat(square).isCloseTo(4, within(0.08));
    }
  }

  @Test
  void dropoutKeepsWhereTheUniformNumberIsAtLeastP() {
    for (boolean vector : new boolean[] {false, true}) {
      for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
        for (double p : new double[] {0, 0.3, 0.5, 1}) {
          Array x = Samples.random(type, 1, 50_001);
          Array u = Samples.empty(type, 50_001);
          Array out = Samples.empty(type, 50_001);
          kernels(vector).uniform(9, 4, 0, 1, u);
          kernels(vector).dropout(x, p, 9, 4, out);
          for (int i = 0; i < 50_001; i++) {
            double expected = Samples.get(u, i) >= p ? Samples.get(x, i) / (1 - p) : 0;
            assertThat(Samples.get(out, i)).isCloseTo(expected, within(1e-6));
          }
        }
      }
    }
  }

  @Test
  void resultsDoNotDependOnTheNumberOfThreads() {
    for (boolean vector : new boolean[] {false, true}) {
      List<byte[]> first = null;
      for (int threads : new int[] {1, 2, 3, 8}) {
        try (Workers workers = new Workers(threads)) {
          List<byte[]> found = everything(new CpuDenseKernels(workers, vector));
          if (first != null) {
            for (int i = 0; i < found.size(); i++) {
              assertThat(found.get(i))
                  .as("result %d, %d threads", i, threads)
                  .isEqualTo(first.get(i));
            }
          }
          first = found;
        }
      }
    }
  }

  private static List<byte[]> everything(DenseKernels k) {
    List<byte[]> results = new ArrayList<>();
    Array x = Samples.random(DType.FLOAT32, 1, 100_003);
    Array out = Samples.empty(DType.FLOAT32, 100_003);
    for (UnaryOp op : new UnaryOp[] {UnaryOp.EXP, UnaryOp.TANH, UnaryOp.RELU}) {
      k.unary(op, x, 0, 0, out);
      results.add(Samples.bytes(out));
    }
    k.binary(BinaryOp.MUL, x, x, 0, out);
    results.add(Samples.bytes(out));
    Array one = Samples.empty(DType.FLOAT32, 1);
    k.reduce(ReduceOp.SUM, x, 1, 100_003, 1, one);
    results.add(Samples.bytes(one));
    Array table = Samples.random(DType.FLOAT32, 2, 3000, 40);
    Array columns = Samples.empty(DType.FLOAT32, 40);
    k.reduce(ReduceOp.SUM, table, 1, 3000, 40, columns);
    results.add(Samples.bytes(columns));
    for (long width : new long[] {2, 40}) {
      Array rows = Samples.random(DType.FLOAT32, 3, 120_000 / width, width);
      Array index = Samples.of(DType.INT32, i -> i * 7919 % 100, 120_000 / width);
      Array sums = Samples.of(DType.FLOAT32, i -> 0, 100, width);
      k.scatterAddRows(rows, index, sums);
      results.add(Samples.bytes(sums));
    }
    k.normal(5, 6, 0, 1, out);
    results.add(Samples.bytes(out));
    k.dropout(x, 0.4, 5, 6, out);
    results.add(Samples.bytes(out));
    return results;
  }
}
