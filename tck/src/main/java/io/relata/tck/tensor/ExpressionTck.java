package io.relata.tck.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.relata.Relata;
import io.relata.Scope;
import io.relata.Shape;
import io.relata.Tensor;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Random computations, in which any earlier result may be used any number of times, have the values
 * and gradients of a plain interpreter that works on arrays of doubles and their derivatives.
 */
public abstract class ExpressionTck {
  private static Relata relata;

  @BeforeContainer
  static void open() {
    relata = Relata.open();
  }

  @AfterContainer
  static void close() {
    relata.close();
  }

  /** What a step does; every result is a matrix of ROWS x COLUMNS. */
  enum Op {
    ADD,
    SUB,
    MUL,
    MAXIMUM,
    ADD_ROW_SUMS,
    MUL_FIRST_COLUMN,
    TANH,
    SIGMOID,
    SQUARE,
    HALVE,
    RELU,
    SOFTMAX,
    REVERSE_ROWS,
    SWAP_HALVES,
    TRANSPOSE_AND_BACK,
    MATMUL,
    WHERE
  }

  /**
   * One step.
   *
   * @param left which earlier result, modulo how many there are
   * @param right the second operand, likewise
   */
  record Step(Op op, int left, int right) {}

  private static final int ROWS = 3;
  private static final int COLUMNS = 4;
  private static final int SIZE = ROWS * COLUMNS;
  private static final int[] REVERSED = {2, 1, 0};

  @Provide
  Arbitrary<List<Step>> computations() {
    Arbitrary<Integer> operand = Arbitraries.integers().between(0, 30);
    return Combinators.combine(Arbitraries.of(Op.class), operand, operand)
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(14);
  }

  /** Values with their derivatives with respect to every element of both inputs. */
  private record Dual(double[] value, double[][] slope) {
    static Dual constant() {
      return new Dual(new double[SIZE], new double[SIZE][2 * SIZE]);
    }

    static Dual input(double[] values, int first) {
      Dual d = constant();
      for (int i = 0; i < SIZE; i++) {
        d.value[i] = values[i];
        d.slope[i][first + i] = 1;
      }
      return d;
    }

    /** Adds factor times element j of another to element i. */
    void add(int i, double factor, Dual other, int j) {
      for (int k = 0; k < slope[i].length; k++) {
        slope[i][k] += factor * other.slope[j][k];
      }
    }
  }

  @Property(tries = 200)
  void valuesAndGradientsAreThoseOfAPlainInterpreter(
      @ForAll("computations") List<Step> steps, @ForAll long seed) {
    double[] a = Domain.NONZERO.numbers(seed, SIZE);
    double[] b = Domain.NONZERO.numbers(seed + 1, SIZE);
    double[] weights = Domain.NONZERO.numbers(seed + 2, SIZE);
    Dual expected = interpret(steps, a, b);
    Assume.that(expected != null);
    try (Scope _ = relata.scope()) {
      Tensor x = relata.tensor(a, ROWS, COLUMNS).requiresGrad(true);
      Tensor y = relata.tensor(b, ROWS, COLUMNS).requiresGrad(true);
      Tensor out = compute(steps, x, y);
      assertThat(out.shape()).isEqualTo(Shape.of(ROWS, COLUMNS));
      requireClose("value", out.toDoubleArray(), expected.value);
      double[] dx = new double[SIZE];
      double[] dy = new double[SIZE];
      for (int i = 0; i < SIZE; i++) {
        for (int k = 0; k < SIZE; k++) {
          dx[k] += weights[i] * expected.slope[i][k];
          dy[k] += weights[i] * expected.slope[i][SIZE + k];
        }
      }
      out.backward(relata.tensor(weights, ROWS, COLUMNS));
      requireClose("dx", gradient(x), dx);
      requireClose("dy", gradient(y), dy);
    }
  }

  private static double[] gradient(Tensor leaf) {
    return leaf.grad() == null ? new double[SIZE] : leaf.grad().toDoubleArray();
  }

  private static void requireClose(String what, double[] found, double[] expected) {
    for (int i = 0; i < SIZE; i++) {
      double scale = Math.max(1, Math.abs(expected[i]));
      assertThat(found[i]).as("%s[%d]", what, i).isEqualTo(expected[i], offset(1e-8 * scale));
    }
  }

  // ---- with tensors ----

  private Tensor compute(List<Step> steps, Tensor x, Tensor y) {
    List<Tensor> all = new ArrayList<>(List.of(x, y));
    for (Step s : steps) {
      all.add(apply(s.op, all.get(s.left % all.size()), all.get(s.right % all.size())));
    }
    // So that both inputs take part whatever the steps used.
    return all.getLast().add(x).add(y.mul(2));
  }

  private Tensor apply(Op op, Tensor l, Tensor r) {
    return switch (op) {
      case ADD -> l.add(r);
      case SUB -> l.sub(r);
      case MUL -> l.mul(r).mul(0.5);
      case MAXIMUM -> l.maximum(r);
      case ADD_ROW_SUMS -> l.add(r.sum(1, true));
      case MUL_FIRST_COLUMN -> l.mul(r.slice(1, 0, 1)).mul(0.5);
      case TANH -> l.tanh();
      case SIGMOID -> l.sigmoid();
      case SQUARE -> l.square().mul(0.25);
      case HALVE -> l.div(2);
      case RELU -> l.relu();
      case SOFTMAX -> l.softmax(1);
      case REVERSE_ROWS -> l.indexSelect(0, relata.tensor(REVERSED));
      case SWAP_HALVES -> Tensor.concat(1, l.slice(1, 2, 4), l.slice(1, 0, 2));
      case TRANSPOSE_AND_BACK -> l.t().add(r.t()).t();
      case MATMUL -> l.matmul(false, r, true).matmul(l).mul(0.1);
      case WHERE -> Tensor.where(l.gt(r), l, r.mul(2));
    };
  }

  // ---- with doubles ----

  /**
   * Null where rounding decides: near-ties of a choice, and numbers so large that digits cancel.
   */
  private static Dual interpret(List<Step> steps, double[] a, double[] b) {
    Dual x = Dual.input(a, 0);
    Dual y = Dual.input(b, SIZE);
    List<Dual> all = new ArrayList<>(List.of(x, y));
    for (Step s : steps) {
      Dual l = all.get(s.left % all.size());
      Dual r = all.get(s.right % all.size());
      Dual next = apply(s.op, l, r);
      for (int i = 0; i < SIZE; i++) {
        double gap = s.op == Op.RELU ? l.value[i] : l == r ? 1 : l.value[i] - r.value[i];
        boolean chosen = s.op == Op.RELU || s.op == Op.MAXIMUM || s.op == Op.WHERE;
        if (Math.abs(next.value[i]) > 1e3 || (chosen && Math.abs(gap) < 1e-9)) {
          return null;
        }
      }
      all.add(next);
    }
    Dual last = all.getLast();
    Dual out = Dual.constant();
    for (int i = 0; i < SIZE; i++) {
      out.value[i] = last.value[i] + x.value[i] + 2 * y.value[i];
      out.add(i, 1, last, i);
      out.add(i, 1, x, i);
      out.add(i, 2, y, i);
    }
    return out;
  }

  private static Dual apply(Op op, Dual l, Dual r) {
    Dual out = Dual.constant();
    for (int i = 0; i < SIZE; i++) {
      int row = i / COLUMNS;
      int column = i % COLUMNS;
      double u = l.value[i];
      double v = r.value[i];
      switch (op) {
        case ADD, TRANSPOSE_AND_BACK -> two(out, i, u + v, 1, l, 1, r);
        case SUB -> two(out, i, u - v, 1, l, -1, r);
        case MUL -> two(out, i, u * v / 2, v / 2, l, u / 2, r);
        case MAXIMUM -> {
          double share = u > v ? 1 : u == v ? 0.5 : 0;
          two(out, i, Math.max(u, v), share, l, 1 - share, r);
        }
        case ADD_ROW_SUMS -> {
          out.value[i] = u;
          out.add(i, 1, l, i);
          for (int j = row * COLUMNS; j < (row + 1) * COLUMNS; j++) {
            out.value[i] += r.value[j];
            out.add(i, 1, r, j);
          }
        }
        case MUL_FIRST_COLUMN -> {
          double w = r.value[row * COLUMNS];
          out.value[i] = u * w / 2;
          out.add(i, w / 2, l, i);
          out.add(i, u / 2, r, row * COLUMNS);
        }
        case TANH -> one(out, i, Math.tanh(u), 1 - Math.tanh(u) * Math.tanh(u), l, i);
        case SIGMOID -> {
          double s = 1 / (1 + Math.exp(-u));
          one(out, i, s, s * (1 - s), l, i);
        }
        case SQUARE -> one(out, i, u * u / 4, u / 2, l, i);
        case HALVE -> one(out, i, u / 2, 0.5, l, i);
        case RELU -> one(out, i, Math.max(u, 0), u > 0 ? 1 : 0, l, i);
        case SOFTMAX -> softmax(out, i, l);
        case REVERSE_ROWS -> {
          int j = REVERSED[row] * COLUMNS + column;
          one(out, i, l.value[j], 1, l, j);
        }
        case SWAP_HALVES -> {
          int j = row * COLUMNS + (column + 2) % COLUMNS;
          one(out, i, l.value[j], 1, l, j);
        }
        case MATMUL -> product(out, i, l, r);
        case WHERE -> two(out, i, u > v ? u : 2 * v, u > v ? 1 : 0, l, u > v ? 0 : 2, r);
      }
    }
    return out;
  }

  private static void one(Dual out, int i, double value, double slope, Dual l, int j) {
    out.value[i] = value;
    out.add(i, slope, l, j);
  }

  private static void two(
      Dual out, int i, double value, double left, Dual l, double right, Dual r) {
    out.value[i] = value;
    out.add(i, left, l, i);
    out.add(i, right, r, i);
  }

  private static void softmax(Dual out, int i, Dual l) {
    int first = i / COLUMNS * COLUMNS;
    double peak = Double.NEGATIVE_INFINITY;
    for (int j = first; j < first + COLUMNS; j++) {
      peak = Math.max(peak, l.value[j]);
    }
    double sum = 0;
    for (int j = first; j < first + COLUMNS; j++) {
      sum += Math.exp(l.value[j] - peak);
    }
    double p = Math.exp(l.value[i] - peak) / sum;
    out.value[i] = p;
    for (int j = first; j < first + COLUMNS; j++) {
      double q = Math.exp(l.value[j] - peak) / sum;
      out.add(i, p * ((i == j ? 1 : 0) - q), l, j);
    }
  }

  /** l r^T l / 10. */
  private static void product(Dual out, int i, Dual l, Dual r) {
    int row = i / COLUMNS;
    int column = i % COLUMNS;
    for (int m = 0; m < ROWS; m++) {
      int last = m * COLUMNS + column;
      for (int k = 0; k < COLUMNS; k++) {
        int a = row * COLUMNS + k;
        int b = m * COLUMNS + k;
        out.value[i] += 0.1 * l.value[a] * r.value[b] * l.value[last];
        out.add(i, 0.1 * r.value[b] * l.value[last], l, a);
        out.add(i, 0.1 * l.value[a] * l.value[last], r, b);
        out.add(i, 0.1 * l.value[a] * r.value[b], l, last);
      }
    }
  }
}
