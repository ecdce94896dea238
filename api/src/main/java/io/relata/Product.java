package io.relata;

/** Matrix products and their gradients. */
final class Product {
  private Product() {}

  /**
   * {@code torch.matmul} for two matrices, a batch of matrices on both sides, or rows of any rank
   * times a matrix.
   */
  static Tensor matmul(Tensor x, Tensor y) {
    int rx = x.shape().rank();
    int ry = y.shape().rank();
    if (rx >= 1 && ry == 2 && rx != 2) {
      long n = y.shape().dim(1);
      long k = x.shape().dim(-1);
      Tensor rows = matmul(x.reshape(k == 0 ? x.shape().product(0, rx - 1) : x.size() / k, k), y);
      return rows.reshape(x.shape().with(-1, n));
    }
    if (rx == 2 && ry == 1) {
      return matmul(x, y.reshape(y.size(), 1)).squeeze(1);
    }
    return product(x, false, y, false);
  }

  /**
   * op(x) op(y) with op a transposition of the last two axes where asked; nothing is copied for it.
   */
  static Tensor product(Tensor x, boolean tx, Tensor y, boolean ty) {
    Shape sx = x.shape();
    Shape sy = y.shape();
    x.requireSameRuntime("matmul", y);
    boolean ranks = sx.rank() == sy.rank() && (sx.rank() == 2 || sx.rank() == 3);
    if (!ranks
        || sx.dim(tx ? -2 : -1) != sy.dim(ty ? -1 : -2)
        || (sx.rank() == 3 && sx.dim(0) != sy.dim(0))) {
      throw RelataException.of(ErrorId.SHAPE, "The matrices do not fit")
          .where("matmul")
          .expected("(M, K) times (K, N), or (B, M, K) times (B, K, N)")
          .found(sx + (tx ? " transposed" : "") + " times " + sy + (ty ? " transposed" : ""))
          .build();
    }
    if (x.dtype() != y.dtype() || !x.dtype().isFloating()) {
      throw RelataException.of(ErrorId.DTYPE, "The matrices need one floating-point type")
          .where("matmul")
          .expected("FLOAT32 or FLOAT64 on both sides")
          .found(x.dtype() + " and " + y.dtype())
          .remedy("convert with .to(DType." + (x.dtype().isFloating() ? x : y).dtype() + ")")
          .build();
    }
    long m = sx.dim(tx ? -1 : -2);
    long n = sy.dim(ty ? -2 : -1);
    Shape shape = sx.rank() == 2 ? Shape.of(m, n) : Shape.of(sx.dim(0), m, n);
    boolean gx = x.requiresGrad();
    boolean gy = y.requiresGrad();
    return Tensor.record(
        "matmul",
        x.relata().kernels().matmul(x, tx, y, ty, shape),
        (g, sums) -> {
          Tensor[] answers = new Tensor[2];
          if (gx) {
            Tensor sum = sums.soFar(0);
            answers[0] =
                tx ? add(sum, y, ty, g, true, x.shape()) : add(sum, g, false, y, !ty, x.shape());
          }
          if (gy) {
            Tensor sum = sums.soFar(1);
            answers[1] =
                ty ? add(sum, g, true, x, tx, y.shape()) : add(sum, x, !tx, g, false, y.shape());
          }
          return answers;
        },
        x,
        y);
  }

  /**
   * op(x) op(y) without checks and records: added to {@code sum}, and then null, or where that is
   * null a new tensor.
   */
  private static Tensor add(Tensor sum, Tensor x, boolean tx, Tensor y, boolean ty, Shape shape) {
    if (sum == null) {
      return x.relata().kernels().matmul(x, tx, y, ty, shape);
    }
    sum.relata().kernels().matmul(x, tx, y, ty, true, sum);
    return null;
  }
}
