package io.relata.cpu.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.cpu.Workers;
import io.relata.spi.RowIndex;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In which order blocks are begun. */
class RowBlocksTest {
  @Test
  void blocksOfAHeavyRowAreBegunFirst() {
    // Twelve rows of one edge, then two of forty, then one of one.
    int[] destination = new int[12 + 80 + 1];
    for (int e = 0; e < destination.length; e++) {
      destination[e] = e < 12 ? e : e < 52 ? 12 : e < 92 ? 13 : 14;
    }
    RowIndex index = TestGraph.of(15, 15, new int[93], destination, 3).index();

    int[] order = RowBlocks.order(index);

    int[] blocks = index.blocks();
    assertThat(blocks[order[0]]).isLessThanOrEqualTo(12);
    assertThat(blocks[order[0] + 1]).isEqualTo(13);
    assertThat(blocks[order[1] + 1]).isEqualTo(14);
    assertThat(order).doesNotHaveDuplicates().hasSize(index.numBlocks());
  }

  @Test
  void evenBlocksAreBegunAsTheyStand() {
    int[] destination = new int[60];
    for (int e = 0; e < 60; e++) {
      destination[e] = e / 2;
    }
    assertThat(RowBlocks.order(TestGraph.of(30, 30, new int[60], destination, 6).index())).isNull();
  }

  @Test
  void everyRowIsVisitedOnceInEveryPass() {
    TestGraph g = TestGraph.random(5, 40, 400, false);
    List<Integer> rows = Collections.synchronizedList(new ArrayList<>());
    try (Workers workers = new Workers(2)) {
      RowBlocks.forEach(
          workers,
          g.index(),
          2,
          (pass, from, to) -> {
            for (int v = from; v < to; v++) {
              rows.add(pass * 40 + v);
            }
          });
    }
    assertThat(rows).doesNotHaveDuplicates().hasSize(80);
  }
}
