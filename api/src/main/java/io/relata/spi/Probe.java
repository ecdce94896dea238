package io.relata.spi;

/** A backend's answer to "would you work here?". */
public sealed interface Probe {
  /** Works; {@code description} names device and kernels. */
  record Available(String description) implements Probe {}

  /** Does not work here: why, and what would help. */
  record Unavailable(String reason, String remedy) implements Probe {}
}
