package io.relata.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.MemoryStats;
import io.relata.NoGrad;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.spi.Backend;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole runtime on the driver's stand-in, which runs the real kernels: what is waited for, what
 * memory is counted and given back, and the end of a backend.
 */
class DriverRuntimeTest {
  private static FakeDriver driver;

  @TempDir private Path cache;
  private Relata relata;

  @BeforeAll
  static void load() {
    assumeTrue(ShimDevice.isPossible(), "no g++ on the PATH: the driver's stand-in is not built");
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "JCuda has natives for x86-64 alone");
    driver = new FakeDriver();
  }

  @BeforeEach
  void open() {
    System.setProperty("relata.cuda.cache", cache.toString());
    relata = Relata.open("cuda");
  }

  @AfterEach
  void close() {
    if (relata != null) {
      relata.close();
      assertThat(driver.blocks()).as("blocks that were not given back").isZero();
    }
    System.clearProperty("relata.cuda.cache");
  }

  @Test
  void goodIndicesAreTakenWithoutAWait() {
    Tensor x = relata.arange(0, 1_000, DType.FLOAT32).reshape(100, 10);
    Tensor index = relata.tensor(new int[] {3, 99, 0});
    Tensor labels = relata.tensor(new long[] {1, 9, 2});
    long waits = driver.waits();
    Tensor rows = x.indexSelect(0, index);
    Tensor at = relata.arange(0, 3, DType.INT64).mul(10).add(labels);
    Tensor picked = rows.reshape(30).indexSelect(0, at);
    assertThat(driver.waits()).isEqualTo(waits);
    assertThat(picked.toFloatArray()).containsExactly(31, 999, 2);
  }

  @Test
  void anIndexThatTheDeviceMadeIsLookedAtOnce() {
    Tensor x = relata.arange(0, 100, DType.FLOAT32);
    Tensor made = relata.tensor(new float[] {5, 0, 3}).to(DType.INT64);
    long waits = driver.waits();
    x.indexSelect(0, made);
    assertThat(driver.waits()).isEqualTo(waits + 1);
    x.indexSelect(0, made);
    assertThat(driver.waits()).isEqualTo(waits + 1);
  }

  @Test
  void aBadIndexIsAnErrorOfItsOperationAndNotOfTheDevice() {
    Tensor x = relata.ones(10, 4);
    Tensor index = relata.tensor(new int[] {3, 10});
    assertThatThrownBy(() -> x.indexSelect(0, index))
        .isInstanceOfSatisfying(
            RelataException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.INDEX))
        .hasMessageContaining("position 1");
    assertThat(x.sum().item()).as("the device goes on").isEqualTo(40);
  }

  @Test
  void aTrainingStepOfANetworkWaitsForNothing() {
    int n = 50;
    int[] src = new int[4 * n];
    int[] dst = new int[4 * n];
    Arrays.setAll(src, e -> e * 7 % n);
    Arrays.setAll(dst, e -> e * e % n);
    Adjacency g = Adjacency.of(relata, "g", n, n, src, dst);
    Tensor w = relata.randn(8, 4).requiresGrad(true);
    Tensor x = relata.randn(n, 8);
    Tensor labels = relata.tensor(new long[n]);
    step(g, x, w, labels);
    long waits = driver.waits();
    for (int i = 0; i < 5; i++) {
      step(g, x, w, labels);
    }
    assertThat(driver.waits()).isEqualTo(waits);
    assertThat(w.isFinite().all()).isTrue();
  }

  private void step(Adjacency g, Tensor x, Tensor w, Tensor labels) {
    try (Scope _ = relata.scope()) {
      w.zeroGrad();
      Tensor h = GraphOps.copyReduce(g, Reducer.MEAN, Arg.u(x.matmul(w)));
      Tensor entries =
          h.logSoftmax(1)
              .reshape(h.size())
              .indexSelect(0, relata.arange(0, h.dim(0), DType.INT64).mul(4).add(labels));
      entries.mean().neg().backward();
      relata.backend().dense().axpy(-0.1, w.grad().array(), w.array());
    }
  }

  @Test
  void scratchMemoryOfKernelsCountsInThePeak() {
    int n = 100_000;
    Tensor rows = relata.ones(n, 1);
    Tensor index = relata.full(0, DType.INT32, n);
    Tensor x = relata.zeros(10, 1);
    relata.resetPeakMemory();
    MemoryStats before = relata.memory();
    assertThat(before.peak()).isEqualTo(before.used());
    x.indexAdd(index, rows);
    MemoryStats after = relata.memory();
    // The index is sorted: keys and positions, twice each.
    assertThat(after.backend() - before.backend()).isBetween(16L * n, 20L * n);
    assertThat(after.peak()).isGreaterThanOrEqualTo(before.used() + 16L * n);
    assertThat(after.live() + after.cached() + after.backend()).isEqualTo(driver.used());
    relata.trimMemory();
    assertThat(relata.memory().backend()).isLessThan(after.backend() - 16L * n + 4096);
    assertThat(relata.memory().live() + relata.memory().backend()).isEqualTo(driver.used());
  }

  @Test
  void kernelsThatFindNoScratchTakeWhatTheRuntimeOnlyKeeps() {
    int n = 2 << 20;
    Tensor rows = relata.ones(n, 1);
    Tensor index = relata.full(0, DType.INT32, n);
    Tensor x = relata.zeros(10, 1);
    try (Scope _ = relata.scope()) {
      relata.zeros(50L << 20);
    }
    assertThat(relata.memory().cached()).isGreaterThan(200 << 20);
    assertThat(x.indexAdd(index, rows).sum().item()).isEqualTo(n);
    assertThat(relata.memory().cached()).isZero();
  }

  @Test
  void whereNoScratchIsLeftTheErrorSaysSo() {
    int n = 4 << 20;
    Tensor rows = relata.ones(n, 1);
    Tensor index = relata.full(0, DType.INT32, n);
    Tensor x = relata.zeros(10, 1);
    Tensor full = relata.zeros(45L << 20);
    assertThatThrownBy(() -> x.indexAdd(index, rows))
        .isInstanceOfSatisfying(
            RelataException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.OUT_OF_MEMORY))
        .hasMessageContaining("scratch memory for a kernel")
        .hasMessageContaining("free on the device");
    assertThat(full.sum().item()).as("the device goes on").isZero();
  }

  @Test
  void aClosedBackendKeptNothingAndRefusesItsCallers() {
    int n = 40;
    int[] all = new int[4_000];
    Arrays.setAll(all, e -> e % n);
    Adjacency g = Adjacency.of(relata, "g", n, n, all, new int[all.length]);
    Tensor x = relata.randn(n, 3);
    Tensor w = relata.randn(all.length, 1).requiresGrad(true);
    GraphOps.gspmm(g, MessageOp.MUL, Reducer.MAX, Arg.u(x), Arg.e(w)).sum().backward();
    try (NoGrad _ = new NoGrad()) {
      GraphOps.copyReduce(g, Reducer.SUM, Arg.u(x)).sum().item();
    }
    Backend backend = relata.backend();
    assertThat(relata.memory().backend()).as("plans and scratch").isPositive();
    relata.close();
    assertThat(driver.used()).isZero();
    backend.close();
    assertThatThrownBy(() -> backend.memory().allocate(100))
        .isInstanceOfSatisfying(
            RelataException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.LIFETIME))
        .hasMessageContaining("The device is closed")
        .hasMessageContaining("cuda:0");
    assertThatThrownBy(() -> relata.zeros(3)).hasMessageContaining("The runtime is closed");
  }
}
