package io.relata.graph;

import static java.lang.ref.Reference.reachabilityFence;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.spi.BinaryOp;
import io.relata.spi.DenseKernels;
import io.relata.spi.FeaturePlan;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.RowIndex;
import io.relata.spi.SddmmCall;
import io.relata.spi.SpmmCall;
import io.relata.spi.Target;
import io.relata.spi.WinnerGradCall;
import java.util.Arrays;
import java.util.List;

/**
 * Message passing in the functional form, differentiable (DGL: {@code dgl.ops}). Nothing of size
 * edges times features is made by a reduced product or by its gradient with respect to nodes; the
 * gradient with respect to an edge operand has that operand's size.
 */
public final class GraphOps {
  /**
   * What reading a number by edge costs, where edges are not in the order of their ids, in numbers
   * read and written in order: 2M edges of 16 numbers took 15 ms with a weight each, without 6.
   */
  static final long EDGE_WEIGHT = 8;

  private GraphOps() {}

  // ---- reduced products ----

  /** Sum, mean, max or min over the in-edges of each destination of the operand's rows. (N, …) */
  public static Tensor copyReduce(Adjacency g, Reducer reducer, Arg x) {
    return gspmm(g, MessageOp.COPY, reducer, x, null);
  }

  /**
   * {@code out[v] = reduce over e = (u, v) of op(lhs, rhs)}; a node without in-edges gets 0.
   *
   * @param rhs null for copy
   * @return (numDst, feature shape of the message)
   */
  public static Tensor gspmm(Adjacency g, MessageOp op, Reducer reducer, Arg lhs, Arg rhs) {
    return new Term(g, op, reducer, lhs, rhs, "gspmm").reduce();
  }

  /**
   * The sum over several relations of reduced products into the same destination nodes, in one
   * result that every relation adds to. Reducers are sum or mean.
   */
  public static Tensor gspmmSum(List<Term> terms) {
    return Term.sum(terms);
  }

  // ---- a value per edge ----

  /**
   * {@code out[e] = op(lhs, rhs)} for every edge.
   *
   * @param rhs null for copy
   * @return (numEdges, feature shape of the message)
   */
  public static Tensor gsddmm(Adjacency g, MessageOp op, Arg lhs, Arg rhs) {
    return gsddmm(g, op, lhs, rhs, "gsddmm");
  }

  /** The same; {@code where} names the relation and the function in messages. */
  public static Tensor gsddmm(Adjacency g, MessageOp op, Arg lhs, Arg rhs, String where) {
    check(g, where, lhs);
    MessageShape shape = shape(where, op, lhs, rhs, g);
    Tensor out = sddmm(g, op, lhs, rhs, shape.forward(), shape.feature());
    return Tensor.record(
        "gsddmm",
        out,
        gradient -> gradients(g, op, lhs, rhs, shape, Arg.e(gradient)),
        lhs.value(),
        rhs == null ? null : rhs.value());
  }

  /**
   * Softmax over the in-edges of each destination, for every trailing position by itself; {@link
   * EdgeSoftmax} has the other forms. (E, …)
   */
  public static Tensor edgeSoftmax(Adjacency g, Tensor logits) {
    check(g, "edgeSoftmax", Arg.e(logits));
    RowIndex index = g.in();
    Tensor y = g.relata().empty(logits.dtype(), logits.shape());
    Shape flat = Shape.of(g.numEdges(), logits.shape().rowSize());
    g.relata()
        .backend()
        .graph()
        .edgeSoftmax(index, logits.array().reshape(flat), y.array().reshape(flat));
    reachabilityFence(logits);
    return Tensor.record(
        "edgeSoftmax",
        y,
        gradient -> {
          Tensor weights = y.to(gradient.dtype());
          Tensor dx = g.relata().empty(gradient.dtype(), y.shape());
          g.relata()
              .backend()
              .graph()
              .edgeSoftmaxGrad(
                  index,
                  weights.array().reshape(flat),
                  gradient.array().reshape(flat),
                  dx.array().reshape(flat));
          reachabilityFence(gradient);
          reachabilityFence(weights);
          return new Tensor[] {dx};
        },
        logits);
  }

  /**
   * Additive attention (GAT): for every edge e = (u, v) and head h the logit is {@code
   * leakyRelu(source[u, h] + destination[v, h] + edge[e, h])}, its weight the softmax over the
   * in-edges of v, and {@code out[v, h] = Σ weight · values[u, h]}. The same as {@link #gsddmm},
   * {@link Tensor#leakyRelu}, {@link #edgeSoftmax} and {@link #gspmm} one after the other, up to
   * rounding, in one pass over each row where the backend can: then nothing of the size of edges is
   * made but, going back, the gradient of the logits (E, H).
   *
   * @param source (numSrc, H)
   * @param destination (numDst, H)
   * @param edge (E, H), or null for none
   * @param slope what leakyRelu multiplies negative numbers with
   * @param values (numSrc, H, D)
   * @return (numDst, H, D); 0 for a node without in-edges or with logits of only -inf
   * @throws RelataException FIELD_ROWS for another number of rows, SHAPE for another number of
   *     heads or axes, DTYPE for numbers that are not floating-point or of different types
   */
  public static Tensor attention(
      Adjacency g, Tensor source, Tensor destination, Tensor edge, double slope, Tensor values) {
    return new AdditiveAttention(g, source, destination, edge, slope, values).apply();
  }

  // ---- checks ----

  static void check(Adjacency g, String where, Arg arg) {
    int rows = rows(g, arg.target());
    Tensor t = arg.value();
    if (t.relata() != g.relata()) {
      throw RelataException.of(ErrorId.LIFETIME, "Graph and feature belong to different runtimes")
          .where(where)
          .found(g.relata() + " and " + t.relata())
          .remedy("copy one over with tensor.to(relata) or graph.to(relata)")
          .build();
    }
    if (!t.dtype().ofGradient().isFloating()) {
      throw RelataException.of(ErrorId.DTYPE, "Messages need floating-point features")
          .where(where + ", operand " + name(arg.target()))
          .expected("FLOAT32, FLOAT64, FLOAT16 or BFLOAT16")
          .found(t.dtype() + " of shape " + t.shape())
          .remedy("convert with .to(DType.FLOAT32)")
          .build();
    }
    if (t.shape().rank() == 0 || t.dim(0) != rows) {
      throw RelataException.of(ErrorId.FIELD_ROWS, "The feature has the wrong number of rows")
          .where(where + ", operand " + name(arg.target()))
          .expected(rows + " rows")
          .found("shape " + t.shape())
          .build();
    }
  }

  private static String name(Target t) {
    return switch (t) {
      case U -> "u (source nodes)";
      case V -> "v (destination nodes)";
      case E -> "e (edges)";
    };
  }

  static int rows(Adjacency g, Target t) {
    return switch (t) {
      case U -> g.numSrc();
      case V -> g.numDst();
      case E -> g.numEdges();
    };
  }

  static MessageShape shape(String where, MessageOp op, Arg lhs, Arg rhs, Adjacency g) {
    if ((op == MessageOp.COPY) != (rhs == null)) {
      throw RelataException.of(ErrorId.ARGUMENT, "Copy takes one operand, every other message two")
          .where(where)
          .found(op + " with " + (rhs == null ? "one operand" : "two operands"))
          .build();
    }
    if (rhs != null) {
      check(g, where, rhs);
      if (lhs.value().dtype() != rhs.value().dtype()) {
        throw RelataException.of(ErrorId.DTYPE, "The operands of a message have different types")
            .where(where)
            .expected("one type on both sides")
            .found(lhs.value().dtype() + " and " + rhs.value().dtype())
            .remedy("convert one with .to(DType." + lhs.value().dtype() + ")")
            .build();
      }
    }
    return MessageShape.of(
        where, op, lhs.value().shape().row(), rhs == null ? Shape.of() : rhs.value().shape().row());
  }

  // ---- kernels ----

  static Operand operand(Arg arg) {
    return arg == null ? null : new Operand(arg.value().array(), arg.target());
  }

  private static Tensor sddmm(
      Adjacency g, MessageOp op, Arg lhs, Arg rhs, FeaturePlan plan, Shape feature) {
    Tensor out = g.relata().empty(lhs.value().dtype(), feature.prepend(g.numEdges()));
    // A dot product is a product whose positions share outputs; the plan says so already.
    MessageOp kernel = op == MessageOp.DOT ? MessageOp.MUL : op;
    SddmmCall call = new SddmmCall(g.in(), kernel, operand(lhs), operand(rhs), plan, out.array());
    g.relata().backend().graph().sddmm(call);
    reachabilityFence(call);
    return out;
  }

  static void spmm(
      Adjacency g,
      MessageOp op,
      Arg lhs,
      Arg rhs,
      FeaturePlan plan,
      Reducer reducer,
      Tensor out,
      Tensor winners,
      boolean accumulate) {
    g.relata().spmm().run(call(g, op, lhs, rhs, plan, reducer, out, winners, accumulate));
  }

  static SpmmCall call(
      Adjacency g,
      MessageOp op,
      Arg lhs,
      Arg rhs,
      FeaturePlan plan,
      Reducer reducer,
      Tensor out,
      Tensor winners,
      boolean accumulate) {
    return new SpmmCall(
        g.in(),
        op,
        operand(lhs),
        operand(rhs),
        plan,
        reducer,
        out.array(),
        winners == null ? null : winners.array(),
        accumulate);
  }

  /** The sum at {@code target} of op(lhs, rhs) over the edges there, or the value at each edge. */
  private static Tensor collect(
      PendingSums.Sink sums,
      Adjacency g,
      Target target,
      MessageOp op,
      Arg lhs,
      Arg rhs,
      FeaturePlan plan,
      Shape feature) {
    return switch (target) {
      case E -> sddmm(g, op, lhs, rhs, plan, feature);
      case V -> sums.add(g, op, lhs, rhs, plan, feature);
      case U -> collect(sums, g.reversed(), Target.V, op, flip(lhs), flip(rhs), plan, feature);
    };
  }

  private static Arg flip(Arg a) {
    return a == null
        ? null
        : switch (a.target()) {
          case U -> Arg.v(a.value());
          case V -> Arg.u(a.value());
          case E -> a;
        };
  }

  // ---- gradients ----

  /**
   * Gradients of both operands from the gradient {@code z} of each edge's message, which lives on V
   * or E.
   */
  static Tensor[] gradients(
      Adjacency g, MessageOp op, Arg lhs, Arg rhs, MessageShape shape, Arg z) {
    PendingSums sums = new PendingSums(g.relata());
    Tensor[] result = gradients(sums, g, op, lhs, rhs, shape, z);
    sums.run();
    return result;
  }

  /**
   * The same; sums at nodes are left to {@code sums}, which adds those of one operand up in its
   * first result: the others are null.
   */
  static Tensor[] gradients(
      PendingSums sums, Adjacency g, MessageOp op, Arg lhs, Arg rhs, MessageShape shape, Arg z) {
    Tensor[] result = new Tensor[2];
    boolean reads = op.derivativeReadsOperands();
    if (lhs.value().requiresGrad()) {
      Arg other = reads ? inTypeOf(z, rhs) : rhs;
      result[0] = leftGradient(sums.of(lhs.value()), g, op, lhs, other, shape, z);
    }
    if (rhs != null && rhs.value().requiresGrad()) {
      Arg other = reads ? inTypeOf(z, lhs) : lhs;
      Arg own = reads ? inTypeOf(z, rhs) : rhs;
      result[1] = rightGradient(sums.of(rhs.value()), g, op, other, own, shape, z);
    }
    return result;
  }

  /** Gradients of halves are FLOAT32, so what they are multiplied with has to be. */
  private static Arg inTypeOf(Arg z, Arg arg) {
    return arg.value().dtype() == z.value().dtype()
        ? arg
        : new Arg(arg.target(), arg.value().detach().to(z.value().dtype()));
  }

  private static Tensor leftGradient(
      PendingSums.Sink sums,
      Adjacency g,
      MessageOp op,
      Arg lhs,
      Arg rhs,
      MessageShape shape,
      Arg z) {
    Shape feature = lhs.value().shape().row();
    return switch (op) {
      case COPY, ADD, SUB -> passed(sums, g, lhs.target(), z, feature);
      case MUL, DOT -> collect(sums, g, lhs.target(), MessageOp.MUL, z, rhs, shape.left(), feature);
      case DIV -> collect(sums, g, lhs.target(), MessageOp.DIV, z, rhs, shape.left(), feature);
    };
  }

  private static Tensor rightGradient(
      PendingSums.Sink sums,
      Adjacency g,
      MessageOp op,
      Arg lhs,
      Arg rhs,
      MessageShape shape,
      Arg z) {
    Shape feature = rhs.value().shape().row();
    return switch (op) {
      case COPY -> throw new AssertionError("copy has one operand");
      case ADD -> passed(sums, g, rhs.target(), z, feature);
      case SUB -> passed(PendingSums.AT_ONCE, g, rhs.target(), z, feature).neg();
      case MUL, DOT ->
          collect(sums, g, rhs.target(), MessageOp.MUL, z, lhs, shape.right(), feature);
      // The divisor is the same for all messages it takes part in, so it leaves the sum.
      case DIV ->
          collect(
                  PendingSums.AT_ONCE,
                  g,
                  rhs.target(),
                  MessageOp.MUL,
                  z,
                  lhs,
                  shape.right(),
                  feature)
              .div(rhs.value().square())
              .neg();
    };
  }

  /**
   * The message gradient itself, summed over broadcast axes first, then over the edges at the
   * target.
   */
  private static Tensor passed(
      PendingSums.Sink sums, Adjacency g, Target target, Arg z, Shape feature) {
    Tensor reduced = sumFeatures(z.value(), feature);
    FeaturePlan plan = FeaturePlan.copy(Math.toIntExact(feature.size()));
    return target == z.target() && target == Target.E
        ? reduced
        : collect(
            sums, g, target, MessageOp.COPY, new Arg(z.target(), reduced), null, plan, feature);
  }

  /** Sums over the feature axes along which an operand was broadcast. */
  private static Tensor sumFeatures(Tensor z, Shape feature) {
    Shape from = z.shape().row();
    if (from.equals(feature)) {
      return z;
    }
    Tensor t = z;
    int extra = from.rank() - feature.rank();
    for (int i = 0; i < extra; i++) {
      t = t.sum(1, false);
    }
    for (int i = 0; i < feature.rank(); i++) {
      if (feature.dim(i) == 1 && t.dim(i + 1) != 1) {
        t = t.sum(i + 1, true);
      }
    }
    return t;
  }

  /** Gradients through max and min: only the winning edges count. */
  static Tensor[] winnerGradients(
      Adjacency g,
      MessageOp op,
      Arg lhs,
      Arg rhs,
      FeaturePlan plan,
      Tensor winners,
      Tensor gradient) {
    Tensor[] result = new Tensor[2];
    Arg z = Arg.v(gradient);
    boolean reads = op.derivativeReadsOperands();
    Operand left = operand(reads ? inTypeOf(z, lhs) : lhs);
    Operand right = operand(reads ? inTypeOf(z, rhs) : rhs);
    for (int side = 0; side < 2; side++) {
      Arg arg = side == 0 ? lhs : rhs;
      if (arg != null && arg.value().requiresGrad()) {
        boolean bySource = arg.target() == Target.U;
        Tensor dx = g.relata().empty(gradient.dtype(), arg.value().shape());
        WinnerGradCall call =
            new WinnerGradCall(
                g.in(),
                bySource ? g.out() : null,
                bySource ? null : g.srcIds().array(),
                op,
                left,
                right,
                plan,
                winners.array(),
                gradient.array(),
                side == 0,
                dx.array());
        g.relata().backend().graph().winnerGrad(call);
        reachabilityFence(call);
        result[side] = dx;
      }
    }
    return result;
  }

  /**
   * The gradient of a mean of copies of the sources' rows: one pass over the edges with the number
   * that each divides by, instead of all rows divided.
   */
  static Tensor meanGradient(PendingSums sums, Adjacency g, Arg lhs, Tensor z) {
    Shape feature = lhs.value().shape().row();
    Arg weights = Arg.e(g.inverseInDegreesByEdge(z.dtype()));
    FeaturePlan plan = MessageShape.of("mean", MessageOp.MUL, feature, Shape.of()).forward();
    return collect(
        sums.of(lhs.value()), g, Target.U, MessageOp.MUL, Arg.v(z), weights, plan, feature);
  }

  /** Rows times 1 / max(in-degree, 1), in their own place where that may be. */
  static Tensor overDegree(Adjacency g, Tensor rows, boolean inPlace) {
    DType dtype = rows.dtype();
    long[] dims = new long[rows.shape().rank()];
    Arrays.fill(dims, 1);
    dims[0] = g.numDst();
    Tensor inverse = g.inverseInDegrees(dtype).reshape(dims);
    if (!inPlace) {
      return rows.mul(inverse);
    }
    DenseKernels dense = g.relata().backend().dense();
    dense.binary(BinaryOp.MUL, rows.array(), inverse.array(), 0, rows.array());
    reachabilityFence(inverse);
    return rows;
  }
}
