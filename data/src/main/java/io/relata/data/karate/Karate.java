package io.relata.data.karate;

import io.relata.data.DataSetException;
import io.relata.data.EdgeList;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Zachary's karate club: 34 members, 78 friendships, and the two clubs it fell into.
 *
 * <p>It comes with the library and needs no download. The same as DGL's {@code KarateClubDataset}
 * (clubs) and PyG's {@code KarateClub} (communities). The arrays are not copied: whoever reads them
 * must not write to them.
 *
 * <p>Source: Zachary, An Information Flow Model for Conflict and Fission in Small Groups (1977);
 * communities by Brandes et al., On Modularity Clustering (2008).
 *
 * @param src start of each edge, both directions of each friendship, sorted, (156)
 * @param dst end of each edge, (156)
 * @param clubs club of each member after the split: 0 Mr. Hi, 1 Officer, (34)
 * @param communities one of four groups each member belongs to by modularity, (34)
 */
public record Karate(int[] src, int[] dst, int[] clubs, int[] communities) {

  /**
   * Reads the data set from the library's own resources.
   *
   * @throws DataSetException if the library's jar lacks them
   */
  public static Karate read() {
    int[][] friendships = numbers("edges.csv");
    int[][] members = numbers("labels.csv");
    int n = members.length;
    int[] edges =
        Arrays.stream(friendships)
            .flatMapToInt(pair -> IntStream.of(pair[0] * n + pair[1], pair[1] * n + pair[0]))
            .sorted()
            .toArray();
    return new Karate(
        Arrays.stream(edges).map(edge -> edge / n).toArray(),
        Arrays.stream(edges).map(edge -> edge % n).toArray(),
        Arrays.stream(members).mapToInt(member -> member[1]).toArray(),
        Arrays.stream(members).mapToInt(member -> member[2]).toArray());
  }

  /** Returns N = 34, the number of members. */
  public int numNodes() {
    return clubs.length;
  }

  /** Returns the friendships as a relation from member to member. */
  public EdgeList edges() {
    return new EdgeList("member", "knows", "member", src, dst);
  }

  private static int[][] numbers(String resource) {
    try (InputStream in = Karate.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new DataSetException(
            "Karate: resource %s is not beside %s. Remedy: use the published relata-data jar"
                .formatted(resource, Karate.class.getName()));
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))
          .lines()
          .skip(1)
          .map(line -> Arrays.stream(line.split(",")).mapToInt(Integer::parseInt).toArray())
          .toArray(int[][]::new);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
