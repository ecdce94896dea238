package io.relata.nn.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.SegmentOps;
import io.relata.graph.Segments;
import io.relata.nn.Initializers;
import io.relata.nn.Layer;
import io.relata.nn.LayerContext;
import java.util.ArrayList;
import java.util.List;

/**
 * A matrix per type, {@code y = x W_type} (Schlichtkrull et al., 2018; DGL: {@code TypedLinear}).
 * Each type has its own matrix, or its share of a few bases, {@code W_r = Σ_b coeff[r, b] V_b}, or
 * blocks along the diagonal. Parameters {@code W} (types, in, out), with bases (bases, in, out),
 * with blocks (types, in · out / blocks), from U(±1/sqrt(in)), and with bases {@code coeff} (types,
 * bases), Glorot uniform with relu's gain.
 */
public final class TypedLinear extends Layer {
  private final int types;
  private final int in;
  private final int out;
  private final int blocks;
  private final Tensor stored;
  private final Tensor coefficients;

  private TypedLinear(LayerContext context, int types, int in, int out, int bases, int blocks) {
    this.types = types;
    this.in = in;
    this.out = out;
    this.blocks = blocks;
    double bound = 1 / Math.sqrt(Math.max(1, in));
    long[] shape =
        blocks > 1
            ? new long[] {types, (long) in * out / blocks}
            : new long[] {bases == 0 ? types : bases, in, out};
    stored = parameter("W", context.make(Initializers.uniform(-bound, bound), shape));
    coefficients =
        bases == 0
            ? null
            : parameter(
                "coeff",
                context.make(Initializers.xavierUniform(Initializers.RELU_GAIN), types, bases));
  }

  /** A matrix of its own for each type. */
  public TypedLinear(LayerContext context, int types, int in, int out) {
    this(context, types, in, out, 0, 1);
  }

  /**
   * With bases shared by all types, or 0 for none.
   *
   * @throws RelataException ARGUMENT for a negative number of bases
   */
  public static TypedLinear withBases(LayerContext context, int types, int in, int out, int bases) {
    if (bases < 0) {
      throw RelataException.of(ErrorId.ARGUMENT, "The number of bases is negative")
          .where("TypedLinear")
          .expected("1 or more, or 0 for none")
          .found(Integer.toString(bases))
          .build();
    }
    return new TypedLinear(context, types, in, out, bases, 1);
  }

  /**
   * With matrices that are zero but for blocks along the diagonal.
   *
   * @throws RelataException ARGUMENT unless the number of blocks divides both sizes
   */
  public static TypedLinear withBlocks(
      LayerContext context, int types, int in, int out, int blocks) {
    if (blocks < 1 || in % blocks != 0 || out % blocks != 0) {
      throw RelataException.of(ErrorId.ARGUMENT, "The number of blocks does not divide the sizes")
          .where("TypedLinear")
          .expected("a divisor of " + in + " and of " + out)
          .found(Integer.toString(blocks))
          .build();
    }
    return blocks == 1
        ? new TypedLinear(context, types, in, out)
        : new TypedLinear(context, types, in, out, 0, blocks);
  }

  /**
   * Each row through the matrix of its type.
   *
   * @param x (N, in)
   * @param rowTypes (N,) INT32 or INT64, 0 to types - 1
   * @return (N, out)
   */
  public Tensor forward(Tensor x, Tensor rowTypes) {
    return output(
        perBlock(x, (rows, matrices) -> SegmentOps.gatherMatmul(rows, matrices, rowTypes)), x);
  }

  /**
   * The same for rows that are sorted by type, which saves the sorting.
   *
   * @param runs the number of rows of each type
   */
  public Tensor forward(Tensor x, Segments runs) {
    return output(
        perBlock(x, (rows, matrices) -> SegmentOps.segmentMatmul(runs, rows, matrices)), x);
  }

  /**
   * Sum over the in-edges of each node of the source's row through the matrix of the edge's type,
   * times norm (E,) unless that is null. (numSrc, in) gives (numDst, out).
   */
  Tensor aggregate(TypedAdjacency g, Tensor x, Tensor norm) {
    return perBlock(x, (rows, matrices) -> RelationalProduct.of(g, rows, matrices, norm));
  }

  /** Something that multiplies rows (N, k) by matrices (types, k, m). */
  private interface Product {
    Tensor apply(Tensor rows, Tensor matrices);
  }

  private Tensor perBlock(Tensor x, Product product) {
    if (blocks == 1) {
      return product.apply(x, matrices());
    }
    int height = in / blocks;
    Tensor all = stored.reshape(types, blocks, height, out / blocks);
    List<Tensor> parts = new ArrayList<>();
    for (int b = 0; b < blocks; b++) {
      Tensor rows = x.slice(1, (long) b * height, (b + 1L) * height);
      parts.add(product.apply(rows, all.select(1, b)));
    }
    return Tensor.concat(1, parts);
  }

  /** The matrix (in, out) of one type, where each has its own. */
  Tensor matrix(int type) {
    return stored.select(0, type);
  }

  private Tensor matrices() {
    return coefficients == null
        ? stored
        : coefficients
            .matmul(stored.reshape(stored.dim(0), (long) in * out))
            .reshape(types, in, out);
  }

  @Override
  protected String describe() {
    String bases = coefficients == null ? "" : ", bases=" + stored.dim(0);
    return types + " x " + in + " x " + out + bases + (blocks == 1 ? "" : ", blocks=" + blocks);
  }
}
