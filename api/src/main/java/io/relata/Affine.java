package io.relata;

import static java.lang.ref.Reference.reachabilityFence;

import io.relata.spi.AffineCall;
import io.relata.spi.AffineGradCall;
import io.relata.spi.MatmulCall;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The dense part of a layer, {@code activation(x1 W1 + x2 W2 + … + y1 + … + bias)}, in one array
 * and one recorded operation:
 *
 * <pre>{@code
 * Tensor h = new Affine().product(neighbours, w).product(x, self).bias(b).apply(Nonlinearity.RELU);
 * }</pre>
 *
 * <p>The same, up to rounding, as the products and sums one after the other, which keep an array
 * each. Used once.
 */
public final class Affine {
  private final List<Term> products = new ArrayList<>();
  private final List<Tensor> addends = new ArrayList<>();
  private Tensor over;
  private Tensor bias;

  private record Term(Tensor x, Tensor w, boolean transposed) {
    long outputs() {
      return w.dim(transposed ? 0 : 1);
    }
  }

  /** Adds x w: (N, K) times (K, C). */
  public Affine product(Tensor x, Tensor w) {
    return product(x, w, false);
  }

  /** Adds x w, or x wᵀ with w (C, K) where {@code transposed}. */
  public Affine product(Tensor x, Tensor w, boolean transposed) {
    products.add(new Term(x, w, transposed));
    return this;
  }

  /** Adds y (N, C). */
  public Affine plus(Tensor y) {
    addends.add(y);
    return this;
  }

  /**
   * Adds y (N, C) and puts the result in its place, which saves an array. For a tensor that only
   * the caller has seen, whose own operation does not need its result for the gradient (sums of
   * neighbours and products do not); it must not be read afterwards.
   *
   * @throws RelataException ARGUMENT for a second one
   */
  public Affine over(Tensor y) {
    if (over != null) {
      throw RelataException.of(ErrorId.ARGUMENT, "The result takes the place of one tensor at most")
          .where("affine, over")
          .remedy("pass the others to plus")
          .build();
    }
    over = y;
    return this;
  }

  /**
   * Adds b (C,) to every row; null for none.
   *
   * @throws RelataException ARGUMENT for a second one
   */
  public Affine bias(Tensor b) {
    if (b != null && bias != null) {
      throw RelataException.of(ErrorId.ARGUMENT, "There is a bias already")
          .where("affine")
          .found("shapes " + bias.shape() + " and " + b.shape())
          .remedy("add them up first")
          .build();
    }
    bias = b == null ? bias : b;
    return this;
  }

  /** The sum, (N, C), without an activation. */
  public Tensor apply() {
    return sum(null);
  }

  /**
   * The activation of the sum, (N, C); in the same pass where it is a {@link Nonlinearity}.
   *
   * @throws RelataException SHAPE for operands that do not fit, DTYPE where they are not all
   *     FLOAT32 or all FLOAT64, ARGUMENT where there is nothing but a bias
   */
  public Tensor apply(UnaryOperator<Tensor> activation) {
    return activation instanceof Nonlinearity f ? sum(f) : activation.apply(sum(null));
  }

  private Tensor sum(Nonlinearity f) {
    if (over != null && products.isEmpty() && addends.isEmpty() && bias == null && f == null) {
      return over;
    }
    Shape shape = check();
    Tensor like =
        products.isEmpty() ? addends.isEmpty() ? over : addends.getFirst() : products.getFirst().x;
    Tensor out =
        over == null ? like.relata().empty(like.dtype(), shape) : like.relata().wrap(over.array());
    List<AffineCall.Factors> factors =
        products.stream()
            .map(p -> new AffineCall.Factors(p.x.array(), p.w.array(), p.transposed))
            .toList();
    out.relata()
        .backend()
        .dense()
        .affine(
            new AffineCall(
                factors,
                addends.stream().map(Tensor::array).toList(),
                over != null,
                bias == null ? null : bias.array(),
                f == null ? null : f.op(),
                f == null ? 0 : f.parameter(),
                out.array()));
    reachabilityFence(this);
    List<Tensor> inputs = new ArrayList<>();
    for (Term p : products) {
      inputs.add(p.x);
      inputs.add(p.w);
    }
    inputs.addAll(addends);
    inputs.add(over);
    inputs.add(bias);
    // The rule lives in the result's node, so it must not hold the result itself but what it shows.
    Tensor result = f == null ? null : out.detach();
    boolean[] wanted = new boolean[inputs.size()];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = inputs.get(i) != null && inputs.get(i).requiresGrad();
    }
    List<Term> plain =
        products.stream().map(p -> new Term(p.x.detach(), p.w.detach(), p.transposed)).toList();
    return Tensor.record(
        "affine",
        out,
        (g, sums) -> gradients(plain, wanted, f, result, g, sums),
        inputs.toArray(Tensor[]::new));
  }

  private static Tensor[] gradients(
      List<Term> products,
      boolean[] wanted,
      Nonlinearity f,
      Tensor result,
      Tensor gradient,
      GradientSums sums) {
    Relata relata = gradient.relata();
    Tensor before =
        f == null || sums.ownsGradient()
            ? gradient
            : relata.empty(gradient.dtype(), gradient.shape());
    Tensor[] answers = new Tensor[wanted.length];
    int last = wanted.length - 1;
    if (wanted[last]) {
      answers[last] = relata.empty(gradient.dtype(), Shape.of(gradient.dim(1)));
    }
    List<MatmulCall> calls = new ArrayList<>();
    for (int i = 0; i < products.size(); i++) {
      Term p = products.get(i);
      if (wanted[2 * i + 1]) {
        Tensor dw = place(2 * i + 1, p.w, sums, answers);
        boolean adds = answers[2 * i + 1] == null;
        calls.add(
            p.transposed
                ? call(before, true, p.x, false, adds, dw)
                : call(p.x, true, before, false, adds, dw));
      }
      if (wanted[2 * i]) {
        Tensor dx = place(2 * i, p.x, sums, answers);
        calls.add(call(before, false, p.w, !p.transposed, answers[2 * i] == null, dx));
      }
    }
    relata
        .backend()
        .dense()
        .affineGrad(
            new AffineGradCall(
                gradient.array(),
                result == null ? null : result.array(),
                f == null ? null : f.gradientOp(),
                f == null ? 0 : f.parameter(),
                before.array(),
                wanted[last] ? answers[last].array() : null),
            calls);
    reachabilityFence(gradient);
    reachabilityFence(result);
    reachabilityFence(before);
    reachabilityFence(products);
    reachabilityFence(answers);
    for (int i = 2 * products.size(); i < last; i++) {
      answers[i] = wanted[i] ? before : null;
    }
    return answers;
  }

  /** Where an operand's gradient goes: to its sum so far, or a new tensor, which is the answer. */
  private static Tensor place(int operand, Tensor like, GradientSums sums, Tensor[] answers) {
    Tensor sum = sums.soFar(operand);
    if (sum == null) {
      answers[operand] = like.relata().empty(like.dtype(), like.shape());
    }
    return sum == null ? answers[operand] : sum;
  }

  private static MatmulCall call(
      Tensor x, boolean transposeX, Tensor y, boolean transposeY, boolean add, Tensor out) {
    return new MatmulCall(x.array(), transposeX, y.array(), transposeY, add, out.array());
  }

  // ---- checks ----

  private Shape check() {
    Shape shape = null;
    Tensor like = null;
    for (Term p : products) {
      boolean matrices = p.x.shape().rank() == 2 && p.w.shape().rank() == 2;
      if (!matrices || p.x.dim(1) != p.w.dim(p.transposed ? 1 : 0)) {
        throw RelataException.of(ErrorId.SHAPE, "The matrices do not fit")
            .where("affine, product " + products.indexOf(p))
            .expected(p.transposed ? "(N, K) and (C, K)" : "(N, K) and (K, C)")
            .found(p.x.shape() + " and " + p.w.shape())
            .build();
      }
      Shape own = Shape.of(p.x.dim(0), p.outputs());
      same("product " + products.indexOf(p), own, shape);
      shape = shape == null ? own : shape;
      like = typed("product " + products.indexOf(p), p.x, like);
      like = typed("product " + products.indexOf(p), p.w, like);
    }
    List<Tensor> all = new ArrayList<>(addends);
    if (over != null) {
      all.add(over);
    }
    for (Tensor y : all) {
      String where = y == over ? "over" : "plus " + addends.indexOf(y);
      if (y.shape().rank() != 2) {
        throw RelataException.of(ErrorId.SHAPE, "The operands do not fit")
            .where("affine, " + where)
            .expected("a matrix (N, C)")
            .found(y.shape().toString())
            .build();
      }
      same(where, y.shape(), shape);
      shape = y.shape();
      like = typed(where, y, like);
    }
    if (shape == null) {
      throw RelataException.of(ErrorId.ARGUMENT, "There is nothing to add up")
          .where("affine")
          .expected("a product, plus or over")
          .build();
    }
    if (bias != null) {
      typed("bias", bias, like);
      same("bias", bias.shape(), Shape.of(shape.dim(1)));
    }
    return shape;
  }

  private static void same(String where, Shape own, Shape others) {
    if (others != null && !own.equals(others)) {
      throw RelataException.of(ErrorId.SHAPE, "The operands do not fit")
          .where("affine, " + where)
          .expected(others.toString())
          .found(own.toString())
          .build();
    }
  }

  private static Tensor typed(String where, Tensor t, Tensor like) {
    if (!t.dtype().isFloating() || like != null && t.dtype() != like.dtype()) {
      throw RelataException.of(ErrorId.DTYPE, "The operands need one floating-point type")
          .where("affine, " + where)
          .expected(like == null ? "FLOAT32 or FLOAT64" : like.dtype().toString())
          .found(t.dtype() + " " + t.shape())
          .remedy("convert with .to(DType." + (like == null ? DType.FLOAT32 : like.dtype()) + ")")
          .build();
    }
    if (like != null) {
      like.requireSameRuntime("affine", t);
    }
    return t;
  }
}
