package io.relata.hetero.transform;

import static io.relata.graph.Functions.copyU;
import static io.relata.graph.Functions.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Tensor;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RuntimeTest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Orders of visiting, propagation along them, and features of the structure. */
class TraversalTest extends RuntimeTest {
  /** 0 → 1 → 3, 0 → 2 → 3 → 4. */
  private static HeteroGraph diamond() {
    return plain(5, ints(0, 0, 1, 2, 3), ints(1, 2, 3, 3, 4));
  }

  @Test
  void nodesOfAFrontierSeeWhatEarlierOnesComputed() {
    HeteroGraph g = diamond();
    Tensor start = relata.tensor(new double[] {1, 0, 0, 0, 0}).requiresGrad(true);
    g.nodes().set("paths", start);
    List<int[]> frontiers = Traversals.topological(g, false);
    assertThat(frontiers).hasSize(4);
    // The first frontier has no in-edges and would become 0.
    Propagation.nodes(
        g.relation(), frontiers.subList(1, 4), copyU("paths", "m"), sum("m", "paths"));
    Tensor paths = g.nodes().get("paths");
    assertThat(paths.toDoubleArray()).containsExactly(1, 1, 1, 2, 2);
    paths.sum().backward();
    assertThat(start.grad().toDoubleArray()).containsExactly(7, 0, 0, 0, 0);
  }

  @Test
  void edgesOfAFrontierCarryWhatEarlierOnesDelivered() {
    HeteroGraph g = diamond();
    g.nodes().set("h", relata.tensor(new double[] {1, 0, 0, 0, 0}));
    Propagation.edges(
        g.relation(), Traversals.depthFirstEdges(g, false, 0), copyU("h", "m"), sum("m", "h"));
    assertThat(g.nodes().get("h").toDoubleArray()).containsExactly(1, 1, 1, 1, 1);
  }

  @Test
  void traversalsGoForwardsAndBackwards() {
    HeteroGraph g = diamond();
    assertThat(Traversals.breadthFirstNodes(g, true, 3))
        .containsExactly(ints(3), ints(1, 2), ints(0));
    assertThat(Traversals.breadthFirstEdges(g, false, 0))
        .containsExactly(ints(0, 1), ints(2), ints(4));
    assertThat(Traversals.depthFirstEdges(g, true, 4))
        .containsExactly(ints(4), ints(2), ints(0), ints(3));
    HeteroGraph cycle = plain(3, ints(0, 1, 2), ints(1, 2, 1));
    assertRefused(ErrorId.ARGUMENT, () -> Traversals.topological(cycle, false), "2 of 3 nodes");
    assertRefused(ErrorId.NODE_ID, () -> Traversals.breadthFirstNodes(g, false, 5), "0 to 4");
  }

  @Test
  void structureGivesFeatures() {
    HeteroGraph g = diamond();
    assertThat(Structure.distances(g, 1)).containsExactly(-1, 0, -1, 1, 2);
    assertThat(Structure.inverseInDegrees(g.relation(), DType.FLOAT64).toDoubleArray())
        .containsExactly(1, 1, 0.5, 0.5, 1);
    HeteroGraph pair = plain(2, ints(0, 1), ints(1, 0));
    assertThat(Structure.returnProbabilities(pair, 3).toDoubleArray())
        .containsExactly(0, 1, 0, 0, 1, 0);
    assertThat(Structure.largestLaplacianEigenvalue(pair)).isCloseTo(2, within(1e-14));
    // A triangle: 1 - cos(2π/3).
    HeteroGraph triangle = plain(3, ints(0, 1, 1, 2, 2, 0), ints(1, 0, 2, 1, 0, 2));
    assertThat(Structure.largestLaplacianEigenvalue(triangle)).isCloseTo(1.5, within(1e-14));
    assertRefused(ErrorId.ARGUMENT, () -> Structure.largestLaplacianEigenvalue(g), "toBidirected");
  }

  @Test
  void walksAreCountedByPowersOfTheAdjacencyMatrix() {
    HeteroGraph g = plain(2, ints(0, 0, 1), ints(1, 1, 0));
    assertThat(Walks.counts(g, 3).toDoubleArray()).containsExactly(0, 4, 2, 0);
    assertThat(Walks.graph(g, 2).relation().adjacency().src()).containsExactly(0, 0, 1, 1);
    assertRefused(ErrorId.ARGUMENT, () -> Walks.counts(g, -1), "-1");
  }
}
