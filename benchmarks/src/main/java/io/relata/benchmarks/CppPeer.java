package io.relata.benchmarks;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compiles the hand-written C++ kernel with the machine's g++ and calls it. */
final class CppPeer {
  private final MethodHandle copyUSum;

  @SuppressWarnings("restricted")
  CppPeer() {
    try {
      Path library = Files.createTempDirectory("relata-peer").resolve("peer.so");
      Path source = source();
      int exit =
          new ProcessBuilder(
                  "g++",
                  "-O3",
                  "-march=native",
                  "-mprefer-vector-width=512",
                  "-fopenmp",
                  "-shared",
                  "-fPIC",
                  "-o",
                  library.toString(),
                  source.toString())
              .inheritIO()
              .start()
              .waitFor();
      if (exit != 0) {
        throw new IllegalStateException("g++ failed on " + source);
      }
      copyUSum =
          Linker.nativeLinker()
              .downcallHandle(
                  SymbolLookup.libraryLookup(library, Arena.global()).findOrThrow("copy_u_sum"),
                  FunctionDescriptor.ofVoid(
                      ValueLayout.JAVA_LONG,
                      ValueLayout.JAVA_LONG,
                      ValueLayout.JAVA_LONG,
                      ValueLayout.JAVA_LONG,
                      ValueLayout.JAVA_INT,
                      ValueLayout.ADDRESS,
                      ValueLayout.JAVA_INT,
                      ValueLayout.JAVA_INT));
    } catch (IOException e) {
      throw new IllegalStateException("The peer needs g++ on the path", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The source file, from the module's or the repository's folder. */
  private static Path source() {
    Path inModule = Path.of("src/main/cpp/copy_u_sum.cpp");
    return Files.exists(inModule) ? inModule : Path.of("benchmarks").resolve(inModule);
  }

  void copyUSum(
      long offsets, long columns, long x, long out, int dim, MemorySegment blocks, int threads) {
    try {
      copyUSum.invokeExact(
          offsets, columns, x, out, dim, blocks, (int) (blocks.byteSize() / 4) - 1, threads);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
