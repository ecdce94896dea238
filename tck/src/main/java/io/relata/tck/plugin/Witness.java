package io.relata.tck.plugin;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import io.relata.tck.graph.MessageForm;
import io.relata.tck.graph.TestGraph;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * What {@link PluginJarTck} runs in a JVM of its own: prints the diagnosis, and for each of many
 * operations its name, the bits of its results and gradients, and who computed it.
 */
final class Witness {
  static final String LINE = "operation\t";
  private static final TestGraph GRAPH = TestGraph.random(5, 40, 30, 300);
  private static final Shape ROW = Shape.of(9);

  private Witness() {}

  public static void main(String[] args) {
    System.out.println(Relata.diagnose());
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      for (MessageForm m : MessageForm.all()) {
        for (Reducer reducer : Reducer.values()) {
          print(reducer + " of " + m + " in " + dtype, r -> product(r, m, reducer, dtype));
        }
        print(m + " in " + dtype, r -> perEdge(r, m, dtype));
      }
      print("edge softmax in " + dtype, r -> softmax(r, dtype));
      print("matrix product in " + dtype, r -> product(r, dtype));
      print("dropout in " + dtype, r -> dropout(r, dtype));
    }
  }

  /** Every operation gets a new runtime, so that its explanation is that of this operation. */
  private static void print(String name, Function<Relata, Tensor[]> operation) {
    try (Relata r = Relata.open()) {
      r.seed(7);
      Tensor[] inputs = operation.apply(r);
      Tensor out = inputs[inputs.length - 1];
      out.backward(r.normal(0, 1, out.dtype(), out.shape().dims()));
      int bits = Arrays.hashCode(out.toDoubleArray());
      for (int i = 0; i < inputs.length - 1; i++) {
        bits = 31 * bits + Arrays.hashCode(inputs[i].grad().toDoubleArray());
      }
      List<String> origins =
          r.explain()
              .lines()
              .map(l -> l.substring(l.indexOf("-> ") + 3).replaceFirst(" \\(.*", ""))
              .distinct()
              .toList();
      System.out.println(LINE + name + "\t" + bits + "\t" + String.join(",", origins));
    }
  }

  private static Tensor random(Relata r, DType dtype, long... shape) {
    return r.normal(0, 1, dtype, shape).requiresGrad(true);
  }

  private static Tensor operand(Relata r, Target target, DType dtype) {
    return random(r, dtype, ROW.prepend(MessageForm.count(GRAPH, target)).dims());
  }

  private static Tensor[] product(Relata r, MessageForm m, Reducer reducer, DType dtype) {
    Adjacency g = GRAPH.on(r);
    Tensor x = operand(r, m.left(), dtype);
    if (m.right() == null) {
      return new Tensor[] {x, GraphOps.copyReduce(g, reducer, new Arg(m.left(), x))};
    }
    Tensor y = operand(r, m.right(), dtype);
    Tensor out = GraphOps.gspmm(g, m.op(), reducer, new Arg(m.left(), x), new Arg(m.right(), y));
    return new Tensor[] {x, y, out};
  }

  private static Tensor[] perEdge(Relata r, MessageForm m, DType dtype) {
    Tensor x = operand(r, m.left(), dtype);
    Arg left = new Arg(m.left(), x);
    if (m.right() == null) {
      return new Tensor[] {x, GraphOps.gsddmm(GRAPH.on(r), m.op(), left, null)};
    }
    Tensor y = operand(r, m.right(), dtype);
    Tensor out = GraphOps.gsddmm(GRAPH.on(r), m.op(), left, new Arg(m.right(), y));
    return new Tensor[] {x, y, out};
  }

  private static Tensor[] softmax(Relata r, DType dtype) {
    Tensor x = random(r, dtype, GRAPH.numEdges(), 3);
    return new Tensor[] {x, GraphOps.edgeSoftmax(GRAPH.on(r), x)};
  }

  private static Tensor[] product(Relata r, DType dtype) {
    Tensor x = random(r, dtype, 20, 30);
    Tensor y = random(r, dtype, 30, 10);
    return new Tensor[] {x, y, x.matmul(y).softmax(1)};
  }

  private static Tensor[] dropout(Relata r, DType dtype) {
    Tensor x = random(r, dtype, 50, 9);
    return new Tensor[] {x, x.dropout(0.5).exp()};
  }
}
