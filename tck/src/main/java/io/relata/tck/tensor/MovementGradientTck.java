package io.relata.tck.tensor;

import static io.relata.tck.tensor.Domain.ANY;

import io.relata.Shape;
import io.relata.Tensor;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Gradients of everything that moves elements, and of matrix products. */
public abstract class MovementGradientTck extends GradientTck {
  private static final Shape BOX = Shape.of(2, 3, 4);

  @TestFactory
  List<DynamicTest> shapesAndAxes() {
    add("reshape", ANY, x -> x[0].reshape(4, 6), BOX);
    add("reshape(-1)", ANY, x -> x[0].reshape(-1), BOX);
    add("reshape of nothing", ANY, x -> x[0].reshape(3, 0), Shape.of(0, 5));
    add("permute", ANY, x -> x[0].permute(2, 0, 1), BOX);
    add("permute(-1, 1, 0)", ANY, x -> x[0].permute(-1, 1, 0), BOX);
    add("permute of a scalar", ANY, x -> x[0].permute(), Shape.of());
    add("transpose", ANY, x -> x[0].transpose(0, -1), BOX);
    add("t", ANY, x -> x[0].t(), Shape.of(5, 3));
    add("expand", ANY, x -> x[0].expand(5, 3, 4), Shape.of(1, 3, 1));
    add("expand with new axes", ANY, x -> x[0].expand(2, 5, 3), Shape.of(3));
    add("expand of a scalar", ANY, x -> x[0].expand(2, 2), Shape.of());
    add("expand to nothing", ANY, x -> x[0].expand(0, 3), Shape.of(3));
    add("squeeze", ANY, x -> x[0].squeeze(1), Shape.of(3, 1, 2));
    add("unsqueeze", ANY, x -> x[0].unsqueeze(-1), BOX);
    add("flatten", ANY, x -> x[0].flatten(1), BOX);
    add("copy", ANY, x -> x[0].copy(), BOX);
    return added();
  }

  @TestFactory
  List<DynamicTest> parts() {
    for (int axis = 0; axis < 3; axis++) {
      int a = axis;
      add("slice along " + a, ANY, x -> x[0].slice(a, 1, 2), BOX);
      add("whole slice along " + a, ANY, x -> x[0].slice(a, 0, BOX.dim(a)), BOX);
      add("empty slice along " + a, ANY, x -> x[0].slice(a, 1, 1), BOX);
      add("select along " + a, ANY, x -> x[0].select(a, 1), BOX);
      add(
          "overlapping slices along " + a,
          ANY,
          x -> x[0].slice(a, 0, 2).mul(x[0].slice(a, BOX.dim(a) - 2, BOX.dim(a))),
          BOX);
    }
    return added();
  }

  @TestFactory
  List<DynamicTest> joints() {
    for (int axis = -3; axis < 3; axis++) {
      int a = axis;
      Shape second = BOX.with(a, 5);
      Shape none = BOX.with(a, 0);
      add("concat along " + a, ANY, x -> Tensor.concat(a, x), BOX, second, none);
      add("concat with itself", ANY, x -> Tensor.concat(a, x[0], x[0]), BOX);
    }
    for (int axis = -3; axis < 3; axis++) {
      int a = axis;
      add(
          "stack along " + a,
          ANY,
          x -> Tensor.stack(a, List.of(x)),
          Shape.of(3, 2),
          Shape.of(3, 2));
    }
    return added();
  }

  @TestFactory
  List<DynamicTest> rowsByIndex() {
    for (int axis = -3; axis < 3; axis++) {
      int a = axis;
      add(
          "indexSelect along " + a,
          ANY,
          x -> x[0].indexSelect(a, relata.tensor(new int[] {1, 0, 1, 1})),
          BOX);
    }
    add(
        "indexSelect of nothing",
        ANY,
        x -> x[0].indexSelect(0, relata.tensor(new long[0])),
        Shape.of(3, 2));
    add(
        "indexSelect of numbers",
        ANY,
        x -> x[0].indexSelect(0, relata.tensor(new long[] {4, 4, 2})),
        Shape.of(5));
    add(
        "indexAdd",
        ANY,
        x -> x[0].indexAdd(relata.tensor(new long[] {2, 0, 2}), x[1]),
        Shape.of(4, 3),
        Shape.of(3, 3));
    add(
        "indexAdd of nothing",
        ANY,
        x -> x[0].indexAdd(relata.tensor(new int[0]), x[1]),
        Shape.of(4, 3),
        Shape.of(0, 3));
    return added();
  }

  @TestFactory
  List<DynamicTest> matrixProducts() {
    add("matmul", ANY, x -> x[0].matmul(x[1]), Shape.of(3, 4), Shape.of(4, 5));
    add("matmul of a batch", ANY, x -> x[0].matmul(x[1]), Shape.of(2, 3, 4), Shape.of(2, 4, 5));
    add("rank 3 times matrix", ANY, x -> x[0].matmul(x[1]), BOX, Shape.of(4, 3));
    add("rank 4 times matrix", ANY, x -> x[0].matmul(x[1]), Shape.of(2, 1, 2, 3), Shape.of(3, 2));
    add("vector times matrix", ANY, x -> x[0].matmul(x[1]), Shape.of(4), Shape.of(4, 3));
    add("matrix times vector", ANY, x -> x[0].matmul(x[1]), Shape.of(3, 4), Shape.of(4));
    add("matmul with itself", ANY, x -> x[0].matmul(x[0]), Shape.of(3, 3));
    add("matmul of one", ANY, x -> x[0].matmul(x[1]), Shape.of(1, 1), Shape.of(1, 1));
    add("matmul without rows", ANY, x -> x[0].matmul(x[1]), Shape.of(0, 4), Shape.of(4, 2));
    add("matmul without columns", ANY, x -> x[0].matmul(x[1]), Shape.of(3, 4), Shape.of(4, 0));
    add("matmul over nothing", ANY, x -> x[0].matmul(x[1]), Shape.of(3, 0), Shape.of(0, 2));
    add("dot", ANY, x -> x[0].dot(x[1]), Shape.of(9), Shape.of(9));
    for (int flags = 0; flags < 4; flags++) {
      boolean tx = (flags & 1) != 0;
      boolean ty = (flags & 2) != 0;
      add(
          "matmul " + tx + " " + ty,
          ANY,
          x -> x[0].matmul(tx, x[1], ty),
          tx ? Shape.of(4, 3) : Shape.of(3, 4),
          ty ? Shape.of(5, 4) : Shape.of(4, 5));
      add(
          "batch matmul " + tx + " " + ty,
          ANY,
          x -> x[0].matmul(tx, x[1], ty),
          tx ? Shape.of(2, 4, 3) : Shape.of(2, 3, 4),
          ty ? Shape.of(2, 5, 4) : Shape.of(2, 4, 5));
    }
    return added();
  }
}
