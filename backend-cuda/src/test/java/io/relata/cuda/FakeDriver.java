package io.relata.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * The stand-in for the NVIDIA driver's library, {@code fake_driver.cpp}. It must be loaded before
 * JCuda looks for the real one, so its tests run in a JVM of their own.
 */
public final class FakeDriver {
  private final SymbolLookup symbols;

  /** Whether this machine can build and use it. */
  public static boolean isPossible() {
    return ShimDevice.isPossible() && System.getProperty("os.arch").equals("amd64");
  }

  /** Loads it; fails where JCuda has already found another. */
  @SuppressWarnings("restricted")
  public FakeDriver() {
    Path library = ShimCompiler.fakeDriver();
    // JCuda asks for libcuda.so.1 and gets what is loaded under that name.
    System.load(library.toString());
    System.load(ShimCompiler.fakeCublas().toString());
    symbols = SymbolLookup.libraryLookup(library, Arena.global());
    for (Path kernels : ShimCompiler.libraries()) {
      if (call("fake_library", kernels.toString()) != 0) {
        throw new IllegalStateException(kernels + " does not load");
      }
    }
  }

  @SuppressWarnings("restricted")
  private long call(String name, String text) {
    try (Arena arena = Arena.ofConfined()) {
      return (int)
          Linker.nativeLinker()
              .downcallHandle(
                  symbols.findOrThrow(name),
                  FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS))
              .invokeExact(arena.allocateFrom(text));
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("restricted")
  private long ask(String name) {
    try {
      return (long)
          Linker.nativeLinker()
              .downcallHandle(
                  symbols.findOrThrow(name), FunctionDescriptor.of(ValueLayout.JAVA_LONG))
              .invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Bytes that are allocated on the device. */
  long used() {
    return ask("fake_used");
  }

  /** Blocks that are allocated on the device. */
  long blocks() {
    return ask("fake_blocks");
  }

  /** Modules that were compiled so far. */
  long compiled() {
    return ask("fake_compiled");
  }

  /** Kernels that were launched so far. */
  long launches() {
    return ask("fake_launches");
  }

  /** How often something waited for work that had not run. */
  public long waits() {
    return ask("fake_waits");
  }

  /** Ends the error that a kernel left, which no real device forgets. */
  void heal() {
    ask("fake_heal");
  }
}
