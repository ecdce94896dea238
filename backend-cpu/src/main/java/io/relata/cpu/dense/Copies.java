package io.relata.cpu.dense;

import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.ConcurrentHashMap;

/** The copies of kernel templates made so far, each made when first asked for. */
final class Copies {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
  private static final ConcurrentHashMap<Key, Object> MADE = new ConcurrentHashMap<>();

  private record Key(String template, Object parameters) {}

  private Copies() {}

  /** The copy of a template for these parameters. */
  static <T> T get(Class<T> type, String template, Object parameters) {
    return type.cast(
        MADE.computeIfAbsent(
            new Key(template, parameters),
            k -> Specialized.copy(LOOKUP, k.template(), k.parameters())));
  }
}
