package io.relata.tck.tensor;

import static io.relata.tck.tensor.Domain.ANY;
import static io.relata.tck.tensor.Domain.NONZERO;
import static io.relata.tck.tensor.Domain.POSITIVE;

import io.relata.Shape;
import io.relata.Tensor;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Gradients of every function of one element or two, with broadcasting on either side. */
public abstract class ElementwiseGradientTck extends GradientTck {
  /** A scalar, sizes around the vector width, several axes, none at all. */
  private static final List<Shape> SHAPES =
      List.of(Shape.of(), Shape.of(1), Shape.of(19), Shape.of(3, 5), Shape.of(2, 0, 3));

  private void unary(String name, Domain domain, UnaryOperator<Tensor> f) {
    SHAPES.forEach(shape -> add(name, domain, x -> f.apply(x[0]), shape));
  }

  @TestFactory
  List<DynamicTest> functionsOfOneElement() {
    unary("neg", ANY, Tensor::neg);
    unary("abs", NONZERO, Tensor::abs);
    unary("sign", NONZERO, Tensor::sign);
    unary("square", ANY, Tensor::square);
    unary("sqrt", POSITIVE, Tensor::sqrt);
    unary("rsqrt", POSITIVE, Tensor::rsqrt);
    unary("reciprocal", NONZERO, Tensor::reciprocal);
    unary("exp", ANY, Tensor::exp);
    unary("expm1", ANY, Tensor::expm1);
    unary("log", POSITIVE, Tensor::log);
    unary("log1p", POSITIVE, Tensor::log1p);
    unary("sin", ANY, Tensor::sin);
    unary("cos", ANY, Tensor::cos);
    unary("tanh", ANY, Tensor::tanh);
    unary("sigmoid", ANY, Tensor::sigmoid);
    unary("softplus", ANY, Tensor::softplus);
    unary("erf", ANY, Tensor::erf);
    unary("relu", NONZERO, Tensor::relu);
    unary("floor", ANY, Tensor::floor);
    unary("ceil", ANY, Tensor::ceil);
    unary("round", ANY, Tensor::round);
    unary("gelu", ANY, Tensor::gelu);
    return added();
  }

  @TestFactory
  List<DynamicTest> functionsWithParameters() {
    unary("leakyRelu(0.2)", NONZERO, x -> x.leakyRelu(0.2));
    unary("leakyRelu(-0.5)", NONZERO, x -> x.leakyRelu(-0.5));
    unary("elu(1)", NONZERO, x -> x.elu(1));
    unary("elu(0.3)", NONZERO, x -> x.elu(0.3));
    unary("clamp(-0.7, 1.1)", ANY, x -> x.clamp(-0.7, 1.1));
    unary("pow(2)", ANY, x -> x.pow(2));
    unary("pow(3)", ANY, x -> x.pow(3));
    unary("pow(-1.5)", POSITIVE, x -> x.pow(-1.5));
    unary("pow(0.5)", POSITIVE, x -> x.pow(0.5));
    unary("pow(0)", ANY, x -> x.pow(0));
    unary("add(3)", ANY, x -> x.add(3));
    unary("sub(3)", ANY, x -> x.sub(3));
    unary("mul(-3)", ANY, x -> x.mul(-3));
    unary("div(-3)", ANY, x -> x.div(-3));
    unary("rsub(3)", ANY, x -> x.rsub(3));
    unary("rdiv(3)", NONZERO, x -> x.rdiv(3));
    unary("mul(0)", ANY, x -> x.mul(0));
    return added();
  }

  private void binary(String name, Domain domain, BinaryOperator<Tensor> f) {
    Shape[][] pairs = {
      {Shape.of(), Shape.of()},
      {Shape.of(17), Shape.of(17)},
      {Shape.of(3, 4), Shape.of(4)},
      {Shape.of(4), Shape.of(3, 4)},
      {Shape.of(3, 4), Shape.of(3, 1)},
      {Shape.of(3, 1), Shape.of(1, 4)},
      {Shape.of(), Shape.of(2, 3)},
      {Shape.of(2, 3), Shape.of()},
      {Shape.of(2, 3), Shape.of(1)},
      {Shape.of(2, 1, 3), Shape.of(4, 1)},
      {Shape.of(1, 1), Shape.of(3)},
      {Shape.of(2, 3, 2), Shape.of(1, 3, 1)},
      {Shape.of(0, 3), Shape.of(3)},
      {Shape.of(0, 1), Shape.of(1, 3)},
      {Shape.of(3), Shape.of(0, 1)},
    };
    for (Shape[] pair : pairs) {
      add(name, domain, x -> f.apply(x[0], x[1]), pair);
    }
    add(name + " with itself", domain, x -> f.apply(x[0], x[0].mul(1.5)), Shape.of(3, 2));
  }

  @TestFactory
  List<DynamicTest> functionsOfTwoElementsWithBroadcasting() {
    binary("add", ANY, Tensor::add);
    binary("sub", ANY, Tensor::sub);
    binary("mul", ANY, Tensor::mul);
    binary("div", NONZERO, Tensor::div);
    binary("pow", POSITIVE, Tensor::pow);
    binary("maximum", ANY, Tensor::maximum);
    binary("minimum", ANY, Tensor::minimum);
    return added();
  }

  @TestFactory
  List<DynamicTest> aChoiceSendsTheGradientToWhatWasChosen() {
    boolean[] bits = {true, false, true, true, false, false};
    Shape[][] pairs = {
      {Shape.of(2, 3), Shape.of(2, 3)},
      {Shape.of(3), Shape.of(2, 3)},
      {Shape.of(2, 1), Shape.of()},
      {Shape.of(), Shape.of()},
      {Shape.of(4, 1, 1), Shape.of(1, 3)},
    };
    for (Shape[] pair : pairs) {
      add("where", ANY, x -> Tensor.where(relata.tensor(bits, 2, 3), x[0], x[1]), pair);
    }
    boolean[] row = {true, false, true};
    add(
        "where by row",
        ANY,
        x -> Tensor.where(relata.tensor(row), x[0], x[1]),
        Shape.of(2, 3),
        Shape.of(3));
    add(
        "where by column",
        ANY,
        x -> Tensor.where(relata.tensor(row, 3, 1), x[0], x[1]),
        Shape.of(4),
        Shape.of(3, 1));
    add("where both sides the same", ANY, x -> Tensor.where(x[0].gt(0), x[0], x[0]), Shape.of(5));
    return added();
  }
}
