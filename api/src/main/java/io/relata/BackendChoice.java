package io.relata;

import com.google.inject.Guice;
import io.relata.spi.BackendOptions;
import io.relata.spi.BackendProvider;
import io.relata.spi.KernelProvider;
import io.relata.spi.Probe;
import io.relata.spi.RelataModule;
import java.security.CodeSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the backends on the class path whether they work here, and opens the best or the one asked
 * for.
 */
final class BackendChoice {
  private static final Logger LOG = LoggerFactory.getLogger(Relata.class);

  private record Candidate(BackendProvider provider, Probe probe) {
    String line() {
      return switch (probe) {
        case Probe.Available a -> provider.id() + ": available, " + a.description();
        case Probe.Unavailable u ->
            provider.id() + ": not available, " + u.reason() + "; remedy: " + u.remedy();
      };
    }
  }

  private final List<BackendProvider> backends;
  private final List<KernelProvider> kernels;
  private final Properties properties;
  private final Map<String, String> environment;

  BackendChoice(
      Collection<BackendProvider> backends,
      Collection<KernelProvider> kernels,
      Properties properties,
      Map<String, String> environment) {
    this.backends =
        backends.stream()
            .sorted(
                Comparator.comparingInt(BackendProvider::priority)
                    .reversed()
                    .thenComparing(BackendProvider::id))
            .toList();
    this.kernels = kernels.stream().sorted(Comparator.comparing(KernelProvider::id)).toList();
    this.properties = properties;
    this.environment = environment;
  }

  static BackendChoice fromClassPath() {
    return Guice.createInjector(new RelataBindings()).getInstance(BackendChoice.class);
  }

  private List<Candidate> probeAll() {
    return backends.stream().map(b -> new Candidate(b, probe(b))).toList();
  }

  private static Probe probe(BackendProvider provider) {
    try {
      return provider.probe();
    } catch (RuntimeException | LinkageError e) {
      return new Probe.Unavailable("its probe failed: " + e, "report this to its author");
    }
  }

  /** Who asked for a backend, which, and which of its devices (-1 for any). */
  private record Wish(String id, int ordinal, String source) {
    static Wish of(String text, String source) {
      int colon = text.indexOf(':');
      if (colon < 0) {
        return new Wish(text, -1, source);
      }
      String number = text.substring(colon + 1);
      if (!number.matches("[0-9]{1,4}")) {
        throw RelataException.of(ErrorId.ARGUMENT, "The choice of a backend is not valid")
            .where(source)
            .expected("a backend's name, or name:number for one of its devices")
            .found(text)
            .build();
      }
      return new Wish(text.substring(0, colon), Integer.parseInt(number), source);
    }
  }

  /** Null where nobody asked. */
  private Wish wish(String explicit) {
    if (explicit != null) {
      return Wish.of(explicit, "Relata.open(\"" + explicit + "\")");
    }
    String property = properties.getProperty("relata.backend");
    if (property != null && !property.isBlank()) {
      return Wish.of(property.strip(), "-Drelata.backend=" + property.strip());
    }
    String variable = environment.get("RELATA_BACKEND");
    return variable == null || variable.isBlank()
        ? null
        : Wish.of(variable.strip(), "RELATA_BACKEND=" + variable.strip());
  }

  Relata open(String explicit) {
    List<Candidate> candidates = probeAll();
    Wish wish = wish(explicit);
    Candidate chosen = wish == null ? best(candidates) : named(candidates, wish);
    BackendOptions options = new BackendOptions(threads(), wish == null ? -1 : wish.ordinal);
    Relata relata = new Relata(chosen.provider.open(options), kernels);
    String others =
        candidates.stream()
            .filter(c -> !c.equals(chosen))
            .map(
                c -> c.provider.id() + (c.probe instanceof Probe.Available ? "" : " (unavailable)"))
            .collect(Collectors.joining(", "));
    LOG.info(
        "Relata runs on {} ({}){}{}",
        relata.backend().id(),
        relata.backend().description(),
        wish == null ? "" : ", asked for by " + wish.source,
        (others.isEmpty() ? "" : "; also on the class path: " + others)
            + (kernels.isEmpty()
                ? ""
                : kernels.stream()
                    .map(KernelProvider::id)
                    .collect(Collectors.joining(", ", "; kernel plugins: ", ""))));
    return relata;
  }

  private Candidate best(List<Candidate> candidates) {
    List<Candidate> available =
        candidates.stream().filter(c -> c.probe instanceof Probe.Available).toList();
    if (available.isEmpty()) {
      throw RelataException.of(ErrorId.BACKEND, "No backend works here")
          .expected("a backend on the class path, for instance io.relata:relata-backend-cpu")
          .found(lines(candidates))
          .remedy("add a backend to the class path, or follow the remedies above")
          .build();
    }
    if (available.size() > 1
        && available.get(0).provider.priority() == available.get(1).provider.priority()) {
      throw RelataException.of(ErrorId.BACKEND, "Two backends of the same priority work here")
          .found(lines(available))
          .remedy("choose one with -Drelata.backend=ID or RELATA_BACKEND=ID")
          .build();
    }
    return available.get(0);
  }

  private Candidate named(List<Candidate> candidates, Wish wish) {
    Candidate c =
        candidates.stream().filter(x -> x.provider.id().equals(wish.id)).findFirst().orElse(null);
    if (c == null || c.probe instanceof Probe.Unavailable) {
      throw RelataException.of(ErrorId.BACKEND, "The chosen backend cannot be used")
          .where(wish.source)
          .expected("one of the available backends")
          .found(lines(candidates))
          .remedy("choose another, or put the jar of '" + wish.id + "' on the class path")
          .build();
    }
    if (wish.ordinal >= c.provider.devices()) {
      throw RelataException.of(ErrorId.BACKEND, "The backend has no such device")
          .where(wish.source)
          .expected("a device from 0 to " + (c.provider.devices() - 1))
          .found(String.valueOf(wish.ordinal))
          .build();
    }
    return c;
  }

  private static String lines(List<Candidate> candidates) {
    return candidates.isEmpty()
        ? "no backend on the class path"
        : candidates.stream().map(Candidate::line).collect(Collectors.joining("\n            "));
  }

  private int threads() {
    String text = properties.getProperty("relata.threads");
    if (text == null) {
      return Runtime.getRuntime().availableProcessors();
    }
    try {
      int n = Integer.parseInt(text.strip());
      if (n >= 1) {
        return n;
      }
    } catch (NumberFormatException e) {
      LOG.debug("relata.threads is no number", e);
    }
    throw RelataException.of(ErrorId.ARGUMENT, "The number of threads is not valid")
        .where("-Drelata.threads")
        .expected("a whole number of at least 1")
        .found(text)
        .build();
  }

  String diagnose() {
    StringBuilder s = new StringBuilder("Relata diagnosis\n");
    s.append("java: ").append(properties.getProperty("java.vm.name")).append(' ');
    s.append(properties.getProperty("java.runtime.version")).append('\n');
    s.append("system: ").append(properties.getProperty("os.name")).append(' ');
    s.append(properties.getProperty("os.version")).append(' ');
    s.append(properties.getProperty("os.arch")).append(", ");
    s.append(Runtime.getRuntime().availableProcessors()).append(" processors, heap ");
    s.append(String.format(Locale.ROOT, "%.1f GiB", Runtime.getRuntime().maxMemory() / 0x1p30));
    s.append('\n');
    s.append("vector module: ");
    s.append(
        ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
            ? "present\n"
            : "absent (add --add-modules jdk.incubator.vector)\n");
    Wish wish = wish(null);
    s.append("asked for: ").append(wish == null ? "the best" : wish.source).append('\n');
    s.append("backends:\n");
    for (Candidate c : probeAll()) {
      s.append("  ").append(c.line()).append(", priority ").append(c.provider.priority());
      s.append('\n');
    }
    s.append("modules:\n");
    for (RelataModule m : ServiceLoader.load(RelataModule.class)) {
      s.append("  ")
          .append(m.getClass().getName())
          .append(", from ")
          .append(origin(m))
          .append('\n');
    }
    s.append("kernel plugins:").append(kernels.isEmpty() ? " none\n" : "\n");
    for (KernelProvider k : kernels) {
      s.append("  ").append(k.id()).append(", priority ").append(k.priority()).append('\n');
    }
    return s.toString();
  }

  private static String origin(RelataModule module) {
    CodeSource source = module.getClass().getProtectionDomain().getCodeSource();
    return source == null ? "an unknown place" : source.getLocation().getPath();
  }
}
