package io.relata.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of a run as a JSON list. {@code ratioToFloor} is null where there is no floor.
 *
 * @param figures in the order in which they were measured
 */
record Summary(List<Figure> figures) {
  private static final ObjectMapper JSON = new ObjectMapper();

  Summary {
    figures = List.copyOf(figures);
  }

  /** Reads a list that {@link #write} wrote. */
  static Summary read(Path file) throws IOException {
    return new Summary(List.of(JSON.readValue(file.toFile(), Figure[].class)));
  }

  /** Writes the list; the file appears as a whole, missing folders are made. */
  void write(Path file) throws IOException {
    Path target = file.toAbsolutePath();
    Files.createDirectories(target.getParent());
    Path draft = target.resolveSibling("." + target.getFileName() + ".draft");
    JSON.writerWithDefaultPrettyPrinter().writeValue(draft.toFile(), figures);
    Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The same cases of several forks as one: median of medians, smallest minimum. */
  static Summary merged(List<Summary> forks) {
    Map<List<Object>, List<Figure>> same = new LinkedHashMap<>();
    for (Summary fork : forks) {
      for (Figure f : fork.figures) {
        same.computeIfAbsent(
                List.of(f.name(), f.graph(), f.dim(), f.tool()), _ -> new ArrayList<>())
            .add(f);
      }
    }
    List<Figure> merged = new ArrayList<>();
    for (List<Figure> f : same.values()) {
      double median = median(f.stream().mapToDouble(Figure::medianMs).toArray());
      double min = f.stream().mapToDouble(Figure::minMs).min().orElseThrow();
      merged.add(f.getFirst().with(median, min, null));
    }
    return new Summary(
        merged.stream().map(f -> f.with(f.medianMs(), f.minMs(), ratio(f, merged))).toList());
  }

  /** The middle of some numbers, of an even count the mean of the two in the middle. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  private static Double ratio(Figure f, List<Figure> all) {
    return all.stream()
        .filter(g -> g.sameCase(f) && g.tool().equals(Tool.FLOOR.id))
        .findFirst()
        .map(floor -> f.medianMs() / floor.medianMs())
        .orElse(null);
  }

  /** What a tool took for a case, or null where it was not measured. */
  Figure find(String name, String graph, int dim, Tool tool) {
    return figures.stream()
        .filter(
            f ->
                f.name().equals(name)
                    && f.graph().equals(graph)
                    && f.dim() == dim
                    && f.tool().equals(tool.id))
        .findFirst()
        .orElse(null);
  }
}
