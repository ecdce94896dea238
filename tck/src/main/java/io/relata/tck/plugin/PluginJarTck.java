package io.relata.tck.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.spi.RelataModule;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A plugin's jar is found by being on the class path, and nothing else changes: starts a JVM with
 * the jar and one without, and compares the bits of hundreds of operations.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class PluginJarTck {
  private List<String> with;
  private List<String> without;

  /** The module that the jar lists for ServiceLoader. */
  protected abstract Class<? extends RelataModule> module();

  /** Ids of the kernel plugins that the jar brings; operations they take part in may differ. */
  protected Set<String> kernels() {
    return Set.of();
  }

  @BeforeAll
  void runBoth(@TempDir Path folder) throws IOException, InterruptedException {
    Path own = location(module());
    List<String> others =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !Path.of(entry).toAbsolutePath().equals(own))
            .toList();
    List<String> all = new ArrayList<>(others);
    all.add(jar(own, folder).toString());
    with = witness(all);
    without = witness(others);
  }

  private static Path location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The jar itself, or a folder of classes packed into one. */
  private static Path jar(Path own, Path folder) throws IOException {
    if (!Files.isDirectory(own)) {
      return own;
    }
    Path jar = folder.resolve("plugin.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> files = Files.walk(own)) {
      for (Path f : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(own.relativize(f).toString().replace('\\', '/')));
        Files.copy(f, out);
        out.closeEntry();
      }
    }
    return jar;
  }

  private static List<String> witness(List<String> classPath)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(a -> !a.startsWith("-agentlib") && !a.startsWith("-javaagent"))
        .forEach(command::add);
    command.addAll(
        List.of("-cp", String.join(File.pathSeparator, classPath), Witness.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text;
    try (InputStream output = process.getInputStream()) {
      text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertThat(process.waitFor()).as("exit status of%n%s", text).isZero();
    return text.lines().toList();
  }

  /** Operation to bits and origins. */
  private static Map<String, String> operations(List<String> lines) {
    return lines.stream()
        .filter(l -> l.startsWith(Witness.LINE))
        .map(l -> l.split("\t", 3))
        .collect(Collectors.toMap(f -> f[1], f -> f[2], (a, _) -> a, TreeMap::new));
  }

  private static String text(List<String> lines) {
    return String.join("\n", lines);
  }

  private boolean ofPlugin(String bitsAndOrigins) {
    String[] origins = bitsAndOrigins.substring(bitsAndOrigins.indexOf('\t') + 1).split(",");
    return Arrays.stream(origins).anyMatch(kernels()::contains);
  }

  @Test
  void theDiagnosisNamesTheModuleAndItsKernelsWhereTheJarIsOnTheClassPath() {
    assertThat(text(with)).contains(module().getName());
    assertThat(text(without)).contains("modules:").doesNotContain(module().getName());
    for (String id : kernels()) {
      assertThat(with).anyMatch(l -> l.startsWith("  " + id + ", priority "));
      assertThat(without).noneMatch(l -> l.startsWith("  " + id + ", priority "));
    }
  }

  @Test
  void theExplanationNamesEveryKernelPluginWithTheJarAndNoneWithout() {
    List<String> chosen = operations(with).values().stream().filter(this::ofPlugin).toList();
    for (String id : kernels()) {
      assertThat(chosen).as("operations that '%s' computes", id).anyMatch(o -> o.contains(id));
    }
    assertThat(operations(without).values()).isNotEmpty().noneMatch(this::ofPlugin);
  }

  @Test
  void everyOtherOperationKeepsItsBits() {
    Map<String, String> before = operations(without);
    Map<String, String> after = operations(with);
    after.values().removeIf(this::ofPlugin);
    before.keySet().retainAll(after.keySet());
    assertThat(after).hasSizeGreaterThan(100).isEqualTo(before);
  }
}
