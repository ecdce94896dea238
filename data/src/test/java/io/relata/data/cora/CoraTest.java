package io.relata.data.cora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.relata.data.CsrMatrix;
import io.relata.data.DataSetException;
import io.relata.data.Progress;
import io.relata.data.SharedData;
import io.relata.data.source.DataFile;
import io.relata.data.source.DataFolders;
import io.relata.data.source.Downloader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoraTest {
  @TempDir Path temporary;

  @Test
  void edgesEqualThoseCountedByAnotherProgram() {
    int[][] rows = SharedData.csv(SharedData.folder("cora").resolve("edges.csv"));
    Cora cora = Cora.read();
    assertThat(cora.src()).isEqualTo(column(rows, 0));
    assertThat(cora.dst()).isEqualTo(column(rows, 1));
    assertThat(cora.edges().size()).isEqualTo(10556);
  }

  @Test
  void featuresEqualThoseCountedByAnotherProgram() {
    int[][] rows = SharedData.csv(SharedData.folder("cora").resolve("features.csv.gz"));
    CsrMatrix features = Cora.read().features();
    assertThat(features.rows()).isEqualTo(2708);
    assertThat(features.columns()).isEqualTo(1433);
    int[] rowOfValue =
        IntStream.range(0, features.rows())
            .flatMap(
                r ->
                    IntStream.range(features.rowOffsets()[r], features.rowOffsets()[r + 1])
                        .map(_ -> r))
            .toArray();
    assertThat(rowOfValue).isEqualTo(column(rows, 0));
    assertThat(features.columnIndices()).isEqualTo(column(rows, 1));
    for (int i = 0; i < rows.length; i++) {
      assertThat(features.values()[i]).isEqualTo(rows[i][2]);
    }
  }

  @Test
  void labelsAndSplitEqualThoseCountedByAnotherProgram() {
    Path folder = SharedData.folder("cora");
    Cora cora = Cora.read();
    assertThat(cora.labels()).isEqualTo(column(SharedData.csv(folder.resolve("labels.csv")), 1));
    int[][] split = SharedData.csv(folder.resolve("split.csv"));
    assertThat(cora.trainNodes()).isEqualTo(nodesWith(split, 1)).hasSize(140);
    assertThat(cora.valNodes()).isEqualTo(nodesWith(split, 2)).hasSize(500);
    assertThat(cora.testNodes()).isEqualTo(nodesWith(split, 3)).hasSize(1000);
  }

  @Test
  void normalizedFeaturesOfEachPaperSumToOne() {
    SharedData.folder("cora");
    Cora cora = Cora.read();
    float[] dense = cora.normalizedFeatures();
    assertThat(dense).hasSize(2708 * 1433);
    for (int node = 0; node < cora.numNodes(); node++) {
      double sum = 0;
      for (int i = node * 1433; i < (node + 1) * 1433; i++) {
        sum += dense[i];
      }
      assertThat(sum).isCloseTo(1, within(1e-5));
    }
  }

  @Test
  void aTruncatedFileIsNamedWithExpectedAndFoundChecksum() throws IOException {
    copyTo(temporary);
    Path graph = temporary.resolve("ind.cora.graph");
    Files.write(graph, Arrays.copyOf(Files.readAllBytes(graph), 1000));
    assertThatThrownBy(() -> Cora.read(named(temporary), Progress.NONE))
        .isInstanceOf(DataSetException.class)
        .hasMessageContaining(graph.toString())
        .hasMessageContaining("expected 59847 bytes with sha256 58f13302f39d")
        .hasMessageContaining("found 1000 bytes with sha256 ")
        .hasMessageContaining("Remedy");
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    copyTo(temporary);
    Files.delete(temporary.resolve("ind.cora.tx"));
    assertThatThrownBy(() -> Cora.read(named(temporary), Progress.NONE))
        .isInstanceOf(DataSetException.class)
        .hasMessageContaining(temporary + " lacks ind.cora.tx. Remedy");
  }

  @Test
  void aTruncatedPickleIsNamedEvenWithoutChecksums() throws IOException {
    copyTo(temporary);
    Path graph = temporary.resolve("ind.cora.graph");
    Files.write(graph, Arrays.copyOf(Files.readAllBytes(graph), 1000));
    assertThatThrownBy(() -> PlanetoidReader.read(temporary))
        .isInstanceOf(DataSetException.class)
        .hasMessageContaining(graph + " cannot be read as a Python pickle");
  }

  @Test
  void aFileInPlaceOfAnotherIsRefused() throws IOException {
    copyTo(temporary);
    Files.copy(
        temporary.resolve("ind.cora.y"),
        temporary.resolve("ind.cora.ty"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> PlanetoidReader.read(temporary))
        .isInstanceOf(DataSetException.class)
        .hasMessageContaining("ind.cora.ty is not as published")
        .hasMessageContaining("shape [140, 7] where (1000, 7) was expected");
  }

  @Test
  void aPickleThatNamesAnotherClassIsRefused() throws IOException {
    Path file = temporary.resolve("ind.cora.allx");
    Files.writeString(file, "cos\nsystem\n(S'echo'\ntR.", StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> PythonPickle.read(file))
        .isInstanceOf(DataSetException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("class os.system, which is not expected here");
  }

  private static DataFolders named(Path folder) {
    return new DataFolders(
        Optional.of(folder), Optional.empty(), folder.resolve("cache"), Downloader.ofDefaults());
  }

  private static void copyTo(Path folder) throws IOException {
    Path original = SharedData.folder("cora/planetoid");
    for (DataFile file : Cora.FILES.files()) {
      Files.copy(original.resolve(file.name()), folder.resolve(file.name()));
    }
  }

  private static int[] column(int[][] rows, int column) {
    return Arrays.stream(rows).mapToInt(row -> row[column]).toArray();
  }

  private static int[] nodesWith(int[][] split, int column) {
    return Arrays.stream(split).filter(row -> row[column] == 1).mapToInt(row -> row[0]).toArray();
  }
}
