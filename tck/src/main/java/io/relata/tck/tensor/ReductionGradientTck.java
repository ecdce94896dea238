package io.relata.tck.tensor;

import static io.relata.tck.tensor.Domain.ANY;
import static io.relata.tck.tensor.Domain.NONZERO;

import io.relata.Shape;
import io.relata.Tensor;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Gradients of reductions along every axis, softmax among them, and of dropout. */
public abstract class ReductionGradientTck extends GradientTck {
  private void whole(String name, UnaryOperator<Tensor> f) {
    for (Shape s : List.of(Shape.of(), Shape.of(1), Shape.of(19), Shape.of(3, 5, 2))) {
      add(name, ANY, x -> f.apply(x[0]), s);
    }
  }

  private void along(String name, Domain domain, BiFunction<Tensor, Integer, Tensor> f) {
    Shape box = Shape.of(3, 4, 5);
    for (int axis = -3; axis < 3; axis++) {
      int a = axis;
      add(name + " along " + a, domain, x -> f.apply(x[0], a), box);
    }
    add(name + " of a vector", domain, x -> f.apply(x[0], 0), Shape.of(19));
    add(name + " of one element", domain, x -> f.apply(x[0], 1), Shape.of(2, 1));
    add(name + " of no rows", domain, x -> f.apply(x[0], 1), Shape.of(0, 3));
    add(name + " of no columns", domain, x -> f.apply(x[0], 0), Shape.of(3, 0));
  }

  @TestFactory
  List<DynamicTest> reductionsOfAllElements() {
    whole("sum", Tensor::sum);
    whole("mean", Tensor::mean);
    whole("max", Tensor::max);
    whole("min", Tensor::min);
    whole("norm", Tensor::norm);
    return added();
  }

  @TestFactory
  List<DynamicTest> reductionsAlongAnAxis() {
    along("sum", ANY, (x, a) -> x.sum(a, false));
    along("sum kept", ANY, (x, a) -> x.sum(a, true));
    along("mean", ANY, (x, a) -> x.mean(a, false));
    along("mean kept", ANY, (x, a) -> x.mean(a, true));
    along("max", ANY, Tensor::max);
    along("min", ANY, Tensor::min);
    along("prod", NONZERO, Tensor::prod);
    along("logSumExp", ANY, Tensor::logSumExp);
    along("var", ANY, (x, a) -> x.var(a, false));
    along("unbiased var", ANY, (x, a) -> x.var(a, true));
    return added();
  }

  @TestFactory
  List<DynamicTest> standardDeviationNeedsTwoElements() {
    for (int axis = 0; axis < 3; axis++) {
      int a = axis;
      add("std along " + a, ANY, x -> x[0].std(a, false), Shape.of(3, 4, 5));
      add("unbiased std along " + a, ANY, x -> x[0].std(a, true), Shape.of(3, 4, 5));
    }
    return added();
  }

  @TestFactory
  List<DynamicTest> reductionsAlongSeveralAxes() {
    Shape box = Shape.of(2, 3, 4);
    add("sum(0, 1)", ANY, x -> x[0].sum(new int[] {0, 1}), box);
    add("sum(2, 0)", ANY, x -> x[0].sum(new int[] {2, 0}), box);
    add("sum(-1, -2, 0)", ANY, x -> x[0].sum(-1, -2, 0), box);
    add("mean(0, 2)", ANY, x -> x[0].mean(new int[] {0, 2}), box);
    add("mean(-1, 0, 1)", ANY, x -> x[0].mean(-1, 0, 1), box);
    return added();
  }

  @TestFactory
  List<DynamicTest> softmaxAlongAnyAxis() {
    along("softmax", ANY, Tensor::softmax);
    along("logSoftmax", ANY, Tensor::logSoftmax);
    return added();
  }

  @TestFactory
  List<DynamicTest> dropoutWithAFixedSeed() {
    for (double p : new double[] {0, 0.3, 0.9, 1}) {
      add(
          "dropout(" + p + ")",
          ANY,
          x -> {
            relata.seed(7);
            return x[0].dropout(p);
          },
          Shape.of(5, 7));
    }
    return added();
  }
}
