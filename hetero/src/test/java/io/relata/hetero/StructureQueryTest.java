package io.relata.hetero;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.ErrorId;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be asked of the edges of a relation. */
class StructureQueryTest extends RuntimeTest {
  // Edges 1 and 3 are parallel, edge 4 is a loop, node 3 is isolated.
  private static RelationView view() {
    return plain(4, ints(2, 0, 1, 0, 2), ints(0, 1, 2, 1, 2)).relation();
  }

  @Test
  void edgesBetweenNodesAreFoundWithAllParallelOnes() {
    RelationView r = view();
    assertThat(r.edgeIds(0, 1)).containsExactly(1, 3);
    assertThat(r.edgeIds(1, 0)).isEmpty();
    assertThat(r.edgeIds(ints(0, 2), ints(1, 2))).containsExactly(1, 4);
    assertThat(r.hasEdges(ints(0, 1, 2, 3), ints(1, 0, 2, 3)))
        .containsExactly(true, false, true, false);
    EdgeList all = r.edgesBetween(ints(2, 0), ints(0, 1));
    assertThat(all.ids()).containsExactly(0, 1, 3);
    assertThat(all.src()).containsExactly(2, 0, 0);
    assertThat(all.dst()).containsExactly(0, 1, 1);
    assertThat(r.isMultigraph()).isTrue();
    assertThat(plain(2, ints(0, 1), ints(1, 0)).relation().isMultigraph()).isFalse();
  }

  @Test
  void neighboursAndDegreesComeNodeByNodeInTheOrderAsked() {
    RelationView r = view();
    assertThat(r.inEdges(2, 1)).containsExactly(2, 4, 1, 3);
    assertThat(r.outEdges(3, 0)).containsExactly(1, 3);
    assertThat(r.predecessors(2)).containsExactly(1, 2);
    assertThat(r.successors(0)).containsExactly(1, 1);
    assertThat(r.inDegreesOf(3, 2, 2)).containsExactly(0, 2, 2);
    assertThat(r.outDegreesOf(0, 3)).containsExactly(2, 0);
  }

  @Test
  void exportsAreStableAndCopies() {
    RelationView r = view();
    assertThat(r.allEdges(EdgeOrder.SOURCE_DESTINATION).ids()).containsExactly(1, 3, 2, 0, 4);
    assertThat(r.allEdges(EdgeOrder.ID).src()).containsExactly(2, 0, 1, 0, 2);
    CompressedRows csr = r.csr();
    assertThat(csr.offsets()).containsExactly(0, 2, 3, 5, 5);
    assertThat(csr.columns()).containsExactly(1, 1, 2, 0, 2);
    assertThat(csr.edges()).containsExactly(1, 3, 2, 0, 4);
    assertThat(r.csc().edges()).containsExactly(0, 1, 3, 2, 4);
    csr.edges()[0] = 99;
    assertThat(r.csr().edges()[0]).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void sortedRowsAnswerAsAScanDoes(long seed) {
    Random random = new Random(seed);
    int n = 1 + random.nextInt(12);
    int[] src = random.ints(40, 0, n).toArray();
    int[] dst = random.ints(40, 0, n).toArray();
    RelationView r = plain(n, src, dst).relation();
    for (int u = 0; u < n; u++) {
      for (int v = 0; v < n; v++) {
        int a = u;
        int b = v;
        assertThat(r.edgeIds(u, v))
            .isEqualTo(IntStream.range(0, 40).filter(e -> src[e] == a && dst[e] == b).toArray());
      }
    }
  }

  @Test
  void questionsAboutWhatDoesNotExistAreRefused() {
    RelationView r = view();
    assertRefused(ErrorId.INDEX, () -> r.inEdges(0, 4), "position 1", "0 to 3", "4");
    assertRefused(ErrorId.INDEX, () -> r.hasEdge(-1, 0), "source node", "-1");
    assertRefused(ErrorId.INDEX, () -> r.findEdges(5), "0 to 4");
    assertRefused(
        ErrorId.INDEX, () -> r.edgeIds(ints(0, 3), ints(1, 1)), "position 1", "from 3 to 1");
    assertRefused(ErrorId.EDGE_LISTS, () -> r.hasEdges(ints(0), ints()), "1 sources");
  }

  @Test
  void aSliceHasTheMatchingRelationsAndSharesTheirFields() {
    HeteroGraph g = shop();
    HeteroGraph users = g.slice("user", null, "user");
    assertThat(users.nodeTypes()).containsExactly("user");
    assertThat(users.edges().get("w")).isSameAs(g.edges("follows").get("w"));
    HeteroGraph all = g.slice(null, null, null);
    assertThat(all.edgeTypes()).isEqualTo(g.edgeTypes());
    assertThat(all.adjacency(g.edgeType("buys"))).isSameAs(g.adjacency(g.edgeType("buys")));
    assertRefused(ErrorId.RELATION_UNKNOWN, () -> g.slice("item", null, null), "item:*:*");
  }

  @Test
  void theMetagraphHasAnEdgeForEachRelation() {
    HeteroGraph meta = shop().metagraph();
    // Types item, user; relations user:buys:item, user:follows:user.
    assertThat(meta.numNodes()).isEqualTo(2);
    assertThat(meta.relation().adjacency().src()).containsExactly(1, 1);
    assertThat(meta.relation().adjacency().dst()).containsExactly(0, 1);
  }
}
