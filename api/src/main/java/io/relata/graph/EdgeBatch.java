package io.relata.graph;

import io.relata.Tensor;
import java.util.function.Function;

/**
 * What a user-defined message function sees: some edges of one relation, with the fields at their
 * ends.
 */
public final class EdgeBatch {
  private final Tensor ids;
  private final Function<String, Tensor> src;
  private final Function<String, Tensor> dst;
  private final Function<String, Tensor> data;

  /**
   * A batch; fields are gathered when they are asked for.
   *
   * @param ids edge ids, (edges,) INT32
   * @param src gathers a field of the source nodes
   * @param dst gathers a field of the destination nodes
   * @param data gathers a field of the edges
   */
  public EdgeBatch(
      Tensor ids,
      Function<String, Tensor> src,
      Function<String, Tensor> dst,
      Function<String, Tensor> data) {
    this.ids = ids;
    this.src = src;
    this.dst = dst;
    this.data = data;
  }

  /** Number of edges. */
  public long size() {
    return ids.size();
  }

  /** Edge ids, (edges,) INT32. */
  public Tensor ids() {
    return ids;
  }

  /** A field of each edge's source, (edges, …). */
  public Tensor src(String field) {
    return src.apply(field);
  }

  /** A field of each edge's destination, (edges, …). */
  public Tensor dst(String field) {
    return dst.apply(field);
  }

  /** A field of each edge, (edges, …). */
  public Tensor data(String field) {
    return data.apply(field);
  }
}
