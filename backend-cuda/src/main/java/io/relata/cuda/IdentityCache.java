package io.relata.cuda;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Something made once for an object, known by its identity, and released when the collector takes
 * the object.
 */
final class IdentityCache<K, V> {
  private final Consumer<V> release;
  private final Map<Key<K>, V> made = new HashMap<>();
  private final ReferenceQueue<K> unreachable = new ReferenceQueue<>();

  IdentityCache(Consumer<V> release) {
    this.release = release;
  }

  /** Equal to another key of the same object; survives it. */
  private static final class Key<K> extends WeakReference<K> {
    private final int hash;

    Key(K object, ReferenceQueue<K> queue) {
      super(object, queue);
      hash = System.identityHashCode(object);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      if (this == other) {
        return true;
      }
      K object = get();
      return object != null && other instanceof Key<?> k && k.get() == object;
    }
  }

  /** What was made for the object, or what {@code make} makes of it now. */
  synchronized V get(K object, Function<K, V> make) {
    for (Reference<?> r = unreachable.poll(); r != null; r = unreachable.poll()) {
      V gone = made.remove(r);
      if (gone != null) {
        release.accept(gone);
      }
    }
    V value = made.get(new Key<>(object, null));
    if (value == null) {
      value = make.apply(object);
      made.put(new Key<>(object, unreachable), value);
    }
    return value;
  }

  /** Releases everything. */
  synchronized void close() {
    made.values().forEach(release);
    made.clear();
  }
}
