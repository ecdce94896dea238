package io.relata.tck.golden;

/** A case that calls what Relata does not have, or what the runner cannot read: a failure. */
final class UnsupportedCase extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnsupportedCase(String message) {
    super(message);
  }
}
