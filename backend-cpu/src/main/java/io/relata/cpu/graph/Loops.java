package io.relata.cpu.graph;

import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.ConcurrentHashMap;

/** The copies of loop templates made so far, by template and constants. */
final class Loops {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

  private final ConcurrentHashMap<Key, Object> copies = new ConcurrentHashMap<>();

  private record Key(String template, Record constants) {}

  RowLoop rows(String template, LoopSpec spec) {
    return (RowLoop) copy(template, spec);
  }

  WinnerLoop winners(String template, WinnerSpec spec) {
    return (WinnerLoop) copy(template, spec);
  }

  RowLoop softmax(String template, SoftmaxSpec spec) {
    return (RowLoop) copy(template, spec);
  }

  RowCopy rowCopy(int size) {
    return (RowCopy) copy("VectorRowCopy", new RowCopy.Spec(size));
  }

  AttentionLoop attention(String template, AttentionSpec spec) {
    return (AttentionLoop) copy(template, spec);
  }

  private Object copy(String template, Record constants) {
    return copies.computeIfAbsent(
        new Key(template, constants), k -> Specialized.copy(LOOKUP, k.template(), k.constants()));
  }
}
