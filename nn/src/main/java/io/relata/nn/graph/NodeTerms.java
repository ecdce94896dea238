package io.relata.nn.graph;

import io.relata.Tensor;
import io.relata.nn.LayerContext;

/**
 * What the ends of an edge bring to its logits in additive attention: for each node and head the
 * dot product of its features with a vector, one for sources and one for destinations. Made as a
 * product with a matrix of a column per head, which reads the features once and writes nothing of
 * their size; both ends at once where they are the same nodes.
 */
final class NodeTerms {
  private final Tensor left;
  private final Tensor right;

  /** (heads, 1, heads), ones where both are the same head. */
  private final Tensor same;

  /**
   * Terms with these vectors.
   *
   * @param left (1, heads, out), for sources
   * @param right (1, heads, out), for destinations
   */
  NodeTerms(LayerContext context, Tensor left, Tensor right) {
    this.left = left;
    this.right = right;
    int heads = Math.toIntExact(left.dim(1));
    float[] ones = new float[heads * heads];
    for (int h = 0; h < heads; h++) {
      ones[h * heads + h] = 1;
    }
    same =
        context.make((c, shape) -> c.relata().tensor(ones, shape).to(c.dtype()), heads, 1, heads);
  }

  /**
   * A number for each node and head.
   *
   * @param source (numSrc, heads)
   * @param destination (numDst, heads)
   */
  record Terms(Tensor source, Tensor destination) {}

  /** From features (numSrc, heads, out) and (numDst, heads, out), which may be one tensor. */
  Terms of(Tensor zs, Tensor zd) {
    long heads = zs.dim(1);
    if (zs != zd) {
      return new Terms(rows(zs).matmul(columns(left)), rows(zd).matmul(columns(right)));
    }
    Tensor both = rows(zs).matmul(Tensor.concat(1, columns(left), columns(right)));
    return new Terms(both.slice(1, 0, heads), both.slice(1, heads, 2 * heads));
  }

  private static Tensor rows(Tensor z) {
    return z.reshape(z.dim(0), z.dim(1) * z.dim(2));
  }

  /** (heads · out, heads): column h holds the vector of head h in that head's rows. */
  private Tensor columns(Tensor vectors) {
    long heads = vectors.dim(1);
    long out = vectors.dim(2);
    return vectors.reshape(heads, out, 1).mul(same).reshape(heads * out, heads);
  }
}
