package io.relata;

/**
 * While open, this thread's operations record no gradients; for inference and for updates of
 * parameters.
 */
public final class NoGrad implements AutoCloseable {
  private static final ThreadLocal<Integer> DEPTH = ThreadLocal.withInitial(() -> 0);

  private boolean open = true;

  /** Starts; close it on the same thread. */
  public NoGrad() {
    DEPTH.set(DEPTH.get() + 1);
  }

  static boolean isOn() {
    return DEPTH.get() > 0;
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      DEPTH.set(DEPTH.get() - 1);
    }
  }
}
