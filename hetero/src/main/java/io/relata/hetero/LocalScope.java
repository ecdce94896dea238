package io.relata.hetero;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Until it closes, fields can be set, replaced and removed freely; then they are what they were
 * (DGL: {@code local_scope}). Nothing is copied.
 */
public final class LocalScope implements AutoCloseable {
  private final Map<Frame, Map<String, ?>> before = new IdentityHashMap<>();

  LocalScope(Iterable<Frame> frames) {
    frames.forEach(f -> before.put(f, f.snapshot()));
  }

  @Override
  public void close() {
    before.forEach(Frame::restore);
    before.clear();
  }
}
