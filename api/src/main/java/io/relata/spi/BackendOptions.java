package io.relata.spi;

/**
 * What a user may ask of a backend.
 *
 * @param threads worker threads including the caller, at least 1
 * @param ordinal which of the backend's devices, below {@link BackendProvider#devices}; -1 for the
 *     backend's choice
 */
public record BackendOptions(int threads, int ordinal) {
  /** Leaves the choice of the device to the backend. */
  public BackendOptions(int threads) {
    this(threads, -1);
  }
}
