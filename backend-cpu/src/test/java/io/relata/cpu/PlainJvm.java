package io.relata.cpu;

import io.relata.DType;
import io.relata.cpu.dense.CpuDenseKernels;
import io.relata.spi.AdamCall;
import io.relata.spi.Array;
import io.relata.spi.UnaryOp;
import java.util.List;

/**
 * What {@link DetectionTest} runs in a JVM of its own: a few kernels of the kind the ladder
 * chooses.
 */
final class PlainJvm {
  private PlainJvm() {}

  public static void main(String[] args) {
    KernelChoice choice = KernelChoice.detect();
    choice.log();
    try (Workers workers = new Workers(2)) {
      CpuDenseKernels kernels = new CpuDenseKernels(workers, choice.vector());
      Array x = Samples.of(DType.FLOAT32, i -> 1, 40, 40);
      Array out = Samples.empty(DType.FLOAT32, 40, 40);
      kernels.unary(UnaryOp.EXP, x, 0, 0, out);
      kernels.axpy(1, x, out);
      kernels.softmax(x, 40, 40, false, out);
      kernels.dropout(x, 0.5, 1, 2, out);
      kernels.adam(List.of(new AdamCall(x, out, out, out, 0, 0.9, 0.9, 1, 0, false, 1)));
      kernels.matmul(x, false, x, false, false, out);
      System.out.println("product " + Samples.get(out, 0) + ", vector " + choice.vector());
    }
  }
}
