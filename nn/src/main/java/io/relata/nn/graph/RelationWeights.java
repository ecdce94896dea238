package io.relata.nn.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.nn.Initializers;
import io.relata.nn.Layer;
import io.relata.nn.LayerContext;

/**
 * A matrix per relation, or a few bases and their shares in each relation's matrix, {@code W_r =
 * Σ_b coeff[r, b] V_b} (Schlichtkrull et al., 2018; DGL: the parameters of {@code TypedLinear}).
 * Parameters {@code W} (relations, in, out) or (bases, in, out), from U(±1/sqrt(in)), and with
 * bases {@code coeff} (relations, bases), Glorot uniform with relu's gain.
 */
public final class RelationWeights extends Layer {
  private final int relations;
  private final Tensor matrices;
  private final Tensor coefficients;

  /**
   * With bases, or 0 for a matrix of its own for each relation.
   *
   * @throws RelataException ARGUMENT for a negative number of bases
   */
  public RelationWeights(LayerContext context, int relations, int in, int out, int bases) {
    if (bases < 0) {
      throw RelataException.of(ErrorId.ARGUMENT, "The number of bases is negative")
          .where("RelationWeights")
          .expected("1 or more, or 0 for none")
          .found(Integer.toString(bases))
          .build();
    }
    this.relations = relations;
    double bound = 1 / Math.sqrt(Math.max(1, in));
    int stored = bases == 0 ? relations : bases;
    matrices = parameter("W", context.make(Initializers.uniform(-bound, bound), stored, in, out));
    coefficients =
        bases == 0
            ? null
            : parameter(
                "coeff",
                context.make(Initializers.xavierUniform(Initializers.RELU_GAIN), relations, bases));
  }

  /** The matrices of all relations, (relations, in, out). */
  public Tensor forward() {
    if (coefficients == null) {
      return matrices;
    }
    long in = matrices.dim(1);
    long out = matrices.dim(2);
    Tensor mixed = coefficients.matmul(matrices.reshape(matrices.dim(0), in * out));
    return output(mixed.reshape(relations, in, out));
  }

  @Override
  protected String describe() {
    String bases = coefficients == null ? "" : ", bases=" + matrices.dim(0);
    return relations + " x " + matrices.dim(1) + " x " + matrices.dim(2) + bases;
  }
}
