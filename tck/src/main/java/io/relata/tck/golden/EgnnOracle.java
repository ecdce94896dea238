package io.relata.tck.golden;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The gradient of an EGNNConv with respect to its coordinates, in plain loops over numbers that
 * carry their slope along: one walk for each coordinate. Nodes at one place have no direction.
 */
final class EgnnOracle {
  /**
   * A number and its slope.
   *
   * @param value the number
   * @param slope its derivative with respect to the coordinate in question
   */
  private record Dual(double value, double slope) {
    static final Dual ZERO = new Dual(0, 0);

    Dual plus(Dual y) {
      return new Dual(value + y.value, slope + y.slope);
    }

    Dual minus(Dual y) {
      return new Dual(value - y.value, slope - y.slope);
    }

    Dual times(Dual y) {
      return new Dual(value * y.value, slope * y.value + value * y.slope);
    }

    Dual times(double y) {
      return new Dual(value * y, slope * y);
    }

    Dual over(Dual y) {
      double ratio = value / y.value;
      return new Dual(ratio, (slope - ratio * y.slope) / y.value);
    }

    Dual root() {
      double root = Math.sqrt(value);
      return new Dual(root, slope / (2 * root));
    }

    /** x / (1 + e^-x). */
    Dual silu() {
      double s = 1 / (1 + Math.exp(-value));
      return times(new Dual(s, s * (1 - s) * slope));
    }
  }

  private final GoldenCase golden;
  private final GoldenGraph.Edges edges;
  private final Map<String, Dense> weights;
  private final Dense features;
  private final Dense places;

  EgnnOracle(GoldenCase golden) {
    this.golden = golden;
    edges = golden.graph().only();
    weights = golden.weights();
    features = golden.inputs().get("x");
    places = golden.inputs().get("coord");
  }

  Dense coordinateGradient() {
    double[] gradient = new double[places.data().length];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = slope(i);
    }
    return places.with(gradient);
  }

  /** Of the outputs times their cotangents, with respect to one coordinate. */
  private double slope(int coordinate) {
    int nodes = Math.toIntExact(places.shape()[0]);
    int space = places.width();
    int hidden = weights.get("edge_mlp.2.bias").data().length;
    Dual[] at = new Dual[places.data().length];
    Arrays.setAll(at, i -> new Dual(places.data()[i], i == coordinate ? 1 : 0));
    Dual[][] sums = new Dual[nodes][hidden];
    Dual[][] moves = new Dual[nodes][space];
    for (int v = 0; v < nodes; v++) {
      Arrays.fill(sums[v], Dual.ZERO);
      Arrays.fill(moves[v], Dual.ZERO);
    }
    int[] degree = new int[nodes];
    for (int e = 0; e < edges.src().length; e++) {
      int u = edges.src()[e];
      int v = edges.dst()[e];
      degree[v]++;
      Dual[] way = new Dual[space];
      Dual squares = Dual.ZERO;
      for (int d = 0; d < space; d++) {
        way[d] = at[u * space + d].minus(at[v * space + d]);
        squares = squares.plus(way[d].times(way[d]));
      }
      Dual[] message = message(u, v, e, squares);
      Dual[] inner = silu(linear("coord_mlp.0", message));
      Dual strength = linear("coord_mlp.2", inner)[0];
      for (int k = 0; k < hidden; k++) {
        sums[v][k] = sums[v][k].plus(message[k]);
      }
      for (int d = 0; d < space && squares.value() > 0; d++) {
        moves[v][d] = moves[v][d].plus(strength.times(way[d].over(squares.root())));
      }
    }
    double total = 0;
    Dense onFeatures = golden.cotangents().get("out");
    Dense onPlaces = golden.cotangents().get("coord");
    for (int v = 0; v < nodes; v++) {
      Dual[] made =
          linear("node_mlp.2", silu(linear("node_mlp.0", joined(row(features, v), sums[v]))));
      for (int k = 0; k < made.length; k++) {
        total += onFeatures.data()[v * made.length + k] * made[k].slope();
      }
      for (int d = 0; d < space; d++) {
        Dual moved = at[v * space + d].plus(moves[v][d].times(1.0 / Math.max(1, degree[v])));
        total += onPlaces.data()[v * space + d] * moved.slope();
      }
    }
    return total;
  }

  private Dual[] message(int u, int v, int e, Dual squares) {
    Dual[] seen =
        joined(
            row(features, u),
            row(features, v),
            new Dual[] {squares},
            row(golden.inputs().get("e"), e));
    return silu(linear("edge_mlp.2", silu(linear("edge_mlp.0", seen))));
  }

  private Dual[] linear(String name, Dual[] x) {
    Dense w = weights.get(name + ".weight");
    Dense b = weights.get(name + ".bias");
    Dual[] y = new Dual[Math.toIntExact(w.shape()[0])];
    for (int i = 0; i < y.length; i++) {
      y[i] = new Dual(b == null ? 0 : b.data()[i], 0);
      for (int j = 0; j < x.length; j++) {
        y[i] = y[i].plus(x[j].times(w.data()[i * x.length + j]));
      }
    }
    return y;
  }

  private static Dual[] silu(Dual[] x) {
    return Arrays.stream(x).map(Dual::silu).toArray(Dual[]::new);
  }

  private static Dual[] row(Dense d, int i) {
    int w = d.width();
    return IntStream.range(i * w, (i + 1) * w)
        .mapToObj(k -> new Dual(d.data()[k], 0))
        .toArray(Dual[]::new);
  }

  private static Dual[] joined(Dual[]... parts) {
    return List.of(parts).stream().flatMap(Arrays::stream).toArray(Dual[]::new);
  }
}
