package io.relata.benchmarks;

import io.relata.Tensor;
import io.relata.spi.Array;
import io.relata.spi.RowIndex;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The hand-written C++ kernels. */
final class CppPeer {
  private static final ValueLayout.OfLong POINTER = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private final int threads;
  private final MethodHandle copyUSum;
  private final MethodHandle copyUMax;
  private final MethodHandle uMulESum;
  private final MethodHandle uDotV;
  private final MethodHandle edgeSoftmax;
  private final MethodHandle gather;
  private final MethodHandle readRun;
  private final MethodHandle writeRun;

  /**
   * Compiles and loads.
   *
   * @param threads threads of every kernel
   * @throws UsageException where there is no g++, or it fails
   */
  CppPeer(int threads) {
    this.threads = threads;
    CppLibrary library =
        CppLibrary.of("peer.cpp", "-march=native", "-mprefer-vector-width=512", "-Wno-psabi");
    copyUSum = library.function("copy_u_sum", POINTER, POINTER, POINTER, INT);
    copyUMax = library.function("copy_u_max", POINTER, POINTER, POINTER, INT);
    uMulESum = library.function("u_mul_e_sum", POINTER, POINTER, POINTER, POINTER, INT, INT);
    uDotV = library.function("u_dot_v", POINTER, POINTER, POINTER, POINTER, INT);
    edgeSoftmax = library.function("edge_softmax", POINTER, POINTER, POINTER, INT);
    gather = library.function("gather", POINTER, POINTER, POINTER, INT, INT);
    readRun = library.function("read_run", POINTER, POINTER, INT);
    writeRun = library.function("write_run", POINTER, POINTER, INT);
  }

  /** Hands the arrays of an index structure over. */
  CppRows rows(RowIndex index) {
    return CppRows.of(index, threads);
  }

  /** The sum of the sources' rows; widths are multiples of 16. */
  void copyUSum(CppRows rows, Tensor x, Tensor out) {
    CppLibrary.call(copyUSum, rows.address(), at(x), at(out), width(x));
  }

  /** The largest of the sources' rows. */
  void copyUMax(CppRows rows, Tensor x, Tensor out) {
    CppLibrary.call(copyUMax, rows.address(), at(x), at(out), width(x));
  }

  /** The sum of the sources' rows times an edge's weights, of which there are 16 at most. */
  void uMulESum(CppRows rows, Tensor x, Tensor w, int heads, Tensor out) {
    CppLibrary.call(uMulESum, rows.address(), at(x), at(w), at(out), heads, width(x));
  }

  /** The dot product of both ends' rows. */
  void uDotV(CppRows rows, Tensor x, Tensor y, Tensor out) {
    CppLibrary.call(uDotV, rows.address(), at(x), at(y), at(out), width(x));
  }

  /** Softmax over a row's edges for 1, 2, 4, 8 or 16 heads. */
  void edgeSoftmax(CppRows rows, Tensor logits, int heads, Tensor out) {
    CppLibrary.call(edgeSoftmax, rows.address(), at(logits), at(out), heads);
  }

  /** Reads rows of a table in the order of an index. */
  void gather(Array index, Tensor table, int width) {
    CppLibrary.call(gather, index.address(), index.size(), at(table), width, threads);
  }

  /** Reads a tensor from end to end. */
  void read(Tensor x) {
    CppLibrary.call(readRun, at(x), x.size(), threads);
  }

  /** Overwrites a tensor from end to end. */
  void write(Tensor x) {
    CppLibrary.call(writeRun, at(x), x.size(), threads);
  }

  private static long at(Tensor x) {
    return x.array().address();
  }

  private static int width(Tensor x) {
    return Math.toIntExact(x.size() / x.dim(0));
  }
}
