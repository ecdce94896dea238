package io.relata.spi;

/**
 * Finds out whether a backend works on this machine and opens it; bound in a {@link RelataModule}.
 */
public interface BackendProvider {
  /** The name by which {@code -Drelata.backend} selects it. */
  String id();

  /** The available provider with the highest priority is chosen; the CPU has 0. */
  int priority();

  /** Never throws, loads native code at the earliest here. */
  Probe probe();

  /** Opens the backend; called only after {@link #probe} said available. */
  Backend open(BackendOptions options);
}
