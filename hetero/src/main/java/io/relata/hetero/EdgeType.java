package io.relata.hetero;

import java.util.Comparator;

/**
 * The full name of a relation: (source type, relation, destination type), DGL's canonical edge
 * type.
 *
 * @param source node type its edges leave
 * @param relation short name
 * @param destination node type its edges enter
 */
public record EdgeType(String source, String relation, String destination)
    implements Comparable<EdgeType> {
  private static final Comparator<EdgeType> ORDER =
      Comparator.comparing(EdgeType::source)
          .thenComparing(EdgeType::relation)
          .thenComparing(EdgeType::destination);

  /** The order of relation ids: alphabetical by source type, relation, destination type. */
  @Override
  public int compareTo(EdgeType other) {
    return ORDER.compare(this, other);
  }

  /** The relation seen from its destination, under another name. */
  public EdgeType reversed(String name) {
    return new EdgeType(destination, name, source);
  }

  /** The form in which a relation can be named: {@code source:relation:destination}. */
  @Override
  public String toString() {
    return source + ":" + relation + ":" + destination;
  }
}
