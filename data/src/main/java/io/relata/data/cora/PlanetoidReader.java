package io.relata.data.cora;

import io.relata.data.CsrMatrix;
import io.relata.data.DataSetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Puts the eight files of the Planetoid split together to one graph, with the steps of DGL's {@code
 * CoraGraphDataset}.
 *
 * <p>{@code allx} and {@code ally} hold the papers that are not tested, by id; {@code tx} and
 * {@code ty} the tested ones, in the order in which {@code test.index} lists their ids. {@code x}
 * is the beginning of {@code allx}: the papers to train on.
 */
final class PlanetoidReader {
  private static final int VALIDATION_NODES = 500;

  private final Path folder;

  private PlanetoidReader(Path folder) {
    this.folder = folder;
  }

  static Cora read(Path folder) {
    return new PlanetoidReader(folder).read();
  }

  private Cora read() {
    CsrMatrix known = matrix("allx");
    CsrMatrix tested = matrix("tx");
    int[] testIds = testIds(known.rows(), tested.rows());
    int numNodes = known.rows() + tested.rows();
    int[] rowOfNode = IntStream.range(0, numNodes).toArray();
    for (int i = 0; i < testIds.length; i++) {
      rowOfNode[testIds[i]] = known.rows() + i;
    }
    int[] labelOfRow =
        IntStream.concat(
                Arrays.stream(labels("ally", known.rows())),
                Arrays.stream(labels("ty", tested.rows())))
            .toArray();
    int trained = matrix("x").rows();
    require(trained + VALIDATION_NODES <= known.rows(), "x", "more rows than allx leaves room for");
    require(
        Arrays.equals(labels("y", trained), Arrays.copyOf(labelOfRow, trained)),
        "y",
        "labels that differ from the beginning of ally");
    long[] edges = edges(numNodes);
    return new Cora(
        numNodes,
        Arrays.stream(edges).mapToInt(edge -> (int) (edge / numNodes)).toArray(),
        Arrays.stream(edges).mapToInt(edge -> (int) (edge % numNodes)).toArray(),
        known.stack(tested).selectRows(rowOfNode),
        Arrays.stream(rowOfNode).map(row -> labelOfRow[row]).toArray(),
        IntStream.range(0, trained).toArray(),
        IntStream.range(trained, trained + VALIDATION_NODES).toArray(),
        Arrays.stream(testIds).sorted().toArray());
  }

  private CsrMatrix matrix(String part) {
    Path file = file(part);
    if (!(PythonPickle.read(file) instanceof PickledCsrMatrix matrix)) {
      throw malformed(file, "no csr_matrix");
    }
    try {
      return matrix.toMatrix();
    } catch (IllegalArgumentException e) {
      throw malformed(file, e.getMessage());
    }
  }

  /** Returns the class of each row of a one-hot matrix. */
  private int[] labels(String part, int rows) {
    Path file = file(part);
    if (!(PythonPickle.read(file) instanceof PickledArray array)) {
      throw malformed(file, "no numpy array");
    }
    int classes = Cora.CLASS_NAMES.size();
    require(
        Arrays.equals(array.shape(), new int[] {rows, classes}),
        part,
        "shape %s where (%d, %d) was expected"
            .formatted(Arrays.toString(array.shape()), rows, classes));
    int[] oneHot;
    try {
      oneHot = array.toInts();
    } catch (IllegalArgumentException e) {
      throw malformed(file, e.getMessage());
    }
    int[] labels = new int[rows];
    for (int row = 0; row < rows; row++) {
      int label = -1;
      for (int c = 0; c < classes; c++) {
        int value = oneHot[row * classes + c];
        require((value == 0 || value == 1) && !(value == 1 && label >= 0), part, notOneHot(row));
        if (value == 1) {
          label = c;
        }
      }
      require(label >= 0, part, notOneHot(row));
      labels[row] = label;
    }
    return labels;
  }

  private static String notOneHot(int row) {
    return "row %d, which is not one 1 among zeros".formatted(row);
  }

  private int[] testIds(int known, int tested) {
    Path file = file("test.index");
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new DataSetException("Cora: file %s cannot be read: %s".formatted(file, e), e);
    }
    int[] ids = new int[lines.size()];
    for (int i = 0; i < ids.length; i++) {
      try {
        ids[i] = Integer.parseInt(lines.get(i).strip());
      } catch (NumberFormatException e) {
        throw malformed(file, "\"%s\" in line %d".formatted(lines.get(i), i + 1));
      }
    }
    int[] expected = IntStream.range(known, known + tested).toArray();
    require(
        Arrays.equals(Arrays.stream(ids).sorted().toArray(), expected),
        "test.index",
        "ids that are not each of %d..%d once".formatted(known, known + tested - 1));
    return ids;
  }

  /**
   * Returns both directions of each edge once, as {@code src * numNodes + dst}, sorted; the
   * adjacency lists have duplicates.
   */
  private long[] edges(int numNodes) {
    Path file = file("graph");
    if (!(PythonPickle.read(file) instanceof Map<?, ?> adjacency)) {
      throw malformed(file, "no dictionary");
    }
    LongStream.Builder edges = LongStream.builder();
    adjacency.forEach(
        (node, neighbours) -> {
          if (!(neighbours instanceof List<?> list)) {
            throw malformed(file, "node %s without a list".formatted(node));
          }
          long src = id(file, node, numNodes);
          for (Object neighbour : list) {
            long dst = id(file, neighbour, numNodes);
            edges.add(src * numNodes + dst).add(dst * numNodes + src);
          }
        });
    return edges.build().sorted().distinct().toArray();
  }

  private static int id(Path file, Object value, int numNodes) {
    if (value instanceof Integer id && id >= 0 && id < numNodes) {
      return id;
    }
    throw malformed(file, "node %s, outside 0..%d".formatted(value, numNodes - 1));
  }

  private Path file(String part) {
    return folder.resolve("ind.cora." + part);
  }

  private void require(boolean holds, String part, String found) {
    if (!holds) {
      throw malformed(file(part), found);
    }
  }

  private static DataSetException malformed(Path file, String found) {
    return new DataSetException(
        "Cora: file %s is not as published: it holds %s. %s"
            .formatted(file, found, "Replace it with the file from " + Cora.FILES.base()));
  }
}
