package io.relata.data.karate;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.data.SharedData;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KarateTest {
  @Test
  void hasThePublishedCounts() {
    Karate karate = Karate.read();
    assertThat(karate.numNodes()).isEqualTo(34);
    assertThat(karate.edges().size()).isEqualTo(156);
    assertThat(Arrays.stream(karate.clubs()).sum()).isEqualTo(17);
    int[] sizes = new int[4];
    Arrays.stream(karate.communities()).forEach(c -> sizes[c]++);
    assertThat(sizes).containsExactly(13, 12, 4, 5);
  }

  @Test
  void equalsTheReferenceFiles() {
    Path folder = SharedData.folder("karate");
    int[][] edges = SharedData.csv(folder.resolve("edges.csv"));
    int[][] labels = SharedData.csv(folder.resolve("labels.csv"));
    Karate karate = Karate.read();
    assertThat(karate.src()).isEqualTo(Arrays.stream(edges).mapToInt(e -> e[0]).toArray());
    assertThat(karate.dst()).isEqualTo(Arrays.stream(edges).mapToInt(e -> e[1]).toArray());
    assertThat(karate.clubs()).isEqualTo(Arrays.stream(labels).mapToInt(l -> l[1]).toArray());
    assertThat(karate.communities()).isEqualTo(Arrays.stream(labels).mapToInt(l -> l[2]).toArray());
  }
}
