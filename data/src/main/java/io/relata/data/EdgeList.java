package io.relata.data;

import java.util.Objects;

/**
 * The edges of one relation, as two parallel arrays of node ids (PyG's {@code edge_index}).
 *
 * <p>The arrays are not copied: whoever reads them must not write to them.
 *
 * @param srcType type of the nodes that edges start from
 * @param relation name of the relation
 * @param dstType type of the nodes that edges end at
 * @param src ids of the start nodes, (E)
 * @param dst ids of the end nodes, (E)
 */
public record EdgeList(String srcType, String relation, String dstType, int[] src, int[] dst) {
  /**
   * Checks that there is one start for each end.
   *
   * @throws IllegalArgumentException if the arrays differ in length
   */
  public EdgeList {
    Objects.requireNonNull(srcType, "srcType");
    Objects.requireNonNull(relation, "relation");
    Objects.requireNonNull(dstType, "dstType");
    if (src.length != dst.length) {
      throw new IllegalArgumentException(
          "Relation (%s, %s, %s): %d sources but %d destinations; each edge needs one of both"
              .formatted(srcType, relation, dstType, src.length, dst.length));
    }
  }

  /** Returns E, the number of edges. */
  public int size() {
    return src.length;
  }
}
