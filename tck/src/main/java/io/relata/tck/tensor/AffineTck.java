package io.relata.tck.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.Affine;
import io.relata.DType;
import io.relata.ErrorId;
import io.relata.NoGrad;
import io.relata.Nonlinearity;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Scope;
import io.relata.Shape;
import io.relata.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The dense part of a layer in one operation is what its parts are one after the other, has right
 * gradients for all activations and operands, and writes over nobody's memory.
 */
public abstract class AffineTck extends RelataTck {
  private static final List<UnaryOperator<Tensor>> ACTIVATIONS =
      List.of(
          UnaryOperator.identity(),
          Nonlinearity.RELU,
          Nonlinearity.TANH,
          Nonlinearity.SIGMOID,
          Nonlinearity.leakyRelu(0.2),
          Nonlinearity.leakyRelu(0),
          Nonlinearity.elu(1.3),
          Tensor::square);

  /**
   * Which operands there are.
   *
   * @param products how many; every second one has its matrix transposed
   * @param over whether the result takes an operand's place
   */
  private record Form(int products, int addends, boolean over, boolean bias) {
    static List<Form> all() {
      List<Form> forms = new ArrayList<>();
      for (int products = 0; products < 4; products++) {
        for (int addends = 0; addends < 3; addends++) {
          for (int bits = 0; bits < 4; bits++) {
            if (products + addends + (bits & 1) > 0) {
              forms.add(new Form(products, addends, (bits & 1) == 1, bits > 1));
            }
          }
        }
      }
      return forms;
    }

    /** Shapes of all operands: of each product both, then addends, over, bias. */
    List<Shape> shapes(long rows, long columns, long depth) {
      List<Shape> shapes = new ArrayList<>();
      for (int i = 0; i < products; i++) {
        long k = depth + i;
        shapes.add(Shape.of(rows, k));
        shapes.add(i % 2 == 0 ? Shape.of(k, columns) : Shape.of(columns, k));
      }
      for (int i = 0; i < addends + (over ? 1 : 0); i++) {
        shapes.add(Shape.of(rows, columns));
      }
      if (bias) {
        shapes.add(Shape.of(columns));
      }
      return shapes;
    }

    Tensor fused(Tensor[] t, UnaryOperator<Tensor> activation) {
      Affine affine = new Affine();
      int at = 0;
      for (int i = 0; i < products; i++) {
        affine.product(t[at++], t[at++], i % 2 == 1);
      }
      for (int i = 0; i < addends; i++) {
        affine.plus(t[at++]);
      }
      if (over) {
        // Fresh, and its own gradient does not look at it.
        affine.over(t[at++].mul(2));
      }
      return affine.bias(bias ? t[at] : null).apply(activation);
    }

    Tensor composed(Tensor[] t, UnaryOperator<Tensor> activation) {
      Tensor sum = null;
      int at = 0;
      for (int i = 0; i < products; i++) {
        Tensor product = t[at++].matmul(false, t[at++], i % 2 == 1);
        sum = sum == null ? product : sum.add(product);
      }
      for (int i = 0; i < addends + (over ? 1 : 0); i++) {
        Tensor y = i == addends ? t[at++].mul(2) : t[at++];
        sum = sum == null ? y : sum.add(y);
      }
      return activation.apply(bias ? sum.add(t[at]) : sum);
    }
  }

  private Tensor[] operands(Form form, DType dtype, long rows, long columns, long depth) {
    List<Tensor> all = new ArrayList<>();
    for (Shape s : form.shapes(rows, columns, depth)) {
      all.add(tensor(dtype, Domain.ANY.numbers(all.size() + 5, s.size()), s));
    }
    return all.toArray(Tensor[]::new);
  }

  @TestFactory
  Stream<DynamicTest> gradients() {
    return ACTIVATIONS.stream()
        .flatMap(
            f ->
                Form.all().stream()
                    .map(
                        form ->
                            DynamicTest.dynamicTest(
                                form + ", activation " + ACTIVATIONS.indexOf(f),
                                () ->
                                    GradientCheck.check(
                                        relata,
                                        form.toString(),
                                        t -> form.fused(t, f),
                                        operands(form, DType.FLOAT64, 3, 4, 2)))));
  }

  /**
   * Sizes with rests of vectors, enough work for the kernels of large products, and none at all.
   */
  @TestFactory
  Stream<DynamicTest> isWhatItsPartsAre() {
    long[][] sizes = {{0, 5, 3}, {1, 1, 1}, {7, 33, 5}, {300, 16, 20}, {130, 64, 64}, {5, 3, 0}};
    return Stream.of(DType.FLOAT32, DType.FLOAT64)
        .flatMap(
            dtype ->
                Stream.of(sizes)
                    .map(
                        s ->
                            DynamicTest.dynamicTest(
                                dtype + " " + Shape.of(s),
                                () -> Form.all().forEach(f -> requireSame(f, dtype, s)))));
  }

  private void requireSame(Form form, DType dtype, long[] s) {
    for (UnaryOperator<Tensor> f : ACTIVATIONS) {
      try (Scope _ = relata.scope()) {
        Tensor[] a = operands(form, dtype, s[0], s[1], s[2]);
        Tensor[] b = operands(form, dtype, s[0], s[1], s[2]);
        for (int i = 0; i < a.length; i++) {
          a[i].requiresGrad(true);
          b[i].requiresGrad(true);
        }
        Tensor ours = form.fused(a, f);
        Tensor parts = form.composed(b, f);
        close(form + " result", ours, parts);
        Tensor g =
            tensor(dtype, Domain.ANY.numbers(91, ours.size()), ours.shape()).requiresGrad(false);
        ours.backward(g);
        parts.backward(g);
        for (int i = 0; i < a.length; i++) {
          close(form + " gradient " + i, a[i].grad(), b[i].grad());
        }
      }
    }
  }

  private static void close(String what, Tensor x, Tensor y) {
    assertThat(x.shape()).as(what).isEqualTo(y.shape());
    double[] a = x.toDoubleArray();
    double[] b = y.toDoubleArray();
    double scale = 1;
    for (double v : b) {
      scale = Math.max(scale, Math.abs(v));
    }
    double tolerance = scale * (x.dtype() == DType.FLOAT32 ? 2e-5 : 1e-12);
    for (int i = 0; i < a.length; i++) {
      if (!(Math.abs(a[i] - b[i]) <= tolerance)) {
        throw new AssertionError(what + " at " + i + ": " + a[i] + ", expected " + b[i]);
      }
    }
  }

  @Test
  void numbersThatAreNoneGoThroughAsThroughTheParts() {
    double[] odd = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 0, -1, 2};
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      for (UnaryOperator<Tensor> f : ACTIVATIONS) {
        Tensor x = tensor(dtype, odd, Shape.of(1, odd.length)).requiresGrad(true);
        Tensor y = tensor(dtype, odd, Shape.of(1, odd.length)).requiresGrad(true);
        Tensor ours = new Affine().plus(x).apply(f);
        Tensor parts = f.apply(y);
        assertThat(ours.toDoubleArray()).containsExactly(parts.toDoubleArray());
        Tensor g = relata.full(3, dtype, 1, odd.length);
        ours.backward(g);
        parts.backward(g);
        assertThat(x.grad().toDoubleArray()).containsExactly(y.grad().toDoubleArray());
      }
    }
  }

  // ---- memory of others ----

  @Test
  void theCallersGradientIsNotOverwritten() {
    Tensor x = tensor(DType.FLOAT64, new double[] {-1, 2}, Shape.of(1, 2)).requiresGrad(true);
    Tensor g = relata.tensor(new double[] {5, 7}, 1, 2);
    Tensor y = new Affine().plus(x).apply(Nonlinearity.RELU);
    y.backward(g, true);
    y.backward(g);
    assertThat(g.toDoubleArray()).containsExactly(5, 7);
    assertThat(x.grad().toDoubleArray()).containsExactly(0, 14);
  }

  @Test
  void aGradientThatOthersReadIsNotOverwritten() {
    Tensor x = tensor(DType.FLOAT64, new double[] {-1, 2}, Shape.of(1, 2)).requiresGrad(true);
    Tensor z = tensor(DType.FLOAT64, new double[] {1, 1}, Shape.of(1, 2)).requiresGrad(true);
    Tensor left = new Affine().plus(x).apply(Nonlinearity.RELU);
    Tensor right = z.mul(3);
    // Both get the same gradient, which left's rule would like to change in place.
    left.mul(1).add(right).mul(2).sum().backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(0, 2);
    assertThat(z.grad().toDoubleArray()).containsExactly(6, 6);
  }

  @Test
  void aResultMayBeUsedOftenAndWalkedBackTwice() {
    GradientCheck.check(
        relata,
        "affine used often",
        t -> {
          Tensor h = new Affine().product(t[0], t[1]).bias(t[2]).apply(Nonlinearity.TANH);
          Tensor k =
              new Affine().product(h, t[1]).product(h, t[1]).plus(h).apply(Nonlinearity.SIGMOID);
          return h.mul(k).add(h.reshape(6).reshape(2, 3)).add(k);
        },
        tensor(DType.FLOAT64, Domain.ANY.numbers(1, 6), Shape.of(2, 3)),
        tensor(DType.FLOAT64, Domain.ANY.numbers(2, 9), Shape.of(3, 3)),
        tensor(DType.FLOAT64, Domain.ANY.numbers(3, 3), Shape.of(3)));
    Tensor x = tensor(DType.FLOAT64, new double[] {-1, 2}, Shape.of(1, 2)).requiresGrad(true);
    Tensor w = tensor(DType.FLOAT64, new double[] {1, 2, 3, 4}, Shape.of(2, 2)).requiresGrad(true);
    Tensor loss = new Affine().product(x, w).apply(Nonlinearity.RELU).square().sum();
    loss.backward(relata.scalar(1, DType.FLOAT64), true);
    double[] once = w.grad().toDoubleArray();
    w.setGrad(null);
    loss.backward();
    assertThat(w.grad().toDoubleArray()).containsExactly(once);
  }

  @Test
  void theResultTakesThePlaceOfWhatItIsPutOver() {
    Tensor y = relata.ones(4, 8);
    long live = relata.memory().live();
    Tensor h = new Affine().product(relata.ones(4, 2), relata.ones(2, 8)).over(y).apply();
    assertThat(h.array().storage()).isSameAs(y.array().storage());
    assertThat(h.toFloatArray()).containsOnly(3);
    assertThat(relata.memory().live()).isLessThan(live + 4 * 8 * 4 + 512);
  }

  @Test
  void nothingIsRecordedWhereNobodyAsks() {
    Tensor x = relata.ones(2, 2).requiresGrad(true);
    try (NoGrad _ = new NoGrad()) {
      assertThat(new Affine().plus(x).apply(Nonlinearity.RELU).requiresGrad()).isFalse();
    }
    assertThat(new Affine().plus(x.detach()).apply().requiresGrad()).isFalse();
    assertThat(new Affine().plus(x).apply().requiresGrad()).isTrue();
  }

  // ---- what is refused ----

  private static void refused(ErrorId id, String message, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(RelataException.class, e -> assertThat(e.id()).isEqualTo(id))
        .hasMessageContaining(message);
  }

  @Test
  void operandsThatDoNotFitAreRefused() {
    Tensor x = relata.ones(3, 4);
    Tensor w = relata.ones(4, 5);
    refused(ErrorId.SHAPE, "affine, product 0", () -> new Affine().product(x, w, true).apply());
    refused(ErrorId.SHAPE, "(N, K) and (K, C)", () -> new Affine().product(x, x).apply());
    refused(
        ErrorId.SHAPE,
        "affine, product 1",
        () -> new Affine().product(x, w).product(x, relata.ones(4, 6)).apply());
    refused(ErrorId.SHAPE, "affine, plus 0", () -> new Affine().product(x, w).plus(x).apply());
    refused(ErrorId.SHAPE, "affine, over", () -> new Affine().product(x, w).over(x).apply());
    refused(ErrorId.SHAPE, "affine, bias", () -> new Affine().plus(x).bias(x).apply());
    refused(ErrorId.SHAPE, "a matrix (N, C)", () -> new Affine().plus(relata.ones(3)).apply());
    refused(ErrorId.ARGUMENT, "nothing to add up", () -> new Affine().bias(x).apply());
    refused(ErrorId.ARGUMENT, "0 or more", () -> Nonlinearity.leakyRelu(-0.1));
    refused(ErrorId.ARGUMENT, "x -> x.elu", () -> Nonlinearity.elu(Double.NaN));
  }

  @Test
  void typesAreNotMixedAndHalvesDoNotCompute() {
    Tensor x = relata.ones(3, 4);
    Tensor wide = x.to(DType.FLOAT64);
    Tensor half = x.to(DType.FLOAT16);
    refused(ErrorId.DTYPE, "affine, plus 1", () -> new Affine().plus(x).plus(wide).apply());
    refused(ErrorId.DTYPE, ".to(DType.FLOAT32)", () -> new Affine().plus(half).apply());
    refused(
        ErrorId.DTYPE,
        "affine, bias",
        () -> new Affine().plus(x).bias(relata.zeros(DType.FLOAT64, 4)).apply());
    try (Relata other = open()) {
      refused(
          ErrorId.LIFETIME,
          "different runtimes",
          () -> new Affine().plus(x).plus(other.ones(3, 4)).apply());
    }
  }
}
