package io.relata.tck.program;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The node counts and edge lists of a random graph.
 *
 * @param nodes by type
 * @param relations in the order of relation ids
 */
record Schema(Map<String, Integer> nodes, List<Edges> relations) {
  /** One relation; edge i goes from src[i] to dst[i]. */
  record Edges(
      String source, String name, String destination, List<Integer> src, List<Integer> dst) {
    static final Comparator<Edges> ORDER =
        Comparator.comparing(Edges::source)
            .thenComparing(Edges::name)
            .thenComparing(Edges::destination);

    String key() {
      return source + ":" + name + ":" + destination;
    }

    int count() {
      return src.size();
    }
  }

  Edges relation(String key) {
    return relations.stream().filter(r -> r.key().equals(key)).findFirst().orElseThrow();
  }

  /** Rows of the fields of a node type or relation. */
  int rows(String owner) {
    return nodes.containsKey(owner) ? nodes.get(owner) : relation(owner).count();
  }

  /** A part of a graph, with the ids its edges had. */
  record Part(Schema schema, Map<String, List<Integer>> edges) {}

  /** What the given nodes induce: edges by new source, those of one source by id. */
  Part induced(Map<String, List<Integer>> wanted) {
    Map<String, Integer> counts = new TreeMap<>();
    nodes.keySet().forEach(t -> counts.put(t, wanted.getOrDefault(t, List.of()).size()));
    List<Edges> parts = new ArrayList<>();
    Map<String, List<Integer>> ids = new TreeMap<>();
    for (Edges r : relations) {
      List<Integer> from = wanted.getOrDefault(r.source, List.of());
      List<Integer> to = wanted.getOrDefault(r.destination, List.of());
      List<Integer> kept = new ArrayList<>();
      List<Integer> src = new ArrayList<>();
      List<Integer> dst = new ArrayList<>();
      for (int u = 0; u < from.size(); u++) {
        for (int e = 0; e < r.count(); e++) {
          if (r.src.get(e).equals(from.get(u)) && to.contains(r.dst.get(e))) {
            kept.add(e);
            src.add(u);
            dst.add(to.indexOf(r.dst.get(e)));
          }
        }
      }
      parts.add(new Edges(r.source, r.name, r.destination, src, dst));
      ids.put(r.key(), kept);
    }
    return new Part(new Schema(counts, parts), ids);
  }
}
