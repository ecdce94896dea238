package io.relata.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.LayerContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GraphLayerInputTest {
  private static Relata relata;
  private static LayerContext context;
  private static Adjacency chain;

  @BeforeAll
  static void open() {
    relata = Relata.open();
    context = LayerContext.of(relata);
    chain = Adjacency.of(relata, "chain", 5, 5, new int[] {0, 1, 2}, new int[] {1, 2, 4});
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  @Test
  void a_node_without_in_edges_is_an_error_that_says_how_many_which_and_what_helps() {
    GraphConv conv = new GraphConv(context, 2, 3);
    assertThatThrownBy(() -> conv.forward(chain, relata.ones(5, 2)))
        .isInstanceOfSatisfying(
            RelataException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.ZERO_IN_DEGREE))
        .hasMessageContaining("GraphConv(in=2, out=3, norm=both)")
        .hasMessageContaining("2 of 5 nodes, the first is node 0")
        .hasMessageContaining("allowZeroInDegree(true)");
  }

  @Test
  void a_node_without_in_edges_gets_the_bias_where_allowed() {
    GraphConv conv = GraphConv.builder(context, 2, 3).allowZeroInDegree(true).build();
    conv.namedParameters().get("bias").assign(relata.tensor(new float[] {1, 2, 3}));
    float[] y = conv.forward(chain, relata.ones(5, 2)).slice(0, 3, 4).toFloatArray();
    assertThat(y).containsExactly(1, 2, 3);
  }

  @Test
  void wrong_features_are_named_with_layer_and_expected_shape() {
    SageConv sage = SageConv.builder(context, 2, 3).inDst(4).build();
    assertThatThrownBy(() -> sage.forward(chain, relata.ones(5, 2), relata.ones(5, 2)))
        .hasMessageContaining("SageConv(in=(2, 4), out=3, mean), destination features")
        .hasMessageContaining("(5, 4)")
        .hasMessageContaining("(5, 2)");
    assertThatThrownBy(() -> sage.forward(chain, relata.ones(4, 2), relata.ones(5, 4)))
        .hasMessageContaining("source features");
    assertThatThrownBy(() -> sage.forward(chain, relata.ones(5, 2), null))
        .hasMessageContaining("nothing");
  }

  @Test
  void options_that_contradict_each_other_are_refused() {
    assertThatThrownBy(() -> GraphConv.builder(context, 2, 3).weight(false).build())
        .hasMessageContaining("in = out");
    assertThatThrownBy(() -> GatConv.builder(context, 2, 3, 0)).hasMessageContaining("head");
    Tensor x = relata.ones(5, 2);
    EdgeConv conv = new EdgeConv(context, 2, 3, true);
    assertThatThrownBy(() -> conv.forward(chain, x, x, relata.ones(3)))
        .hasMessageContaining("no edge weight");
  }

  @Test
  void layers_that_repeat_the_adjacency_want_one_set_of_nodes() {
    Adjacency across = Adjacency.of(relata, "across", 2, 3, new int[] {0}, new int[] {2});
    assertThatThrownBy(() -> new AppnpConv(2, 0.1).forward(across, relata.ones(2, 2)))
        .hasMessageContaining("AppnpConv(k=2, alpha=0.1)")
        .hasMessageContaining("2 and 3");
    assertThatThrownBy(() -> new AppnpConv(-1, 0.1)).hasMessageContaining("-1 steps");
    assertThatThrownBy(() -> new ChebConv(context, 2, 2, 0)).hasMessageContaining("k of 1");
    ChebConv cheb = new ChebConv(context, 2, 2, 1);
    Tensor x = relata.ones(5, 2);
    assertThatThrownBy(() -> cheb.forward(chain, x, x, relata.ones(3)))
        .hasMessageContaining("no edge weight");
    assertThatThrownBy(() -> new GatedGraphConv(context, 3, 2, 1, 1))
        .hasMessageContaining("out of 3 or more");
    assertThatThrownBy(() -> Gcn2Conv.builder(context, 2, 0)).hasMessageContaining("from 1");
  }

  @Test
  void edge_features_that_are_missing_or_do_not_fit_are_named() {
    Tensor x = relata.ones(5, 2);
    GineConv gine = new GineConv(context, null);
    assertThatThrownBy(() -> gine.forward(chain, x)).hasMessageContaining("edge features");
    EdgeGatConv gat = EdgeGatConv.builder(context, 2, 4, 3, 2).allowZeroInDegree(true).build();
    assertThatThrownBy(() -> gat.forward(chain, x, x, relata.ones(3, 2)))
        .hasMessageContaining("edge features")
        .hasMessageContaining("(3, 4)");
    assertThatThrownBy(() -> PnaConv.builder(context, 4, 3, 1).towers(2).build())
        .hasMessageContaining("divides 4 and 3");
    assertThatThrownBy(() -> EdgeWeightNorm.of(chain, Norm.BOTH, relata.ones(3, 2)))
        .hasMessageContaining("(3,) or (3, 1)");
  }
}
