package io.relata.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The PTX beside the sources: that it is theirs, old drivers read it, and devices can run it. */
class PtxTest {
  private static final Pattern ENTRY = Pattern.compile("Compiling entry function '(\\w+)'");
  private static final Pattern SPILLS =
      Pattern.compile("(\\d+) bytes spill stores, (\\d+) bytes spill loads");

  @TempDir private Path folder;

  private static Path resources() {
    return ShimCompiler.module().resolve("src/main/resources/io/relata/cuda");
  }

  private static List<Path> ptx(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".ptx")).sorted().toList();
    }
  }

  private static Optional<Path> program(String name) {
    return Arrays.stream(
            Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
        .map(d -> Path.of(d, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private record Ran(int status, String output) {}

  private static Ran run(Object... command) throws IOException, InterruptedException {
    Process p =
        new ProcessBuilder(Arrays.stream(command).map(Object::toString).toList())
            .redirectErrorStream(true)
            .start();
    String output = new String(p.getInputStream().readAllBytes(), UTF_8);
    return new Ran(p.waitFor(), output);
  }

  /** The PTX without comments and line directives, which name the compiler and paths. */
  private static List<String> code(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(l -> l.replaceFirst("//.*", "").stripTrailing())
        .filter(l -> !l.isEmpty() && !l.startsWith("\t.file") && !l.startsWith("\t.loc"))
        .toList();
  }

  private static String compiler(Path ptx) throws IOException {
    return Files.readAllLines(ptx).stream()
        .filter(l -> l.contains("Cuda compilation tools"))
        .findFirst()
        .orElse("an unknown compiler")
        .replaceFirst(".* release [0-9.]+, ", "");
  }

  @Test
  void everySourceHasItsPtxAndTheIndexNamesItsKernels() throws IOException {
    List<String> sources;
    try (Stream<Path> files = Files.list(ShimCompiler.module().resolve("src/main/cuda"))) {
      sources =
          files
              .map(f -> f.getFileName().toString())
              .filter(f -> f.endsWith(".cu"))
              .map(f -> f.substring(0, f.length() - 3) + ".ptx")
              .sorted()
              .toList();
    }
    assertThat(ptx(resources()).stream().map(f -> f.getFileName().toString()))
        .containsExactlyElementsOf(sources);
    Map<String, String> entries = new TreeMap<>();
    for (Path p : ptx(resources())) {
      for (String line : Files.readAllLines(p)) {
        if (line.startsWith(".visible .entry ")) {
          String kernel = line.substring(".visible .entry ".length(), line.indexOf('('));
          String module = p.getFileName().toString().replace(".ptx", "");
          assertThat(entries.put(kernel, module)).as("a second %s", kernel).isNull();
        }
      }
    }
    assertThat(new KernelIndex().all()).isEqualTo(entries).isNotEmpty();
  }

  @Test
  void driversOfCuda12ReadIt() throws IOException {
    for (Path p : ptx(resources())) {
      assertThat(code(p))
          .as("%s", p.getFileName())
          .startsWith(".version 8.0", ".target sm_75", ".address_size 64");
    }
  }

  @Test
  void itIsWhatTheSourcesGive() throws Exception {
    assumeTrue(program("nvcc").isPresent(), "no nvcc on the PATH: the PTX is taken as it is");
    Ran ran = run("sh", ShimCompiler.module().resolve("src/main/cuda/build.sh"), folder);
    assertThat(ran.status).as(ran.output).isZero();
    for (Path made : ptx(folder)) {
      Path kept = resources().resolve(made.getFileName());
      assumeTrue(
          compiler(made).equals(compiler(kept)),
          () -> "another nvcc than the one that made " + kept.getFileName());
      assertThat(code(kept))
          .as("%s is out of date: mvn -B -Pcuda -pl backend-cuda -am compile", kept)
          .isEqualTo(code(made));
    }
    assertThat(resources().resolve("kernels.txt"))
        .hasSameTextualContentAs(folder.resolve("kernels.txt"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120"})
  void devicesCanRunItWithoutSpilling(String architecture) throws Exception {
    Path ptxas = program("ptxas").orElse(null);
    assumeTrue(ptxas != null, "no ptxas on the PATH: the PTX is not assembled");
    List<String> spilling = new ArrayList<>();
    int kernels = 0;
    for (Path p : ptx(resources())) {
      Ran ran = run(ptxas, "-v", "-arch=" + architecture, "-o", folder.resolve("out"), p);
      assertThat(ran.status).as("%s: %s", p.getFileName(), ran.output).isZero();
      String entry = "?";
      for (String line : ran.output.lines().toList()) {
        Matcher e = ENTRY.matcher(line);
        Matcher s = SPILLS.matcher(line);
        if (e.find()) {
          entry = e.group(1);
          kernels++;
        } else if (s.find() && !(s.group(1).equals("0") && s.group(2).equals("0"))) {
          spilling.add(entry + ": " + s.group());
        }
      }
    }
    assertThat(kernels).isEqualTo(new KernelIndex().all().size());
    assertThat(spilling).as("kernels whose registers do not suffice").isEmpty();
  }
}
