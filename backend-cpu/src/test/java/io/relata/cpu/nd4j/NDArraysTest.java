package io.relata.cpu.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.cpu.Samples;
import io.relata.cpu.Workers;
import io.relata.cpu.dense.CpuDenseKernels;
import io.relata.spi.Array;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The same memory on both sides of the border. */
class NDArraysTest {
  @ParameterizedTest
  @EnumSource(DType.class)
  void aViewSharesMemoryBothWays(DType type) {
    Array a = Samples.of(type, i -> i % 2, 3, 4);
    INDArray view = NDArrays.view(a);
    assertThat(view.shape()).containsExactly(3, 4);
    for (int i = 0; i < 12; i++) {
      assertThat(view.getDouble(i / 4, i % 4)).isEqualTo(i % 2);
    }
    Samples.set(a, 4, 1);
    assertThat(view.getDouble(1, 0)).isEqualTo(1);
    view.putScalar(new long[] {2, 3}, 0);
    assertThat(Samples.get(a, 11)).isZero();
    Array back = NDArrays.wrap(view);
    assertThat(back.address()).isEqualTo(a.address());
    assertThat(back.dtype()).isEqualTo(type);
    assertThat(back.shape()).isEqualTo(a.shape());
  }

  @Test
  void tensorsShareMemoryAndCarryGradients() {
    try (Relata relata = Relata.open("cpu")) {
      INDArray a = Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}});
      Tensor t = NDArrays.tensor(relata, a).requiresGrad(true);
      t.square().sum().backward();
      assertThat(NDArrays.view(t.grad()).toDoubleMatrix())
          .isDeepEqualTo(new double[][] {{2, 4}, {6, 8}});
      a.putScalar(0, 0, 7);
      assertThat(t.toDoubleArray()).containsExactly(7, 2, 3, 4);
    }
  }

  @Test
  void scalarsAndEmptyArrays() {
    Array scalar = Samples.of(DType.FLOAT32, i -> 5);
    assertThat(NDArrays.view(scalar).getFloat(0)).isEqualTo(5f);
    assertThat(NDArrays.wrap(Nd4j.scalar(3.0)).shape()).isEqualTo(Shape.of());
    assertThat(Samples.get(NDArrays.wrap(Nd4j.scalar(3.0)), 0)).isEqualTo(3);
    INDArray empty = NDArrays.view(Samples.empty(DType.FLOAT32, 0, 4));
    assertThat(empty.isEmpty()).isTrue();
    assertThat(NDArrays.wrap(empty).shape()).isEqualTo(Shape.of(0, 4));
  }

  @Test
  void partsOfAnArrayAreWrappedInPlaceOrCopied() {
    INDArray a = Nd4j.arange(12).castTo(DataType.FLOAT).reshape('c', 3, 4);
    Array rows = NDArrays.wrap(a.get(NDArrayIndex.interval(1, 3), NDArrayIndex.all()));
    assertThat(rows.address()).isEqualTo(NDArrays.wrap(a).address() + 16);
    assertThat(Samples.values(rows)).containsExactly(4, 5, 6, 7, 8, 9, 10, 11);
    Array columns = NDArrays.wrap(a.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 3)));
    assertThat(Samples.values(columns)).containsExactly(1, 2, 5, 6, 9, 10);
    assertThat(Samples.values(NDArrays.wrap(a.transpose())))
        .containsExactly(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
    assertThat(Samples.values(NDArrays.wrap(a.dup('f'))))
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  }

  @Test
  void anUnknownElementTypeIsRefused() {
    assertThatThrownBy(() -> NDArrays.wrap(Nd4j.create(DataType.INT8, 2)))
        .isInstanceOf(RelataException.class)
        .hasMessageContaining("castTo");
  }

  @Test
  void aViewKeepsTheMemoryReachable() throws InterruptedException {
    Array a = Samples.of(DType.FLOAT32, i -> i, 1000);
    WeakReference<Object> storage = new WeakReference<>(a.storage());
    INDArray view = NDArrays.view(a);
    a = null;
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(storage.get()).isNotNull();
    assertThat(view.getFloat(999)).isEqualTo(999f);
  }

  @Test
  void productsOfBothLibrariesWorkInOneProcess() {
    Array x = Samples.random(DType.FLOAT32, 1, 200, 150);
    Array y = Samples.random(DType.FLOAT32, 2, 150, 100);
    INDArray before = NDArrays.view(x).mmul(NDArrays.view(y));
    Array out = Samples.empty(DType.FLOAT32, 200, 100);
    try (Workers workers = new Workers(2)) {
      new CpuDenseKernels(workers, true).matmul(x, false, y, false, false, out);
    }
    INDArray after = NDArrays.view(x).mmul(NDArrays.view(y));
    for (int i = 0; i < 200; i++) {
      for (int j = 0; j < 100; j++) {
        double ours = Samples.get(out, i * 100 + j);
        assertThat(before.getDouble(i, j)).isCloseTo(ours, within(1e-3));
        assertThat(after.getDouble(i, j)).isCloseTo(ours, within(1e-3));
      }
    }
  }
}
