package io.relata.data;

/**
 * Says that a data set is missing, damaged or unreachable, and what to do about it.
 *
 * <p>The message names the file or address, what was expected, what was found, and the remedy.
 */
public final class DataSetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DataSetException(String message) {
    super(message);
  }

  public DataSetException(String message, Throwable cause) {
    super(message, cause);
  }
}
