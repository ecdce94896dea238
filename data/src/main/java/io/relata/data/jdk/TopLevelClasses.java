package io.relata.data.jdk;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts each class in a group with everything that is nested in the same top-level class, so that a
 * split by group cannot leak an outer class's answer through what is nested in it.
 *
 * <p>Compilers and tools other than javac leave attributes out, and {@code $} is also legal in a
 * name, so all evidence is joined: the nest host, the chain of enclosing classes, and the name up
 * to its first {@code $}, even if no class has that name. A group too large costs nothing; one too
 * small leaks.
 */
final class TopLevelClasses {
  private final int[] parent;

  private TopLevelClasses(int size) {
    parent = new int[size];
    for (int i = 0; i < size; i++) {
      parent[i] = i;
    }
  }

  /**
   * Returns for each class the smallest index in its group, which is that of the top-level class
   * when classes are sorted by name.
   *
   * @param classes sorted by name
   * @param indexOf index of each class name
   */
  static int[] of(List<ClassFacts> classes, Map<String, Integer> indexOf) {
    TopLevelClasses groups = new TopLevelClasses(classes.size());
    Map<String, Integer> firstOfPrefix = new HashMap<>();
    for (int i = 0; i < classes.size(); i++) {
      ClassFacts facts = classes.get(i);
      groups.join(i, firstOfPrefix.merge(topLevelName(facts.name()), i, (first, _) -> first));
      for (String outer : facts.targets().getOrDefault(Relation.NESTED_IN, Set.of())) {
        groups.join(i, indexOf.getOrDefault(outer, i));
      }
      groups.join(i, facts.nestHost().map(indexOf::get).orElse(i));
    }
    int[] topLevel = new int[classes.size()];
    for (int i = 0; i < topLevel.length; i++) {
      topLevel[i] = groups.find(i);
    }
    return topLevel;
  }

  /** Returns the name up to the first {@code $} that is not the first letter of the simple name. */
  static String topLevelName(String name) {
    int dollar = name.indexOf('$', name.lastIndexOf('/') + 2);
    return dollar < 0 ? name : name.substring(0, dollar);
  }

  private int find(int i) {
    int root = i;
    while (parent[root] != root) {
      root = parent[root];
    }
    parent[i] = root;
    return root;
  }

  private void join(int a, int b) {
    int first = find(a);
    int second = find(b);
    parent[Math.max(first, second)] = Math.min(first, second);
  }
}
