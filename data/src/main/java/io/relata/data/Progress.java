package io.relata.data;

/**
 * Is told how far a long read or download is, for a progress bar or a log.
 *
 * <p>Calls never overlap and {@code done} never falls for one item, but they may come from any
 * thread. An exception thrown here ends the read.
 */
@FunctionalInterface
public interface Progress {
  /** Ignores all reports. */
  Progress NONE = (_, _, _) -> {};

  /**
   * Reports a state.
   *
   * @param item what is read, such as a file's name
   * @param done how much is done, from 0 to {@code total}: classes, or bytes of a file
   * @param total how much there is
   */
  void report(String item, long done, long total);
}
