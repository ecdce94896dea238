package io.relata.spi;

/**
 * Finds out whether a backend works on this machine and opens it; bound in a {@link RelataModule}.
 */
public interface BackendProvider {
  /** The name by which {@code -Drelata.backend} selects it; without a colon. */
  String id();

  /** The available provider with the highest priority is chosen; the CPU has 0. */
  int priority();

  /** Never throws, loads native code at the earliest here. */
  Probe probe();

  /** How many devices {@code -Drelata.backend=ID:0}, {@code ID:1} and so on choose among. */
  default int devices() {
    return 1;
  }

  /** Opens the backend; called only after {@link #probe} said available. */
  Backend open(BackendOptions options);
}
