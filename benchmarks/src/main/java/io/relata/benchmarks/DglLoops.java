package io.relata.benchmarks;

import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * One graph's message passing by the loops that DGL's CPU kernels consist of where libxsmm does not
 * serve, compiled as DGL's packages are. DGL itself cannot run everywhere; its loops are few, and
 * {@code dgl_loops.cpp} writes them anew. They get what DGL has to make: memory for results, and no
 * Python.
 */
final class DglLoops {
  private static final ValueLayout.OfLong POINTER = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private final Relata relata;
  private final int threads;
  private final int nodes;
  private final int edges;
  private final long src;
  private final long dst;
  private final long in;
  private final long out;
  private final MethodHandle sum;
  private final MethodHandle weightedSum;
  private final MethodHandle dot;
  private final MethodHandle add;
  private final MethodHandle softmax;
  private final MethodHandle softmaxGradient;

  DglLoops(CppLibrary l, Relata relata, Adjacency g, Edges list, int threads) {
    this.relata = relata;
    this.threads = threads;
    nodes = list.nodes();
    edges = list.size();
    src = address(list.src());
    dst = address(list.dst());
    in = CppRows.of(g.in(), threads).address();
    out = CppRows.of(g.out(), threads).address();
    sum = l.function("dgl_sum", POINTER, POINTER, POINTER, INT);
    weightedSum = l.function("dgl_weighted_sum", POINTER, POINTER, POINTER, INT, POINTER, INT);
    dot =
        l.function("dgl_dot", POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, INT, INT, INT);
    add = l.function("dgl_add", POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, INT, INT);
    softmax = l.function("dgl_softmax", POINTER, POINTER, POINTER, INT);
    softmaxGradient =
        l.function("dgl_softmax_gradient", POINTER, POINTER, POINTER, POINTER, POINTER, INT);
  }

  /**
   * The loops, compiled and loaded.
   *
   * @throws UsageException where there is no g++, or it fails
   */
  static CppLibrary library() {
    return CppLibrary.of("dgl_loops.cpp");
  }

  private static long address(int[] list) {
    MemorySegment copy = Arena.global().allocateFrom(INT, list);
    return copy.address();
  }

  private static Way way(Runnable body, Tensor result) {
    return Way.into(result, Tool.DGL_LOOPS, "loops", body);
  }

  /** The sum of neighbours as DGL takes it without libxsmm. */
  Way sum(Tensor x) {
    Tensor y = relata.zeros(nodes, width(x));
    return way(() -> CppLibrary.call(sum, in, at(x), at(y), width(x)), y);
  }

  /** The sum of neighbours times weights of edges, one a head. */
  Way weightedSum(Tensor x, Tensor w, int heads) {
    Tensor y = relata.zeros(nodes, width(x));
    return way(() -> weightedSum(in, x, w, heads, y), y);
  }

  /** The same with the gradients of x and w. */
  Way weightedSumBackward(Tensor x, Tensor w, int heads, Tensor gradient) {
    Tensor y = relata.zeros(nodes, width(x));
    Tensor dx = relata.zeros(nodes, width(x));
    Tensor dw = relata.zeros(edges, heads);
    return way(
        () -> {
          weightedSum(in, x, w, heads, y);
          weightedSum(out, gradient, w, heads, dx);
          dot(x, gradient, heads, dw);
        },
        dx);
  }

  private void weightedSum(long rows, Tensor x, Tensor w, int heads, Tensor y) {
    CppLibrary.call(weightedSum, rows, at(x), at(w), heads, at(y), width(x));
  }

  /** The dot products of both ends' rows, one a head. */
  Way dot(Tensor x, Tensor y, int heads) {
    Tensor z = relata.zeros(edges, heads);
    return way(() -> dot(x, y, heads, z), z);
  }

  /** The same with the gradients of x and y. */
  Way dotBackward(Tensor x, Tensor y, int heads, Tensor gradient) {
    Tensor z = relata.zeros(edges, heads);
    Tensor dx = relata.zeros(nodes, width(x));
    Tensor dy = relata.zeros(nodes, width(x));
    return way(
        () -> {
          dot(x, y, heads, z);
          weightedSum(out, y, gradient, heads, dx);
          weightedSum(in, x, gradient, heads, dy);
        },
        dx);
  }

  private void dot(Tensor x, Tensor y, int heads, Tensor z) {
    CppLibrary.call(dot, src, dst, (long) edges, at(x), at(y), at(z), heads, width(x), threads);
  }

  /** Edge softmax. */
  Way softmax(Tensor logits, int heads) {
    Tensor y = relata.zeros(edges, heads);
    return way(() -> softmax(logits, heads, y), y);
  }

  /** The same with the gradient of the logits. */
  Way softmaxBackward(Tensor logits, int heads, Tensor gradient) {
    Tensor y = relata.zeros(edges, heads);
    Tensor product = relata.zeros(edges, heads);
    Tensor dx = relata.zeros(edges, heads);
    return way(
        () -> {
          softmax(logits, heads, y);
          softmaxGradient(heads, y, gradient, product, dx);
        },
        dx);
  }

  private void softmax(Tensor logits, int heads, Tensor y) {
    CppLibrary.call(softmax, in, at(logits), at(y), heads);
  }

  private void softmaxGradient(int heads, Tensor y, Tensor gradient, Tensor product, Tensor dx) {
    CppLibrary.call(softmaxGradient, in, at(y), at(gradient), at(product), at(dx), heads);
  }

  /**
   * The loops of an epoch of two GAT layers alone, none of what PyTorch or libxsmm computes in it:
   * DGL cannot take less.
   */
  Way gatEpoch(int dim, int heads, int classes) {
    Runnable first = gatLayer(heads, dim);
    Runnable second = gatLayer(1, classes);
    return new Way(
        Tool.DGL_LOOPS,
        "the loops of an epoch",
        _ -> {
          first.run();
          second.run();
          return null;
        });
  }

  private Runnable gatLayer(int heads, int width) {
    Tensor x = relata.rand(nodes, width);
    Tensor gradient = relata.rand(nodes, width);
    Tensor result = relata.zeros(nodes, width);
    Tensor ends = relata.rand(nodes, heads);
    Tensor logits = relata.zeros(edges, heads);
    Tensor weights = relata.zeros(edges, heads);
    Tensor product = relata.zeros(edges, heads);
    return () -> {
      CppLibrary.call(add, src, dst, (long) edges, at(ends), at(ends), at(logits), heads, threads);
      softmax(logits, heads, weights);
      weightedSum(in, x, weights, heads, result);
      weightedSum(out, gradient, weights, heads, result);
      dot(x, gradient, heads, logits);
      softmaxGradient(heads, weights, logits, product, logits);
    };
  }

  private static long at(Tensor x) {
    return x.array().address();
  }

  private static int width(Tensor x) {
    return Math.toIntExact(x.size() / x.dim(0));
  }
}
