package io.relata.tck.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * HeteroGraphConv of a GraphConv with norm right, or of SAGEConv, per relation, in plain loops on
 * doubles: relations without edges are skipped. Every layer is, once the winners of max and relu
 * are known, a chain of products whose gradients are walked back by hand.
 */
final class HeteroConvOracle {
  private final GoldenCase golden;
  private final GoldenGraph graph;
  private final Map<String, Matrix> values = new LinkedHashMap<>();
  private final Map<String, Matrix> gradients = new LinkedHashMap<>();

  /** Rows of numbers. */
  private record Matrix(int rows, int columns, double[] data) {
    static Matrix zeros(int rows, int columns) {
      return new Matrix(rows, columns, new double[rows * columns]);
    }

    static Matrix of(Dense d) {
      boolean vector = d.shape().length == 1;
      return new Matrix(
          vector ? 1 : (int) d.shape()[0],
          vector ? (int) d.shape()[0] : d.width(),
          d.data().clone());
    }

    double at(int i, int j) {
      return data[i * columns + j];
    }

    void add(int i, int j, double x) {
      data[i * columns + j] += x;
    }
  }

  /** One relation's part: out and how to walk back from its gradient. */
  private interface Backward {
    void accept(Matrix gradient);
  }

  private record Part(GoldenGraph.Edges edges, Matrix out, Backward backward) {}

  HeteroConvOracle(GoldenCase golden) {
    this.golden = golden;
    this.graph = golden.graph();
    golden.inputs().forEach((name, d) -> put(name, d));
    golden.weights().forEach((name, d) -> put(name, d));
  }

  private void put(String name, Dense d) {
    Matrix m = Matrix.of(d);
    values.put(name, m);
    gradients.put(name, Matrix.zeros(m.rows, m.columns));
  }

  Expectation expectation() {
    Map<String, List<Part>> byType = new LinkedHashMap<>();
    graph.relations().stream()
        .filter(r -> r.src().length > 0)
        .sorted(Comparator.comparing(GoldenGraph.Edges::type))
        .forEach(
            r ->
                byType
                    .computeIfAbsent(r.type().destination(), _ -> new ArrayList<>())
                    .add(part(r)));
    Map<String, Dense> outputs = new LinkedHashMap<>();
    byType.forEach((type, parts) -> outputs.put("node:" + type, combine(type, parts)));
    return new Expectation(outputs, gradients(golden.inputs()), gradients(golden.weights()));
  }

  /** The case's cotangents; of a stack as many of its leading slots as there are relations. */
  Map<String, Dense> cotangents() {
    Map<String, Dense> all = new LinkedHashMap<>(golden.cotangents());
    if (golden.text("aggregate").equals("stack")) {
      all.replaceAll(
          (name, c) -> {
            int slots =
                (int)
                    graph.relations().stream()
                        .filter(r -> r.src().length > 0)
                        .filter(r -> name.equals("node:" + r.type().destination()))
                        .count();
            int d = (int) c.shape()[2];
            int given = c.width();
            double[] data = new double[(int) c.shape()[0] * slots * d];
            for (int i = 0; i < data.length; i++) {
              data[i] = c.data()[i / (slots * d) * given + i % (slots * d)];
            }
            return new Dense(c.dtype(), new long[] {c.shape()[0], slots, d}, data);
          });
    }
    return all;
  }

  private Map<String, Dense> gradients(Map<String, Dense> like) {
    Map<String, Dense> all = new LinkedHashMap<>();
    like.forEach((name, d) -> all.put(name, d.with(gradients.get(name).data)));
    return all;
  }

  // ---- across relations ----

  private Dense combine(String type, List<Part> parts) {
    String cross = golden.text("aggregate");
    boolean stack = cross.equals("stack");
    Dense all = cotangents().get("node:" + type);
    int nodes = parts.getFirst().out.rows;
    int d = parts.getFirst().out.columns;
    int slots = stack ? parts.size() : 1;
    double[] out = new double[nodes * slots * d];
    for (int p = 0; p < parts.size(); p++) {
      Matrix gradient = Matrix.zeros(nodes, d);
      for (int at = 0; at < nodes * d; at++) {
        double share = share(cross, parts, p, at);
        int slot = stack ? (at / d * slots + p) * d + at % d : at;
        out[slot] += share * parts.get(p).out.data[at];
        gradient.data[at] = share * all.data()[slot];
      }
      parts.get(p).backward.accept(gradient);
    }
    long[] shape = stack ? new long[] {nodes, slots, d} : new long[] {nodes, d};
    return new Dense("f64", shape, out);
  }

  private static double share(String cross, List<Part> parts, int p, int at) {
    return switch (cross) {
      case "sum", "stack" -> 1;
      case "mean" -> 1.0 / parts.size();
      case "max", "min" -> {
        double sign = cross.equals("max") ? 1 : -1;
        int best = 0;
        for (int q = 1; q < parts.size(); q++) {
          if (sign * parts.get(q).out.data[at] > sign * parts.get(best).out.data[at]) {
            best = q;
          }
        }
        yield best == p ? 1 : 0;
      }
      default -> throw new UnsupportedCase("the oracle has no aggregate '" + cross + "'");
    };
  }

  // ---- one relation ----

  private Part part(GoldenGraph.Edges r) {
    String path = "mods." + r.type().relation() + ".";
    String src = "node:" + r.type().source();
    String dst = "node:" + r.type().destination();
    int nodes = graph.counts().get(r.type().destination());
    if (values.containsKey(path + "weight")) {
      Matrix mean = reduceMean(r, values.get(src), nodes);
      Matrix out = product(mean, values.get(path + "weight"), false);
      addBias(out, path + "bias");
      return new Part(
          r,
          out,
          g -> {
            backBias(g, path + "bias");
            spreadMean(r, backProduct(g, mean, path + "weight", false), gradients.get(src));
          });
    }
    return aggregator(path).equals("gcn") ? gcn(r, path, src, dst) : sage(r, path, src, dst, nodes);
  }

  /** Which SAGEConv has these weights. */
  private String aggregator(String path) {
    return !values.containsKey(path + "fc_self.weight")
        ? "gcn"
        : values.containsKey(path + "fc_pool.weight") ? "pool" : "mean";
  }

  private Part sage(GoldenGraph.Edges r, String path, String src, String dst, int nodes) {
    boolean pool = aggregator(path).equals("pool");
    Matrix x = values.get(src);
    Matrix before = pool ? product(x, values.get(path + "fc_pool.weight"), true) : x;
    if (pool) {
      addBias(before, path + "fc_pool.bias");
    }
    int[] winner = pool ? winners(r, before, nodes) : null;
    Matrix near = pool ? pooled(before, winner, nodes) : reduceMean(r, x, nodes);
    Matrix out = product(near, values.get(path + "fc_neigh.weight"), true);
    Matrix self = product(values.get(dst), values.get(path + "fc_self.weight"), true);
    for (int i = 0; i < out.data.length; i++) {
      out.data[i] += self.data[i];
    }
    addBias(out, path + "fc_self.bias");
    return new Part(
        r,
        out,
        g -> {
          backBias(g, path + "fc_self.bias");
          addAll(
              gradients.get(dst), backProduct(g, values.get(dst), path + "fc_self.weight", true));
          Matrix gNear = backProduct(g, near, path + "fc_neigh.weight", true);
          if (!pool) {
            spreadMean(r, gNear, gradients.get(src));
            return;
          }
          Matrix gBefore = Matrix.zeros(before.rows, before.columns);
          for (int i = 0; i < winner.length; i++) {
            // relu lets the gradient through where its input was positive.
            if (winner[i] >= 0 && before.at(winner[i], i % before.columns) > 0) {
              gBefore.add(winner[i], i % before.columns, gNear.data[i]);
            }
          }
          backBias(gBefore, path + "fc_pool.bias");
          addAll(gradients.get(src), backProduct(gBefore, x, path + "fc_pool.weight", true));
        });
  }

  /** (sum of neighbours + own) / (in-degree + 1), then fc_neigh and bias. */
  private Part gcn(GoldenGraph.Edges r, String path, String src, String dst) {
    Matrix own = values.get(dst);
    Matrix mixed = Matrix.zeros(own.rows, own.columns);
    int[] degree = degrees(r, own.rows);
    addAll(mixed, own);
    for (int e = 0; e < r.src().length; e++) {
      for (int j = 0; j < own.columns; j++) {
        mixed.add(r.dst()[e], j, values.get(src).at(r.src()[e], j));
      }
    }
    divide(mixed, degree, 1);
    Matrix out = product(mixed, values.get(path + "fc_neigh.weight"), true);
    addBias(out, path + "bias");
    return new Part(
        r,
        out,
        g -> {
          backBias(g, path + "bias");
          Matrix gMixed = backProduct(g, mixed, path + "fc_neigh.weight", true);
          divide(gMixed, degree, 1);
          addAll(gradients.get(dst), gMixed);
          spread(r, gMixed, gradients.get(src));
        });
  }

  // ---- neighbours ----

  private static int[] degrees(GoldenGraph.Edges r, int nodes) {
    int[] degree = new int[nodes];
    for (int v : r.dst()) {
      degree[v]++;
    }
    return degree;
  }

  private static void divide(Matrix m, int[] degree, int more) {
    for (int i = 0; i < m.data.length; i++) {
      m.data[i] /= Math.max(1, degree[i / m.columns] + more);
    }
  }

  private static Matrix reduceMean(GoldenGraph.Edges r, Matrix x, int nodes) {
    Matrix mean = Matrix.zeros(nodes, x.columns);
    for (int e = 0; e < r.src().length; e++) {
      for (int j = 0; j < x.columns; j++) {
        mean.add(r.dst()[e], j, x.at(r.src()[e], j));
      }
    }
    divide(mean, degrees(r, nodes), 0);
    return mean;
  }

  private static void spreadMean(GoldenGraph.Edges r, Matrix gradient, Matrix into) {
    divide(gradient, degrees(r, gradient.rows), 0);
    spread(r, gradient, into);
  }

  private static void spread(GoldenGraph.Edges r, Matrix gradient, Matrix into) {
    for (int e = 0; e < r.src().length; e++) {
      for (int j = 0; j < gradient.columns; j++) {
        into.add(r.src()[e], j, gradient.at(r.dst()[e], j));
      }
    }
  }

  /** The source of the first edge with the largest relu of each position, -1 without edges. */
  private static int[] winners(GoldenGraph.Edges r, Matrix x, int nodes) {
    int[] winner = new int[nodes * x.columns];
    Arrays.fill(winner, -1);
    for (int e = 0; e < r.src().length; e++) {
      for (int j = 0; j < x.columns; j++) {
        int at = r.dst()[e] * x.columns + j;
        double mine = Math.max(0, x.at(r.src()[e], j));
        if (winner[at] < 0 || mine > Math.max(0, x.at(winner[at], j))) {
          winner[at] = r.src()[e];
        }
      }
    }
    return winner;
  }

  private static Matrix pooled(Matrix x, int[] winner, int nodes) {
    Matrix out = Matrix.zeros(nodes, x.columns);
    for (int i = 0; i < winner.length; i++) {
      out.data[i] = winner[i] < 0 ? 0 : Math.max(0, x.at(winner[i], i % x.columns));
    }
    return out;
  }

  // ---- products ----

  /** x W, or x W^T for the weight of a linear map. */
  private static Matrix product(Matrix x, Matrix w, boolean transposed) {
    Matrix out = Matrix.zeros(x.rows, transposed ? w.rows : w.columns);
    for (int i = 0; i < x.rows; i++) {
      for (int k = 0; k < x.columns; k++) {
        for (int j = 0; j < out.columns; j++) {
          out.add(i, j, x.at(i, k) * (transposed ? w.at(j, k) : w.at(k, j)));
        }
      }
    }
    return out;
  }

  /** Adds the weight's gradient and returns that of x. */
  private Matrix backProduct(Matrix g, Matrix x, String weight, boolean transposed) {
    Matrix w = values.get(weight);
    Matrix gw = gradients.get(weight);
    Matrix gx = Matrix.zeros(x.rows, x.columns);
    for (int i = 0; i < x.rows; i++) {
      for (int k = 0; k < x.columns; k++) {
        for (int j = 0; j < g.columns; j++) {
          gx.add(i, k, g.at(i, j) * (transposed ? w.at(j, k) : w.at(k, j)));
          gw.add(transposed ? j : k, transposed ? k : j, g.at(i, j) * x.at(i, k));
        }
      }
    }
    return gx;
  }

  private void addBias(Matrix out, String bias) {
    for (int i = 0; i < out.data.length; i++) {
      out.data[i] += values.get(bias).data[i % out.columns];
    }
  }

  private void backBias(Matrix g, String bias) {
    for (int i = 0; i < g.data.length; i++) {
      gradients.get(bias).data[i % g.columns] += g.data[i];
    }
  }

  private static void addAll(Matrix into, Matrix x) {
    for (int i = 0; i < x.data.length; i++) {
      into.data[i] += x.data[i];
    }
  }
}
