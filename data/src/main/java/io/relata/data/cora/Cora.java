package io.relata.data.cora;

import io.relata.data.CsrMatrix;
import io.relata.data.DataSetException;
import io.relata.data.EdgeList;
import io.relata.data.Progress;
import io.relata.data.source.DataFile;
import io.relata.data.source.DataFolders;
import io.relata.data.source.FileSet;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * The Cora citation network: 2708 papers, which of them cite each other, the words in them, and the
 * field each belongs to; with the public split for semi-supervised learning.
 *
 * <p>The same as DGL's {@code CoraGraphDataset} and PyG's {@code Planetoid}: 10556 edges (both
 * directions of 5278 citations, without duplicates), sorted by start and end. The arrays are not
 * copied: whoever reads them must not write to them.
 *
 * <p>Source: Sen et al., Collective Classification in Network Data (2008); split by Yang et al.,
 * Revisiting Semi-Supervised Learning with Graph Embeddings (2016).
 *
 * @param numNodes number of papers, N
 * @param src start of each edge, (E)
 * @param dst end of each edge, (E)
 * @param features which of F = 1433 words each paper has, as published: 0 or 1, (N, F)
 * @param labels field of each paper, an index into {@link #CLASS_NAMES}, (N)
 * @param trainNodes ids of the 140 papers to train on, 20 of each field
 * @param valNodes ids of the 500 papers to validate on
 * @param testNodes ids of the 1000 papers to test on
 */
public record Cora(
    int numNodes,
    int[] src,
    int[] dst,
    CsrMatrix features,
    int[] labels,
    int[] trainNodes,
    int[] valNodes,
    int[] testNodes) {

  /** The fields, in the order of the published labels. */
  public static final List<String> CLASS_NAMES =
      List.of(
          "Theory",
          "Reinforcement_Learning",
          "Genetic_Algorithms",
          "Neural_Networks",
          "Probabilistic_Methods",
          "Case_Based",
          "Rule_Learning");

  /** The files as published by the authors of the split. */
  public static final FileSet FILES =
      new FileSet(
          "cora",
          List.of("cora/planetoid", "planetoid", ""),
          URI.create("https://raw.githubusercontent.com/kimiyoung/planetoid/master/data/"),
          List.of(
              new DataFile(
                  "ind.cora.x",
                  22119,
                  "23cfa55d91c6f624233f5eb7b6e3f141f1bd2b2ae39608a63cf5d084bb27baab"),
              new DataFile(
                  "ind.cora.y",
                  4054,
                  "94465c14eb53e04ca262198dcbb2521ee8af60fb3f3d546cd6ca24a511b0e7d1"),
              new DataFile(
                  "ind.cora.tx",
                  148025,
                  "b9afbaa4a400df991f6f02ef677e1e44da55ffc04801fd02f9e673987829226a"),
              new DataFile(
                  "ind.cora.ty",
                  28135,
                  "41f5ac76596a1699cc33f53084a2419e92961c42bb75f36fc38e616d348532ad"),
              new DataFile(
                  "ind.cora.allx",
                  257305,
                  "9419ba2f26f5c35243db64aba110e0f35a04851609e0dc5433450676ca6b8543"),
              new DataFile(
                  "ind.cora.ally",
                  47959,
                  "2b998f5cc7fedc86e7f97ca2498f47a1ffc1462c29e2d578b23bf3f62b6e7d71"),
              new DataFile(
                  "ind.cora.graph",
                  59847,
                  "58f13302f39dde8852dad6fe6d15b89b077b6d7f837626bce671ef80344b383d"),
              new DataFile(
                  "ind.cora.test.index",
                  5000,
                  "297ce89af2b51a6a194181c7dbe1796c6a1cf9cd9349a88383b1b1e227867875")));

  /**
   * Reads Cora from {@code -Drelata.data=DIR}, else from beside the checkout, else from the cache,
   * into which it is downloaded first if need be (0.6 MB).
   *
   * @throws DataSetException if a file is missing or damaged, or cannot be downloaded
   */
  public static Cora read() {
    return read(DataFolders.ofProcess(), Progress.NONE);
  }

  /**
   * Reads Cora from given folders and reports a download's progress.
   *
   * @throws DataSetException if a file is missing or damaged, or cannot be downloaded
   */
  public static Cora read(DataFolders folders, Progress progress) {
    Path folder = folders.find(FILES, progress);
    return PlanetoidReader.read(folder);
  }

  /** Returns the citations as a relation from paper to paper. */
  public EdgeList edges() {
    return new EdgeList("paper", "cites", "paper", src, dst);
  }

  /**
   * Returns the features as models take them: each row divided by its sum, dense, row after row, (N
   * * F).
   */
  public float[] normalizedFeatures() {
    return features.normalizeRows().toDense();
  }
}
