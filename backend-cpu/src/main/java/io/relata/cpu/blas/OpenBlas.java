package io.relata.cpu.blas;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.relata.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;

/**
 * OpenBLAS from its jar. JavaCPP unpacks the library into its cache and loads it, once for the
 * process; we call it through the foreign function interface, which is cheaper than JNI. It is told
 * to use one thread, because {@link MatrixProduct} spreads products itself, at places that do not
 * depend on the threads.
 */
final class OpenBlas implements Gemm {
  private static final Pattern LIBRARY =
      Pattern.compile("libopenblas(_nolapack)?(\\.\\d+)?\\.(so|dylib|dll)(\\.\\d+)?");
  private static final int ROW_MAJOR = 101;
  private static final int PLAIN = 111;
  private static final int TRANSPOSED = 112;

  private final String name;
  private final MethodHandle single;
  private final MethodHandle real;

  private OpenBlas(String name, MethodHandle single, MethodHandle real) {
    this.name = name;
    this.single = single;
    this.real = real;
  }

  /** Unpacks and loads the library; throws whatever stands in the way. */
  @SuppressWarnings("restricted")
  static OpenBlas load() throws Throwable {
    String file = Loader.load(org.bytedeco.openblas.global.openblas_nolapack.class);
    Path folder = Path.of(file).getParent();
    SymbolLookup library = open(folder);
    Linker linker = Linker.nativeLinker();
    linker
        .downcallHandle(
            library.findOrThrow("openblas_set_num_threads"), FunctionDescriptor.ofVoid(JAVA_INT))
        .invoke(1);
    return new OpenBlas(
        "OpenBLAS",
        linker.downcallHandle(library.findOrThrow("cblas_sgemm"), gemm(JAVA_FLOAT)),
        linker.downcallHandle(library.findOrThrow("cblas_dgemm"), gemm(JAVA_DOUBLE)));
  }

  /** By its path, so that it is this one even where another OpenBLAS is in the process. */
  @SuppressWarnings("restricted")
  private static SymbolLookup open(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      Path library =
          files
              .filter(f -> LIBRARY.matcher(f.getFileName().toString()).matches())
              .findFirst()
              .orElseThrow(() -> new IOException("No OpenBLAS library in " + folder));
      return SymbolLookup.libraryLookup(library, Arena.global());
    }
  }

  private static FunctionDescriptor gemm(MemoryLayout scalar) {
    return FunctionDescriptor.ofVoid(
        JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, scalar, JAVA_LONG, JAVA_INT,
        JAVA_LONG, JAVA_INT, scalar, JAVA_LONG, JAVA_INT);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void multiply(DType type, Piece p, long x, long y, long out) {
    int transposeX = p.transposeX() ? TRANSPOSED : PLAIN;
    int transposeY = p.transposeY() ? TRANSPOSED : PLAIN;
    try {
      if (type == DType.FLOAT32) {
        float beta = p.accumulate() ? 1 : 0;
        single.invokeExact(
            ROW_MAJOR,
            transposeX,
            transposeY,
            p.m(),
            p.n(),
            p.k(),
            1f,
            x,
            p.xRow(),
            y,
            p.yRow(),
            beta,
            out,
            p.outRow());
      } else {
        double beta = p.accumulate() ? 1 : 0;
        real.invokeExact(
            ROW_MAJOR,
            transposeX,
            transposeY,
            p.m(),
            p.n(),
            p.k(),
            1.0,
            x,
            p.xRow(),
            y,
            p.yRow(),
            beta,
            out,
            p.outRow());
      }
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
