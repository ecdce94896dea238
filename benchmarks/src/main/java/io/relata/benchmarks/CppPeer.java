package io.relata.benchmarks;

import io.relata.Tensor;
import io.relata.spi.Array;
import io.relata.spi.RowIndex;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compiles the hand-written C++ kernels with the machine's g++ and calls them. */
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
    SymbolLookup library = library();
    copyUSum = handle(library, "copy_u_sum", POINTER, POINTER, POINTER, INT);
    copyUMax = handle(library, "copy_u_max", POINTER, POINTER, POINTER, INT);
    uMulESum = handle(library, "u_mul_e_sum", POINTER, POINTER, POINTER, POINTER, INT, INT);
    uDotV = handle(library, "u_dot_v", POINTER, POINTER, POINTER, POINTER, INT);
    edgeSoftmax = handle(library, "edge_softmax", POINTER, POINTER, POINTER, INT);
    gather = handle(library, "gather", POINTER, POINTER, POINTER, INT, INT);
    readRun = handle(library, "read_run", POINTER, POINTER, INT);
    writeRun = handle(library, "write_run", POINTER, POINTER, INT);
  }

  /** A graph's rows as the kernels take them. */
  record Rows(MemorySegment struct) {
    private long address() {
      return struct.address();
    }
  }

  /** Hands the arrays of an index structure over. */
  Rows rows(RowIndex index) {
    MemorySegment blocks = Arena.global().allocateFrom(INT, index.blocks());
    MemorySegment struct = Arena.global().allocate(40, 8);
    Array ids = index.edgeIds();
    struct.setAtIndex(POINTER, 0, index.offsets().address());
    struct.setAtIndex(POINTER, 1, index.columns().address());
    struct.setAtIndex(POINTER, 2, ids == null ? 0 : ids.address());
    struct.setAtIndex(POINTER, 3, blocks.address());
    struct.setAtIndex(INT, 8, index.numBlocks());
    struct.setAtIndex(INT, 9, threads);
    return new Rows(struct);
  }

  /** The sum of the sources' rows; widths are multiples of 16. */
  void copyUSum(Rows rows, Tensor x, Tensor out) {
    call(copyUSum, rows.address(), at(x), at(out), width(x));
  }

  /** The largest of the sources' rows. */
  void copyUMax(Rows rows, Tensor x, Tensor out) {
    call(copyUMax, rows.address(), at(x), at(out), width(x));
  }

  /** The sum of the sources' rows times an edge's weights, of which there are 16 at most. */
  void uMulESum(Rows rows, Tensor x, Tensor w, int heads, Tensor out) {
    call(uMulESum, rows.address(), at(x), at(w), at(out), heads, width(x));
  }

  /** The dot product of both ends' rows. */
  void uDotV(Rows rows, Tensor x, Tensor y, Tensor out) {
    call(uDotV, rows.address(), at(x), at(y), at(out), width(x));
  }

  /** Softmax over a row's edges for 1, 2, 4, 8 or 16 heads. */
  void edgeSoftmax(Rows rows, Tensor logits, int heads, Tensor out) {
    call(edgeSoftmax, rows.address(), at(logits), at(out), heads);
  }

  /** Reads rows of a table in the order of an index. */
  void gather(Array index, Tensor table, int width) {
    call(gather, index.address(), index.size(), at(table), width, threads);
  }

  /** Reads a tensor from end to end. */
  void read(Tensor x) {
    call(readRun, at(x), x.size(), threads);
  }

  /** Overwrites a tensor from end to end. */
  void write(Tensor x) {
    call(writeRun, at(x), x.size(), threads);
  }

  private static long at(Tensor x) {
    return x.array().address();
  }

  private static int width(Tensor x) {
    return Math.toIntExact(x.size() / x.dim(0));
  }

  private static void call(MethodHandle handle, Object... arguments) {
    try {
      handle.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static SymbolLookup library() {
    try {
      Path folder = Files.createTempDirectory("relata-peer");
      Path source = folder.resolve("peer.cpp");
      try (InputStream text = CppPeer.class.getResourceAsStream("peer.cpp")) {
        Files.copy(text, source);
      }
      Path library = folder.resolve("peer.so");
      int exit = compile(source, library);
      if (exit != 0) {
        throw new UsageException("g++ failed with exit code " + exit + " on peer.cpp");
      }
      SymbolLookup symbols = open(library);
      Files.delete(library);
      Files.delete(source);
      Files.delete(folder);
      return symbols;
    } catch (IOException e) {
      throw new UsageException("The C++ peer needs g++ on the path: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static int compile(Path source, Path library) throws IOException, InterruptedException {
    return new ProcessBuilder(
            "g++",
            "-O3",
            "-march=native",
            "-mprefer-vector-width=512",
            "-fopenmp",
            "-Wno-psabi",
            "-shared",
            "-fPIC",
            "-o",
            library.toString(),
            source.toString())
        .inheritIO()
        .start()
        .waitFor();
  }

  @SuppressWarnings("restricted")
  private static SymbolLookup open(Path library) {
    return SymbolLookup.libraryLookup(library, Arena.global());
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle(SymbolLookup library, String name, MemoryLayout... arguments) {
    return Linker.nativeLinker()
        .downcallHandle(library.findOrThrow(name), FunctionDescriptor.ofVoid(arguments));
  }
}
