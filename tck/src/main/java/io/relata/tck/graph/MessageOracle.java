package io.relata.tck.graph;

import static org.assertj.core.api.Assertions.fail;

import io.relata.DType;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.spi.FeaturePlan;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import io.relata.tck.tensor.Oracle;
import java.util.Arrays;

/**
 * What one message, reduced or per edge, and its gradients must be: loops over edges and positions
 * in double arithmetic. Written to be read beside docs/semantics.md, not to be fast.
 *
 * <p>Beside each number stands its magnitude, the sum of the absolute values of all that was added
 * to make it, and how many these were: the error bound of a sum in any order.
 */
public final class MessageOracle {
  /** Roundings that a number may see beside those of its sum: operation, mean, divisor. */
  private static final int OTHER_ROUNDINGS = 8;

  /**
   * Numbers in row-major order.
   *
   * @param value what must come out
   * @param magnitude the size of what was added up
   * @param terms how many were added up
   */
  public record Numbers(double[] value, double[] magnitude, int[] terms) {
    private Numbers(int size) {
      this(new double[size], new double[size], new int[size]);
    }

    private void add(int i, double x) {
      add(i, x, Math.abs(x), 1);
    }

    private void add(int i, double x, double size, int count) {
      value[i] += x;
      magnitude[i] += size;
      terms[i] += count;
    }

    /**
     * Fails unless type, shape and every element agree up to the error bound of a sum in any order:
     * terms times unit roundoff times magnitude (Higham, Accuracy and Stability, section 4.2).
     */
    public void requireEqual(String what, Tensor found, DType dtype, Shape shape) {
      if (found.dtype() != dtype || !found.shape().equals(shape)) {
        fail("%s: expected %s %s, found %s %s", what, dtype, shape, found.dtype(), found.shape());
      }
      double unit = dtype == DType.FLOAT32 ? 0x1p-24 : 0x1p-53;
      double[] values = found.toDoubleArray();
      for (int i = 0; i < values.length; i++) {
        double off = Math.abs(values[i] - value[i]);
        if (!(off <= (terms[i] + OTHER_ROUNDINGS) * unit * magnitude[i])) {
          fail("%s, element %d of %s: expected %s, found %s", what, i, shape, value[i], values[i]);
        }
      }
    }
  }

  private final TestGraph graph;
  private final MessageForm form;
  private final DType dtype;
  private final double[] left;
  private final double[] right;
  private final int leftSize;
  private final int rightSize;
  private final Shape full;
  private final Shape feature;
  // For every position of a message: what it reads, and what it adds to.
  private final int[] leftAt;
  private final int[] rightAt;
  private final int[] outAt;
  private final Numbers messages;

  /**
   * The message of some operands.
   *
   * @param left numbers of the left operand, exact in {@code dtype}
   * @param right of the right one, null for copy
   */
  public MessageOracle(
      TestGraph graph,
      MessageForm form,
      MessageForm.Rows rows,
      DType dtype,
      double[] left,
      double[] right) {
    this.graph = graph;
    this.form = form;
    this.dtype = dtype;
    this.left = left;
    this.right = right;
    boolean copy = form.op() == MessageOp.COPY;
    Shape other = copy ? Shape.of() : rows.right();
    this.leftSize = (int) rows.left().size();
    this.rightSize = copy ? 0 : (int) other.size();
    this.full = copy ? rows.left() : Shape.broadcastOrNull(rows.left(), other);
    this.feature = form.op() == MessageOp.DOT && full.rank() > 0 ? full.with(-1, 1) : full;
    this.leftAt = offsets(rows.left());
    this.rightAt = offsets(other);
    this.outAt = offsets(feature);
    this.messages = messages();
  }

  private int[] offsets(Shape s) {
    int[] at = new int[(int) full.size()];
    Arrays.setAll(at, j -> Oracle.at(full, j, s));
    return at;
  }

  /** The shape of one row of the result. */
  public Shape feature() {
    return feature;
  }

  /** How the rows meet, as kernels see it. */
  public FeaturePlan.Layout layout() {
    return form.op() == MessageOp.COPY
        ? FeaturePlan.copy(leftSize).layout()
        : FeaturePlan.of(leftAt, leftSize, rightAt, rightSize, outAt, width()).layout();
  }

  private int width() {
    return (int) feature.size();
  }

  private int end(Target target, int edge) {
    return switch (target) {
      case U -> graph.src()[edge];
      case V -> graph.dst()[edge];
      case E -> edge;
    };
  }

  private double left(int edge, int j) {
    return left[end(form.left(), edge) * leftSize + leftAt[j]];
  }

  private double right(int edge, int j) {
    return right == null ? 0 : right[end(form.right(), edge) * rightSize + rightAt[j]];
  }

  // ---- values ----

  private Numbers messages() {
    Numbers out = new Numbers(graph.numEdges() * width());
    for (int e = 0; e < graph.numEdges(); e++) {
      for (int j = 0; j < leftAt.length; j++) {
        double x = left(e, j);
        double y = right(e, j);
        double message =
            switch (form.op()) {
              case COPY -> x;
              case ADD -> x + y;
              case SUB -> x - y;
              case MUL, DOT -> x * y;
              case DIV -> x / y;
            };
        // One operation, rounded once: what is largest is decided by what a kernel compares.
        double rounded = dtype == DType.FLOAT32 ? (float) message : message;
        out.add(e * width() + outAt[j], rounded);
      }
    }
    return out;
  }

  /** Every edge's message. */
  public Numbers perEdge() {
    return messages;
  }

  /** The in-edge that gives its message to an output of max or min, -1 for a node without. */
  private int[] winners(Reducer reducer) {
    int[] winner = new int[graph.numDst() * width()];
    Arrays.fill(winner, -1);
    for (int e = 0; e < graph.numEdges(); e++) {
      for (int j = 0; j < width(); j++) {
        int i = graph.dst()[e] * width() + j;
        double x = messages.value[e * width() + j];
        double best = winner[i] < 0 ? Double.NaN : messages.value[winner[i] * width() + j];
        // Of equal ones the smallest edge id stays.
        if (winner[i] < 0 || (reducer == Reducer.MAX ? x > best : x < best)) {
          winner[i] = e;
        }
      }
    }
    return winner;
  }

  /** The messages of each destination reduced, 0 for a node without in-edges. */
  public Numbers reduced(Reducer reducer) {
    Numbers out = new Numbers(graph.numDst() * width());
    double[] share = shares(reducer);
    for (int i = 0; i < share.length; i++) {
      int to = graph.dst()[i / width()] * width() + i % width();
      if (share[i] > 0) {
        double size = share[i] * messages.magnitude[i];
        out.add(to, share[i] * messages.value[i], size, messages.terms[i]);
      }
    }
    return out;
  }

  /** How much of each message arrives: all, 1 / in-degree, or all of a winner and nothing else. */
  private double[] shares(Reducer reducer) {
    double[] share = new double[messages.value.length];
    switch (reducer) {
      case SUM -> Arrays.fill(share, 1);
      case MEAN -> {
        int[] degree = new int[graph.numDst()];
        for (int v : graph.dst()) {
          degree[v]++;
        }
        for (int i = 0; i < share.length; i++) {
          share[i] = 1.0 / degree[graph.dst()[i / width()]];
        }
      }
      case MAX, MIN -> {
        int[] winner = winners(reducer);
        for (int i = 0; i < winner.length; i++) {
          if (winner[i] >= 0) {
            share[winner[i] * width() + i % width()] = 1;
          }
        }
      }
    }
    return share;
  }

  // ---- gradients ----

  /**
   * Gradients of both operands.
   *
   * @param reducer null for the messages of edges
   * @param cotangent the gradient of the result
   * @return of the left operand, and of the right one where there is one
   */
  public Numbers[] gradients(Reducer reducer, double[] cotangent) {
    Numbers dx = new Numbers(left.length);
    Numbers dy = new Numbers(right == null ? 0 : right.length);
    double[] share = reducer == null ? null : shares(reducer);
    for (int e = 0; e < graph.numEdges(); e++) {
      int row = (reducer == null ? e : graph.dst()[e]) * width();
      for (int j = 0; j < leftAt.length; j++) {
        double z = cotangent[row + outAt[j]] * (share == null ? 1 : share[e * width() + outAt[j]]);
        double x = left(e, j);
        double y = right(e, j);
        double byLeft =
            switch (form.op()) {
              case COPY, ADD, SUB -> z;
              case MUL, DOT -> z * y;
              case DIV -> z / y;
            };
        dx.add(end(form.left(), e) * leftSize + leftAt[j], byLeft);
        if (right != null) {
          double byRight =
              switch (form.op()) {
                case COPY -> 0;
                case ADD -> z;
                case SUB -> -z;
                case MUL, DOT -> z * x;
                case DIV -> -z * x / (y * y);
              };
          dy.add(end(form.right(), e) * rightSize + rightAt[j], byRight);
        }
      }
    }
    return right == null ? new Numbers[] {dx} : new Numbers[] {dx, dy};
  }
}
