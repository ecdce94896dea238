package io.relata.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compiles the kernel sources with the host's C++ compiler, a shared library for each, kept under
 * {@code target/shim} until a source changes.
 */
final class ShimCompiler {
  private static final List<String> FLAGS =
      List.of(
          "-std=c++17",
          "-O2",
          "-march=native",
          "-ffp-contract=off",
          "-fPIC",
          "-shared",
          "-fvisibility=hidden",
          "-Wall",
          "-Wno-unknown-pragmas",
          "-Wno-unused-function");

  /** Compilers that run at once. */
  private static final int PARALLEL = Runtime.getRuntime().availableProcessors();

  private ShimCompiler() {}

  /**
   * Prints, as assignments for a shell, what lets any program run on the stand-ins for the driver's
   * library and cuBLAS: where these lie, and the kernels' libraries.
   */
  public static void main(String[] args) {
    String kernels =
        libraries().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    System.out.println("RELATA_FAKE_KERNELS=" + kernels);
    System.out.println(
        "LD_LIBRARY_PATH=" + fakeDriver().getParent() + ":" + fakeCublas().getParent());
  }

  /** The compiler, where the machine has one. */
  static Optional<Path> compiler() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(path.split(File.pathSeparator))
        .map(d -> Path.of(d, "g++"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The module's folder, whether tests run in it or in the repository's root. */
  static Path module() {
    for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
      Path module = p.endsWith("backend-cuda") ? p : p.resolve("backend-cuda");
      if (Files.exists(module.resolve("src/main/cuda/relata.cuh"))) {
        return module;
      }
    }
    throw new IllegalStateException("no backend-cuda above " + Path.of("").toAbsolutePath());
  }

  private static List<Path> files(Path folder, String... suffixes) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> Arrays.stream(suffixes).anyMatch(s -> f.toString().endsWith(s)))
          .sorted()
          .toList();
    }
  }

  /** One library for each source. */
  static synchronized List<Path> libraries() {
    try {
      Path kernels = module().resolve("src/main/cuda");
      Path shim = module().resolve("src/test/cuda");
      List<Path> headers = new ArrayList<>(files(kernels, ".cuh"));
      headers.addAll(files(shim, ".h"));
      List<Path> sources = new ArrayList<>(files(kernels, ".cu"));
      sources.addAll(files(shim, ".cu"));
      Path target = Files.createDirectories(module().resolve("target/shim"));
      List<Path> libraries = new ArrayList<>();
      ArrayDeque<Job> jobs = new ArrayDeque<>();
      for (Path source : sources) {
        Path library = target.resolve(name(source, headers));
        libraries.add(library);
        if (!Files.exists(library)) {
          if (jobs.size() == PARALLEL) {
            jobs.remove().finish();
          }
          jobs.add(Job.start(source, library, kernels, shim));
        }
      }
      for (Job job : jobs) {
        job.finish();
      }
      return libraries;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The stand-in for the driver's library, under the name by which others ask for it. */
  static Path fakeDriver() {
    return standIn("fake_driver.cpp", "libcuda.so.1");
  }

  /** The stand-in for cuBLAS, which needs that for the driver. */
  static Path fakeCublas() {
    Path map = module().resolve("src/test/cuda/fake_cublas.map");
    return standIn("fake_cublas.cpp", "libcublas.so.12", "-Wl,--version-script=" + map);
  }

  private static synchronized Path standIn(String file, String soname, String... options) {
    try {
      Path source = module().resolve("src/test/cuda").resolve(file);
      String name = name(source, List.of());
      Path folder =
          Files.createDirectories(
              module().resolve("target/shim").resolve(name.substring(0, name.length() - 3)));
      Path library = folder.resolve(soname);
      if (!Files.exists(library)) {
        List<String> last = new ArrayList<>(List.of("-Wl,-soname," + soname, "-ldl"));
        last.addAll(List.of(options));
        Job.start(source, library, folder, folder, last.toArray(String[]::new)).finish();
      }
      return library;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String name(Path source, List<Path> headers) throws IOException {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      hash.update(FLAGS.toString().getBytes(UTF_8));
      hash.update(Files.readAllBytes(source));
      for (Path h : headers) {
        hash.update(Files.readAllBytes(h));
      }
      String base = source.getFileName().toString();
      return base.substring(0, base.lastIndexOf('.'))
          + "-"
          + HexFormat.of().formatHex(hash.digest(), 0, 8)
          + ".so";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private record Job(Path source, Path library, Path part, Path log, Process process) {
    static Job start(Path source, Path library, Path kernels, Path shim, String... last)
        throws IOException {
      Path part =
          library.resolveSibling(library.getFileName() + "." + ProcessHandle.current().pid());
      Path log = library.resolveSibling(library.getFileName() + ".log");
      List<String> command = new ArrayList<>();
      command.add(compiler().orElseThrow().toString());
      command.addAll(FLAGS);
      command.addAll(List.of("-I" + shim, "-I" + kernels, "-x", "c++", source.toString()));
      command.addAll(List.of("-x", "none", "-o", part.toString()));
      command.addAll(List.of(last));
      Process p =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      return new Job(source, library, part, log, p);
    }

    void finish() throws IOException {
      try {
        if (process.waitFor() != 0) {
          throw new IllegalStateException(
              source.getFileName() + " does not compile:\n" + Files.readString(log));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      Files.move(part, library, StandardCopyOption.ATOMIC_MOVE);
      Files.delete(log);
    }
  }
}
