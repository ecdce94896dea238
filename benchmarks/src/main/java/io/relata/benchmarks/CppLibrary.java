package io.relata.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Functions of a C++ source among the resources, compiled with the machine's g++. */
final class CppLibrary {
  private final SymbolLookup symbols;

  private CppLibrary(SymbolLookup symbols) {
    this.symbols = symbols;
  }

  /**
   * Compiles and loads.
   *
   * @param source name of the resource
   * @param flags what g++ gets beside {@code -O3} and OpenMP
   * @throws UsageException where there is no g++, or it fails
   */
  static CppLibrary of(String source, String... flags) {
    try {
      Path folder = Files.createTempDirectory("relata-peer");
      Path text = folder.resolve(source);
      try (InputStream resource = CppLibrary.class.getResourceAsStream(source)) {
        Files.copy(resource, text);
      }
      Path library = folder.resolve("peer.so");
      int exit = compile(text, library, flags);
      if (exit != 0) {
        throw new UsageException("g++ failed with exit code " + exit + " on " + source);
      }
      CppLibrary loaded = new CppLibrary(open(library));
      Files.delete(library);
      Files.delete(text);
      Files.delete(folder);
      return loaded;
    } catch (IOException e) {
      throw new UsageException("The C++ peers need g++ on the path: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static int compile(Path source, Path library, String... flags)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("g++", "-O3", "-fopenmp", "-shared", "-fPIC"));
    command.addAll(List.of(flags));
    command.addAll(List.of("-o", library.toString(), source.toString()));
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  @SuppressWarnings("restricted")
  private static SymbolLookup open(Path library) {
    return SymbolLookup.libraryLookup(library, Arena.global());
  }

  /** A function that returns nothing. */
  @SuppressWarnings("restricted")
  MethodHandle function(String name, MemoryLayout... arguments) {
    return Linker.nativeLinker()
        .downcallHandle(symbols.findOrThrow(name), FunctionDescriptor.ofVoid(arguments));
  }

  /** Calls such a function. */
  static void call(MethodHandle function, Object... arguments) {
    try {
      function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
