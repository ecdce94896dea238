package io.relata.tck.tensor;

import static io.relata.tck.tensor.GoldenText.requireRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Scope;
import io.relata.Tensor;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a beginner reads after a mistake with tensors, word by word. */
class TensorErrorsTest extends RelataTck {
  @Test
  void typesAreNeverMixedSilently() {
    Tensor x = relata.zeros(2, 3);
    requireRefusal("dtype-mix-add", () -> x.add(relata.zeros(DType.FLOAT64, 3)));
    requireRefusal("dtype-mix-matmul", () -> x.matmul(relata.zeros(DType.FLOAT64, 3, 4)));
    requireRefusal("dtype-integer-exp", () -> relata.tensor(new int[] {1}).exp());
    requireRefusal("dtype-not-bool", () -> x.logicalAnd(x));
    requireRefusal("integer-div", () -> relata.tensor(new int[] {1, 2}).div(0.5));
  }

  @Test
  void shapesThatDoNotFit() {
    requireRefusal("broadcast", () -> relata.zeros(2, 3).add(relata.zeros(2)));
    requireRefusal("matmul", () -> relata.zeros(2, 3).matmul(relata.zeros(2, 3)));
    requireRefusal(
        "matmul-transposed", () -> relata.zeros(2, 3).matmul(true, relata.zeros(3, 4), false));
    requireRefusal("reshape", () -> relata.zeros(2, 3).reshape(4, 2));
    requireRefusal("fill", () -> relata.tensor(new float[] {1, 2, 3}, 2, 2));
    requireRefusal("axis", () -> relata.zeros(2, 3).sum(2, false));
    requireRefusal("concat", () -> Tensor.concat(0, relata.zeros(2, 3), relata.zeros(2, 4)));
    requireRefusal("item", () -> relata.zeros(2).item());
    requireRefusal("max-of-nothing", () -> relata.zeros(0, 3).max(0));
  }

  /** What works on floating-point numbers alone says so under its own name. */
  @Test
  void integersWhereOnlyFloatingPointNumbersWork() {
    Tensor whole = relata.tensor(new int[] {1, 2});
    requireRefusalOf("mean", () -> whole.mean());
    requireRefusalOf("var", () -> whole.var(0, false));
    requireRefusalOf("norm", () -> whole.norm());
    requireRefusalOf("softmax", () -> whole.softmax(0));
    requireRefusalOf("logSoftmax", () -> whole.logSoftmax(0));
    requireRefusalOf("logSumExp", () -> whole.logSumExp(0));
    requireRefusalOf("pow", () -> whole.pow(2));
    requireRefusalOf("pow", () -> whole.pow(whole));
    requireRefusalOf("rdiv", () -> whole.rdiv(1));
    requireRefusalOf("leakyRelu", () -> whole.leakyRelu(0.1));
    requireRefusalOf("elu", () -> whole.elu(1));
    Tensor truth = relata.tensor(new boolean[] {true, false});
    requireRefusalOf("max", () -> truth.max(0));
    requireRefusalOf("min", () -> truth.min(0));
    requireRefusalOf("sum", () -> truth.sum(0, false));
    requireRefusalOf("prod", () -> truth.prod(0));
    requireRefusalOf("argmax", () -> truth.argmax(0));
    requireRefusalOf("add", () -> truth.add(truth));
    requireRefusalOf("neg", () -> truth.neg());
    requireRefusalOf("clamp", () -> truth.clamp(0, 1));
    requireRefusalOf("scalar arithmetic", () -> truth.mul(2));
    requireRefusalOf("div", () -> truth.div(0.5));
  }

  private static void requireRefusalOf(String operation, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(RelataException.class)
        .hasMessageContaining("[DTYPE]")
        .hasMessageContaining("where:    " + operation + "\n");
  }

  @Test
  void tensorsOfTwoRuntimesNeverMeet() {
    Tensor x = relata.ones(2, 2);
    try (Relata other = open()) {
      Tensor y = other.ones(2, 2);
      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> x.add(y),
              () -> x.matmul(y),
              () -> Tensor.concat(0, x, y),
              () -> Tensor.where(x.gt(0), x, y))) {
        assertThatThrownBy(call).hasMessageContaining("different runtimes [LIFETIME]");
      }
    }
  }

  @Test
  void shapesThatCannotBeInferred() {
    assertThat(relata.zeros(2, 6).reshape(-1, 4).shape().dims()).containsExactly(3, 4);
    assertThat(relata.zeros(0, 6).reshape(-1, 3).shape().dims()).containsExactly(0, 3);
    assertThatThrownBy(() -> relata.zeros(2, 6).reshape(-1, -1))
        .hasMessageContaining("Only one size can be inferred [SHAPE]");
  }

  @Test
  void aChoiceIsBetweenTensorsOfOneType() {
    Tensor x = relata.ones(2);
    assertThatThrownBy(() -> Tensor.where(x.gt(0), x, relata.ones(2).to(DType.FLOAT64)))
        .hasMessageContaining("The operands have different types [DTYPE]");
  }

  @Test
  void indicesOutsideTheirRange() {
    Tensor x = relata.zeros(5, 2);
    requireRefusal("index-range", () -> x.indexSelect(0, relata.tensor(new long[] {0, 4, 5})));
    requireRefusal("index-negative", () -> x.indexSelect(0, relata.tensor(new int[] {-1})));
    requireRefusal("slice", () -> x.slice(0, 2, 6));
    assertThatThrownBy(() -> x.indexAdd(relata.tensor(new int[] {5}), relata.ones(1, 2)))
        .hasMessageContaining("An index is outside its range [INDEX]")
        .hasMessageContaining("indexAdd, position 0");
  }

  @Test
  void gradientsThatCannotBe() {
    Tensor x = relata.ones(2).requiresGrad(true);
    requireRefusal("backward-non-scalar", () -> x.mul(2).backward());
    requireRefusal("backward-nothing-asks", () -> relata.ones(1).backward());
    Tensor loss = x.square().sum();
    loss.backward();
    requireRefusal("backward-twice", loss::backward);
    requireRefusal("gradient-integer", () -> relata.zeros(DType.INT64, 2).requiresGrad(true));
    requireRefusal("gradient-non-leaf", () -> x.mul(2).requiresGrad(true));
  }

  @Test
  void useAfterTheScopeIsClosed() {
    Tensor x;
    try (Scope _ = relata.scope()) {
      x = relata.ones(2);
    }
    requireRefusal("use-after-scope", () -> x.add(1));
    requireRefusal("use-after-scope", x::toFloatArray);
    requireRefusal("use-after-scope", () -> x.reshape(2, 1).sum());
    requireRefusal("use-after-scope", () -> relata.ones(2).matmul(relata.ones(2, 2)).add(x));
  }
}
