package io.relata.tck.program;

import io.relata.DType;
import java.util.List;

/**
 * A graph, its features and calls on it; printed as a listing.
 *
 * @param dtype of all features
 * @param special whether features hold infinities and NaN, which have values but no gradients
 */
record Program(Schema schema, DType dtype, boolean special, List<Input> inputs, List<Step> steps) {
  /**
   * A feature that is there from the start.
   *
   * @param owner node type or relation
   * @param row shape of one row
   * @param divisor never 0 or special
   */
  record Input(String owner, String field, List<Integer> row, boolean divisor) {
    /** Multiples of 1/4, so that ties are frequent and first results are exact in every dtype. */
    double[] values(int rows, boolean special) {
      int width = row.stream().reduce(1, (a, b) -> a * b);
      double[] values = new double[rows * width];
      for (int i = 0; i < values.length; i++) {
        int h = mixed(31 * (owner + field).hashCode() + i);
        if (divisor) {
          values[i] = (h % 2 == 0 ? 1 : -1) * (2 + h / 2 % 7) / 4.0;
        } else if (special && h % 11 == 0) {
          values[i] =
              switch (h / 11 % 3) {
                case 0 -> Double.NaN;
                case 1 -> Double.POSITIVE_INFINITY;
                default -> Double.NEGATIVE_INFINITY;
              };
        } else {
          values[i] = (h / 33 % 17 - 8) / 4.0;
        }
      }
      return values;
    }

    /** A well-mixed number that is not negative. */
    private static int mixed(int i) {
      int h = i * 0x9E3779B1;
      h = (h ^ h >>> 15) * 0x85EBCA6B;
      return (h ^ h >>> 13) >>> 1;
    }
  }

  /** The listing, a line for each relation, feature and step. */
  @Override
  public String toString() {
    StringBuilder s = new StringBuilder("\nprogram in " + dtype);
    s.append(special ? ", features with infinities and NaN\n" : "\n");
    schema.nodes().forEach((t, n) -> s.append("  nodes " + t + ": " + n + "\n"));
    schema
        .relations()
        .forEach(r -> s.append("  edges " + r.key() + ": " + r.src() + " -> " + r.dst() + "\n"));
    inputs.forEach(
        i -> s.append("  field " + i.owner() + "." + i.field() + ": rows " + i.row() + "\n"));
    list(s, "  ", steps);
    return s.toString();
  }

  private static void list(StringBuilder s, String indent, List<Step> steps) {
    for (Step step : steps) {
      switch (step) {
        case Step.Scoped x -> list(s.append(indent + "local scope:\n"), indent + "  ", x.steps());
        case Step.OnSubgraph x ->
            list(s.append(indent + "subgraph " + x.nodes() + ":\n"), indent + "  ", x.steps());
        default -> s.append(indent + step + "\n");
      }
    }
  }
}
