package io.relata.cpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which kernels run here: vector kernels where the JVM was started with the incubator module and
 * its preferred vectors have at least 128 bits and multiply and add at once, plain ones otherwise.
 * Never fails; one line of the log says what was chosen and ends in the flag that would be better,
 * if there is one.
 *
 * @param vector whether vector kernels run
 * @param kernels what runs, in a few words
 * @param advice what stands in the way of faster kernels and the flag that helps, or empty
 */
public record KernelChoice(boolean vector, String kernels, String advice) {
  private static final Logger LOG = LoggerFactory.getLogger(KernelChoice.class);
  private static final String MODULE = "jdk.incubator.vector";
  private static final int LEAST_BITS = 128;

  /** Looks at this JVM and this machine. */
  public static KernelChoice detect() {
    boolean module = ModuleLayer.boot().findModule(MODULE).isPresent();
    return of(
        Boolean.parseBoolean(System.getProperty("relata.cpu.vector", "true")),
        module,
        module ? VectorBits.preferred() : 0,
        Fused.AVAILABLE,
        cpuHasAvx512());
  }

  /** The ladder itself. */
  static KernelChoice of(boolean wanted, boolean module, int bits, boolean fused, boolean avx512) {
    if (!wanted) {
      return new KernelChoice(
          false,
          "plain",
          "vector kernels were switched off; faster without -Drelata.cpu.vector=false");
    }
    if (!module) {
      return new KernelChoice(
          false, "plain", "module " + MODULE + " is missing; faster with --add-modules " + MODULE);
    }
    if (bits < LEAST_BITS) {
      return new KernelChoice(
          false, "plain", "this JVM prefers vectors of " + bits + " bits, less than " + LEAST_BITS);
    }
    if (!fused) {
      return new KernelChoice(
          false,
          "plain",
          "this JVM has no fused multiply-add (UseFMA), without which vectors crawl");
    }
    String kernels = "vectors of " + bits + " bits";
    return new KernelChoice(
        true, kernels, avx512 && bits == 256 ? "the CPU has 512; faster with -XX:UseAVX=3" : "");
  }

  /** Writes the one line. */
  public void log() {
    if (advice.isEmpty()) {
      LOG.info("CPU kernels: {}", kernels);
    } else if (vector) {
      LOG.info("CPU kernels: {}; {}", kernels, advice);
    } else {
      LOG.warn("CPU kernels: {}; {}", kernels, advice);
    }
  }

  private static boolean cpuHasAvx512() {
    Path info = Path.of("/proc/cpuinfo");
    try (var lines = Files.isReadable(info) ? Files.lines(info) : null) {
      return lines != null
          && lines.filter(l -> l.startsWith("flags")).findFirst().orElse("").contains("avx512f");
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("Cannot read {}", info, e);
      return false;
    }
  }
}
