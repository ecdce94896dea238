package io.relata;

import io.relata.spi.Backend;
import io.relata.spi.KernelProvider;
import io.relata.spi.SpmmCall;
import io.relata.spi.SpmmKernel;
import io.relata.spi.SpmmSignature;
import java.lang.ref.Reference;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Chooses, once per signature, between the backend's sparse product and those that plugins offer.
 */
public final class SpmmTable {
  private record Choice(String origin, SpmmKernel kernel) {}

  private final Backend backend;
  private final List<KernelProvider> plugins;
  private final Map<SpmmSignature, Choice> choices = new ConcurrentHashMap<>();

  SpmmTable(Backend backend, List<KernelProvider> plugins) {
    this.backend = backend;
    this.plugins =
        plugins.stream()
            .sorted(
                Comparator.comparingInt(KernelProvider::priority)
                    .reversed()
                    .thenComparing(KernelProvider::id))
            .toList();
  }

  /** Runs the chosen kernel. */
  public void run(SpmmCall call) {
    choices.computeIfAbsent(call.signature(backend.id()), this::choose).kernel.run(call);
    Reference.reachabilityFence(call);
  }

  private Choice choose(SpmmSignature signature) {
    for (KernelProvider p : plugins) {
      if (p.priority() < 0) {
        break;
      }
      SpmmKernel kernel = p.spmm(signature, backend).orElse(null);
      if (kernel != null) {
        return new Choice(p.id(), kernel);
      }
    }
    return new Choice(backend.id(), backend.graph()::spmm);
  }

  /** The choices so far, a line each, sorted. */
  public String explain() {
    Map<String, String> lines = new TreeMap<>();
    choices.forEach((s, c) -> lines.put(s.toString(), c.origin));
    StringBuilder text = new StringBuilder();
    lines.forEach((s, c) -> text.append(s).append(" -> ").append(c).append('\n'));
    return text.toString();
  }
}
