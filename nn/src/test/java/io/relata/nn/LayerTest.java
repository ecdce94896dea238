package io.relata.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.Affine;
import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Scope;
import io.relata.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LayerTest {
  private static Relata relata;
  private static LayerContext context;

  /** A user's layer: two maps, dropout between them, a scale of its own. */
  private static final class Net extends Layer {
    private final Linear first;
    private final Sequential rest;
    private final Tensor scale;

    Net() {
      first = child("first", new Linear(context, 3, 4));
      rest =
          child(
              "rest",
              new Sequential(
                  Activation.relu(), new Dropout(0.5), new Linear(context, 4, 2, false)));
      scale = parameter("scale", context.make(Initializers.ones(), 2));
      buffer("seen", context.make(Initializers.zeros(), 1));
    }

    Tensor forward(Tensor x) {
      return rest.forward(first.forward(x)).mul(scale);
    }
  }

  @BeforeAll
  static void open() {
    relata = Relata.open();
    context = LayerContext.of(relata);
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  @Test
  void names_are_dotted_own_parameters_first_then_children_in_order() {
    Net net = new Net();
    assertThat(net.namedParameters().keySet())
        .containsExactly("scale", "first.weight", "first.bias", "rest.2.weight");
    assertThat(net.stateDict().keySet())
        .containsExactly("scale", "seen", "first.weight", "first.bias", "rest.2.weight");
    assertThat(net.parameterCount()).isEqualTo(2 + 12 + 4 + 8);
  }

  @Test
  void the_tree_prints_as_in_pytorch() {
    assertThat(new Net().toString())
        .isEqualTo(
            """
            Net(
              (first): Linear(in=3, out=4, bias=true)
              (rest): Sequential(
                (0): Activation(relu)
                (1): Dropout(p=0.5)
                (2): Linear(in=4, out=2, bias=false)
              )
            )\
            """);
  }

  @Test
  void a_shared_parameter_is_listed_once_for_the_optimiser() {
    Linear shared = new Linear(context, 2, 2);
    Sequential twice = new Sequential(shared, shared);
    assertThat(twice.parameters()).hasSize(2);
    assertThat(twice.parameterCount()).isEqualTo(6);
  }

  @Test
  void modes_reach_the_whole_tree_and_dropout_obeys() {
    Dropout dropout = new Dropout(0.5);
    Sequential net = new Sequential(new Sequential(dropout));
    Tensor x = relata.ones(1000);
    assertThat(dropout.isTraining()).isTrue();
    assertThat(net.forward(x).toFloatArray()).containsOnly(0f, 2f).contains(0f, 2f);
    net.eval();
    assertThat(dropout.isTraining()).isFalse();
    assertThat(net.forward(x)).isSameAs(x);
    net.train();
    assertThat(dropout.isTraining()).isTrue();
  }

  @Test
  void zero_grad_forgets_gradients_and_frees_their_memory() {
    Net net = new Net();
    net.forward(relata.ones(5, 3)).sum().backward();
    Tensor before = net.scale.grad();
    net.zeroGrad();
    net.parameters().forEach(p -> assertThat(p.grad()).isNull());
    assertThatThrownBy(before::toFloatArray).hasMessageContaining("[LIFETIME]");
  }

  @Test
  void the_same_seed_gives_the_same_initial_bits() {
    relata.seed(7);
    Net a = new Net();
    relata.seed(7);
    Net b = new Net();
    relata.seed(8);
    Net c = new Net();
    a.stateDict()
        .forEach(
            (name, t) ->
                assertThat(t.toFloatArray()).isEqualTo(b.stateDict().get(name).toFloatArray()));
    assertThat(a.first.weight().toFloatArray()).isNotEqualTo(c.first.weight().toFloatArray());
  }

  @Test
  void linear_starts_within_one_over_root_of_in() {
    double[] w = new Linear(context, 100, 50).weight().toDoubleArray();
    assertThat(Arrays.stream(w).map(Math::abs).max().orElseThrow()).isBetween(0.09, 0.1);
  }

  @Test
  void initialisers_have_the_spread_of_their_formulas() {
    double xavier = deviation(Initializers.xavierUniform(2));
    assertThat(xavier).isCloseTo(2 * Math.sqrt(2.0 / 500), within(0.002));
    assertThat(deviation(Initializers.xavierNormal(2))).isCloseTo(xavier, within(0.004));
    assertThat(deviation(Initializers.kaimingUniform(0)))
        .isCloseTo(Math.sqrt(2.0 / 200), within(0.002));
    assertThat(deviation(Initializers.normal(0, 3))).isCloseTo(3, within(0.05));
  }

  private static org.assertj.core.data.Offset<Double> within(double d) {
    return org.assertj.core.data.Offset.offset(d);
  }

  private static double deviation(Initializer i) {
    return new LayerContext(relata, DType.FLOAT64).make(i, 300, 200).square().mean().sqrt().item();
  }

  @Test
  void parameters_made_inside_a_scope_outlive_it() {
    Net net;
    try (Scope _ = relata.scope()) {
      net = new Net();
    }
    assertThat(net.first.weight().toFloatArray()).hasSize(12);
  }

  @Test
  void a_state_survives_the_round_trip() {
    Net a = new Net();
    Net b = new Net();
    b.loadStateDict(a.stateDict());
    a.eval();
    b.eval();
    Tensor x = relata.randn(6, 3);
    assertThat(b.forward(x).toFloatArray()).isEqualTo(a.forward(x).toFloatArray());
    assertThat(b.first.weight()).isNotSameAs(a.first.weight());
  }

  @Test
  void a_state_that_does_not_fit_is_refused_with_every_reason_and_changes_nothing() {
    Net net = new Net();
    float[] before = net.first.weight().toFloatArray();
    Map<String, Tensor> state = new LinkedHashMap<>(new Net().stateDict());
    state.remove("scale");
    state.put("first.bias", relata.zeros(5));
    state.put("rest.2.weight", relata.zeros(DType.FLOAT64, 2, 4));
    state.put("head.weight", relata.zeros(1));
    assertThatThrownBy(() -> net.loadStateDict(state))
        .isInstanceOf(RelataException.class)
        .hasMessageContaining("[PARAMETER]")
        .hasMessageContaining("missing: scale FLOAT32 (2,)")
        .hasMessageContaining("does not fit: first.bias, expected FLOAT32 (4,), found FLOAT32 (5,)")
        .hasMessageContaining(
            "does not fit: rest.2.weight, expected FLOAT32 (2, 4), found FLOAT64 (2, 4)")
        .hasMessageContaining("unexpected: head.weight");
    assertThat(net.first.weight().toFloatArray()).isEqualTo(before);
  }

  @Test
  void a_name_is_used_once_and_has_no_dot() {
    assertThatThrownBy(
            () ->
                new Layer() {
                  {
                    child("a", new Dropout(0));
                    parameter("a", relata.zeros(1));
                  }
                })
        .hasMessageContaining("registered twice")
        .hasMessageContaining("'a'");
    assertThatThrownBy(() -> new LayerMap<>(Map.of("a.b", new Dropout(0))))
        .hasMessageContaining("has no dot");
  }

  @Test
  void an_observer_sees_outputs_by_path_until_it_is_closed() {
    Net net = new Net();
    List<String> seen = new ArrayList<>();
    try (Layer.Watch _ = net.observe((path, _, _, _) -> seen.add(path))) {
      net.forward(relata.ones(2, 3));
    }
    net.forward(relata.ones(2, 3));
    assertThat(seen).containsExactly("first", "rest.0", "rest.1", "rest.2");
  }

  @Test
  void a_map_and_its_activation_in_one_pass_are_what_an_observer_sees_as_two() {
    Linear map = new Linear(context, 3, 4);
    Tensor x = relata.randn(5, 3);
    for (Activation after : List.of(Activation.relu(), Activation.gelu(), Activation.elu(-1))) {
      Sequential both = new Sequential(map, after);
      float[] fused = both.forward(x).toFloatArray();
      assertThat(map.forward(x, after).toFloatArray()).containsExactly(fused);
      assertThat(after.apply(map.forward(x)).toFloatArray())
          .usingComparatorWithPrecision(1e-6f)
          .containsExactly(fused);
      List<String> seen = new ArrayList<>();
      try (Layer.Watch _ = both.observe((path, _, _, _) -> seen.add(path))) {
        assertThat(both.forward(x).toFloatArray())
            .usingComparatorWithPrecision(1e-6f)
            .containsExactly(fused);
        map.forward(x, after);
        map.addTo(new Affine(), x).apply();
      }
      assertThat(seen).containsExactly("0", "1", "0", "0");
    }
  }

  @Test
  void bad_options_and_inputs_are_refused() {
    assertThatThrownBy(() -> new Dropout(1.5)).hasMessageContaining("1.5");
    assertThatThrownBy(() -> new LayerContext(relata, DType.INT32))
        .hasMessageContaining("FLOAT32 or FLOAT64");
    assertThatThrownBy(() -> new Linear(context, 3, 4).forward(relata.ones(2, 5)))
        .hasMessageContaining("Linear(in=3, out=4, bias=true)")
        .hasMessageContaining("(2, 5)");
    LayerMap<Dropout> map = new LayerMap<>(Map.of("a", new Dropout(0)));
    assertThatThrownBy(() -> map.get("b"))
        .isInstanceOfSatisfying(
            RelataException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.ARGUMENT))
        .hasMessageContaining("[a]");
  }

  @Test
  void lists_and_maps_name_children_by_place_and_key() {
    LayerList<Linear> list =
        new LayerList<>(List.of(new Linear(context, 1, 1), new Linear(context, 1, 1)));
    assertThat(list.namedParameters().keySet())
        .containsExactly("0.weight", "0.bias", "1.weight", "1.bias");
    assertThat(list).hasSize(2).first().isSameAs(list.get(0));
  }
}
