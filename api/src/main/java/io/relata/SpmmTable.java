package io.relata;

import io.relata.spi.Backend;
import io.relata.spi.KernelProvider;
import io.relata.spi.SpmmCall;
import io.relata.spi.SpmmKernel;
import io.relata.spi.SpmmSignature;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Chooses, once per signature, between the backend's sparse product and those that plugins offer.
 */
public final class SpmmTable {
  /**
   * What runs for a signature.
   *
   * @param plugin whose kernel it is; null for the backend
   * @param reason why it was preferred to others that offered a kernel; empty where none did
   */
  private record Choice(KernelProvider plugin, SpmmKernel kernel, String reason) {}

  private final Backend backend;
  private final List<KernelProvider> plugins;
  private final Map<SpmmSignature, Choice> choices = new ConcurrentHashMap<>();

  SpmmTable(Backend backend, List<KernelProvider> plugins) {
    this.backend = backend;
    this.plugins =
        plugins.stream()
            .filter(p -> p.priority() >= 0)
            .sorted(
                Comparator.comparingInt(KernelProvider::priority)
                    .reversed()
                    .thenComparing(KernelProvider::id))
            .toList();
    requireDifferentIds(plugins);
  }

  private static void requireDifferentIds(List<KernelProvider> plugins) {
    Map<String, KernelProvider> known = new TreeMap<>();
    for (KernelProvider p : plugins) {
      KernelProvider other = known.putIfAbsent(p.id(), p);
      if (other != null) {
        throw RelataException.of(ErrorId.PLUGIN, "Two kernel plugins have the same id")
            .where("'" + p.id() + "'")
            .found(other.getClass().getName() + " and " + p.getClass().getName())
            .remedy("take one of them off the class path")
            .build();
      }
    }
  }

  /**
   * Runs the chosen kernel.
   *
   * @throws RelataException PLUGIN, naming the plugin, where a plugin fails to choose or to compute
   */
  public void run(SpmmCall call) {
    run(choice(call), call);
    Reference.reachabilityFence(call);
  }

  /**
   * Runs several calls as if one after the other: neighbours for which the backend's own kernels
   * were chosen in one step of the backend.
   *
   * @throws RelataException PLUGIN, as in {@link #run}
   */
  public void runAll(List<SpmmCall> calls) {
    if (calls.size() == 1) {
      run(calls.getFirst());
      return;
    }
    List<SpmmCall> own = new ArrayList<>(calls.size());
    for (SpmmCall call : calls) {
      Choice choice = choice(call);
      if (choice.plugin == null) {
        own.add(call);
      } else {
        runOwn(own);
        own.clear();
        run(choice, call);
      }
    }
    runOwn(own);
    Reference.reachabilityFence(calls);
  }

  private void runOwn(List<SpmmCall> calls) {
    if (!calls.isEmpty()) {
      backend.graph().spmmAll(calls);
    }
  }

  private Choice choice(SpmmCall call) {
    SpmmSignature signature = call.signature(backend.id());
    Choice known = choices.get(signature);
    return known != null ? known : choices.computeIfAbsent(signature, this::choose);
  }

  private void run(Choice choice, SpmmCall call) {
    if (choice.plugin == null) {
      choice.kernel.run(call);
      return;
    }
    try {
      choice.kernel.run(call);
    } catch (RuntimeException | LinkageError | AssertionError e) {
      SpmmSignature signature = call.signature(backend.id());
      throw failed("The kernel of a plugin failed", choice.plugin, signature, e);
    }
  }

  private static RelataException failed(
      String what, KernelProvider plugin, SpmmSignature signature, Throwable cause) {
    return RelataException.of(ErrorId.PLUGIN, what)
        .where("plugin '" + plugin.id() + "' (" + plugin.getClass().getName() + "), " + signature)
        .found(cause.toString())
        .remedy("take the plugin off the class path, and report this to its author")
        .cause(cause)
        .build();
  }

  private Choice choose(SpmmSignature signature) {
    KernelProvider first = null;
    SpmmKernel chosen = null;
    List<String> others = new ArrayList<>();
    for (KernelProvider p : plugins) {
      SpmmKernel kernel = offer(p, signature);
      if (kernel != null && first == null) {
        first = p;
        chosen = kernel;
      } else if (kernel != null) {
        boolean same = p.priority() == first.priority();
        others.add(
            p.id() + " of " + (same ? "the same priority by id" : "priority " + p.priority()));
      }
    }
    return first == null
        ? new Choice(null, backend.graph()::spmm, "")
        : new Choice(
            first, chosen, others.isEmpty() ? "" : ", before " + String.join(", ", others));
  }

  private SpmmKernel offer(KernelProvider plugin, SpmmSignature signature) {
    try {
      return plugin.spmm(signature, backend).orElse(null);
    } catch (RuntimeException | LinkageError | AssertionError e) {
      throw failed("A plugin failed to say whether it has a kernel", plugin, signature, e);
    }
  }

  /**
   * The choices so far, a line each, sorted: the signature and whose kernel runs; for a plugin also
   * its priority and the plugins whose kernels it displaced.
   */
  public String explain() {
    Map<String, String> lines = new TreeMap<>();
    choices.forEach((s, c) -> lines.put(s.toString(), line(c)));
    StringBuilder text = new StringBuilder();
    lines.forEach((s, c) -> text.append(s).append(" -> ").append(c).append('\n'));
    return text.toString();
  }

  private String line(Choice c) {
    return c.plugin == null
        ? backend.id()
        : c.plugin.id() + " (priority " + c.plugin.priority() + c.reason + ")";
  }
}
