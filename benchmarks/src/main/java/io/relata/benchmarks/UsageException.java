package io.relata.benchmarks;

/** Something the user can mend: a wrong argument or file. Its message is for the user. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
