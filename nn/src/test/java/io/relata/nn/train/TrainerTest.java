package io.relata.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.nn.Activation;
import io.relata.nn.Dropout;
import io.relata.nn.Layer;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.nn.Sequential;
import io.relata.nn.graph.GraphConv;
import io.relata.nn.loss.Losses;
import io.relata.nn.metric.Metrics;
import io.relata.nn.optim.Adam;
import io.relata.nn.optim.Schedule;
import io.relata.nn.optim.Sgd;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TrainerTest {
  private static final int NODES = 40;
  private static Relata relata;
  private static LayerContext context;
  private static Adjacency g;
  private static Tensor x;
  private static Tensor labels;

  /** Two graph convolutions with a user's own operation between them. */
  private static final class Net extends Layer {
    private final GraphConv first = child("first", new GraphConv(context, 8, 8));
    private final Dropout dropout = child("dropout", new Dropout(0.1));
    private final GraphConv second = child("second", new GraphConv(context, 8, 2));
    private boolean logarithm;

    Tensor forward(Tensor features) {
      Tensor h = first.forward(g, features);
      Tensor between = logarithm ? h.abs().neg().sub(1).log() : h.relu();
      return second.forward(g, dropout.forward(between));
    }
  }

  /** Two rings, joined at one edge; the class is the ring, the features say nothing of it. */
  @BeforeAll
  static void open() {
    relata = Relata.open();
    context = LayerContext.of(relata);
    int half = NODES / 2;
    IntStream all = IntStream.range(0, 3 * NODES);
    int[] src = all.map(e -> e % NODES / half * half + (e % NODES + e / NODES) % half).toArray();
    int[] dst = IntStream.range(0, 3 * NODES).map(e -> e % NODES).toArray();
    g = Adjacency.of(relata, "rings", NODES, NODES, src, dst);
    relata.seed(1);
    x = relata.randn(NODES, 8);
    labels = relata.tensor(IntStream.range(0, NODES).map(v -> v / half).toArray());
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  private static TrainingResult train(int epochs, List<String> heard) {
    relata.seed(5);
    Net net = new Net();
    return Trainer.of(net, new Adam(net.parameters(), 0.02))
        .loss(() -> Losses.crossEntropy(net.forward(x), labels))
        .evaluate(() -> Map.of("accuracy", Metrics.accuracy(net.forward(x), labels)))
        .listener(
            new TrainingListener() {
              @Override
              public void onStart(Layer model, int n) {
                heard.add("start " + n);
              }

              @Override
              public void onEpoch(EpochReport report) {
                heard.add("epoch " + report.epoch());
              }

              @Override
              public void onEnd(TrainingResult result) {
                heard.add("end " + result.epochs().size());
              }
            })
        .run(epochs);
  }

  @Test
  void a_small_problem_is_learnt() {
    TrainingResult result = train(150, new ArrayList<>());
    assertThat(result.epochs().getFirst().loss()).isGreaterThan(0.5);
    assertThat(result.best().loss()).isLessThan(0.1);
    assertThat(result.best().metrics().get("accuracy")).isEqualTo(1);
    assertThat(result.bestEpoch()).isEqualTo(149);
    assertThat(result.stoppedEarly()).isFalse();
    assertThat(result.epochSeconds()).isPositive();
  }

  @Test
  void the_same_seed_gives_the_same_losses_bit_for_bit() {
    List<Double> once =
        train(20, new ArrayList<>()).epochs().stream().map(EpochReport::loss).toList();
    List<Double> again =
        train(20, new ArrayList<>()).epochs().stream().map(EpochReport::loss).toList();
    assertThat(again).isEqualTo(once);
  }

  @Test
  void listeners_hear_start_epochs_and_end() {
    List<String> heard = new ArrayList<>();
    train(2, heard);
    assertThat(heard).containsExactly("start 2", "epoch 0", "epoch 1", "end 2");
  }

  @Test
  void memory_stays_flat_over_a_thousand_steps() {
    relata.seed(5);
    Net net = new Net();
    List<Long> live = new ArrayList<>();
    Trainer.of(net, new Adam(net.parameters(), 0.001))
        .loss(() -> Losses.crossEntropy(net.forward(x), labels))
        .evaluate(() -> Map.of("accuracy", Metrics.accuracy(net.forward(x), labels)))
        .clipNorm(1)
        .earlyStopping(EarlyStopping.minimize("loss", 1000))
        .listener(
            new TrainingListener() {
              @Override
              public void onEpoch(EpochReport report) {
                live.add(relata.memory().live());
              }
            })
        .run(1000);
    assertThat(live.subList(1, live.size()))
        .allSatisfy(bytes -> assertThat(bytes).isLessThanOrEqualTo(live.get(1)));
  }

  @Test
  void early_stopping_ends_after_its_patience_and_restores_the_best_weights() {
    Linear model = new Linear(context, 1, 1, false);
    Tensor w = model.weight();
    Iterator<Double> metric = List.of(0.1, 0.5, 0.4, Double.NaN, 0.3, 0.9).iterator();
    List<Float> weights = new ArrayList<>();
    TrainingResult result =
        Trainer.of(model, new Sgd(model.parameters(), 0.1))
            .loss(() -> model.forward(relata.ones(1, 1)).square().sum())
            .evaluate(
                () -> {
                  weights.add(w.toFloatArray()[0]);
                  return Map.of("score", metric.next());
                })
            .earlyStopping(EarlyStopping.maximize("score", 3))
            .run(100);
    assertThat(result.stoppedEarly()).isTrue();
    assertThat(result.epochs()).hasSize(5);
    assertThat(result.bestEpoch()).isEqualTo(1);
    assertThat(w.toFloatArray()[0]).isEqualTo(weights.get(1)).isNotEqualTo(weights.get(4));
  }

  @Test
  void an_unknown_metric_is_named_with_those_that_exist() {
    Linear model = new Linear(context, 1, 1);
    Trainer trainer =
        Trainer.of(model, new Sgd(model.parameters(), 0.1))
            .loss(() -> model.forward(relata.ones(1, 1)).sum())
            .evaluate(() -> Map.of("valAcc", 1.0))
            .earlyStopping(EarlyStopping.maximize("valAc", 3));
    assertThatThrownBy(() -> trainer.run(1))
        .hasMessageContaining("'valAc'")
        .hasMessageContaining("[valAcc]");
  }

  @Test
  void the_schedule_sets_the_rate_of_each_epoch_and_gives_it_back() {
    Linear model = new Linear(context, 1, 1);
    Sgd sgd = new Sgd(model.parameters(), 0.5);
    List<String> steps = new ArrayList<>();
    TrainingResult result =
        Trainer.of(model, sgd)
            .steps(
                2,
                (epoch, step) -> {
                  steps.add(epoch + "." + step + model.isTraining());
                  return model.forward(relata.ones(1, 1)).square().sum();
                })
            .schedule(Schedule.step(1, 0.5))
            .run(2);
    assertThat(result.epochs()).extracting(EpochReport::learningRate).containsExactly(0.5, 0.25);
    assertThat(sgd.learningRate()).isEqualTo(0.5);
    assertThat(steps).containsExactly("0.0true", "0.1true", "1.0true", "1.1true");
    assertThat(model.isTraining()).isFalse();
  }

  @Test
  void a_loss_that_is_not_finite_names_epoch_step_and_what_went_bad_in_a_users_own_layer() {
    relata.seed(5);
    Net net = new Net();
    List<RuntimeException> failures = new ArrayList<>();
    Trainer trainer =
        Trainer.of(net, new Adam(net.parameters(), 0.02))
            .steps(
                2,
                (epoch, step) -> {
                  net.logarithm = epoch == 3 && step == 1;
                  return Losses.crossEntropy(net.forward(x), labels);
                })
            .listener(
                new TrainingListener() {
                  @Override
                  public void onFailure(RuntimeException failure) {
                    failures.add(failure);
                  }
                });
    assertThatThrownBy(() -> trainer.run(10))
        .isInstanceOfSatisfying(
            RelataException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.NOT_FINITE))
        .hasMessageContaining("epoch 3, step 1")
        .hasMessageContaining("the input of layer 'dropout' (Dropout)")
        .hasMessageContaining("computed after layer 'first' (GraphConv)");
    assertThat(failures).hasSize(1);
  }

  @Test
  void the_layer_whose_output_went_bad_first_is_named() {
    Sequential model =
        new Sequential(
            new Linear(context, 2, 2),
            new Activation("overflow", t -> t.abs().add(1).mul(1e38).mul(10)),
            new Linear(context, 2, 1));
    Trainer trainer =
        Trainer.of(model, new Sgd(model.parameters(), 0.1))
            .loss(() -> model.forward(relata.ones(3, 2)).mean());
    assertThatThrownBy(() -> trainer.run(1))
        .hasMessageContaining("epoch 0, step 0")
        .hasMessageContaining("the output of layer '1' (Activation)");
  }

  @Test
  void a_parameter_that_an_update_ruined_is_named() {
    Sequential model = new Sequential(new Linear(context, 1, 1, false));
    Trainer trainer =
        Trainer.of(model, new Sgd(model.parameters(), 1e38))
            .loss(() -> model.forward(relata.ones(1, 1)).sum().mul(1000));
    assertThatThrownBy(() -> trainer.run(10))
        .hasMessageContaining("epoch 1, step 0")
        .hasMessageContaining("parameter '0.weight' is not finite any more")
        .hasMessageContaining("learning rate");
    model.parameters().forEach(p -> p.assign(relata.ones(1, 1)));
    assertThatThrownBy(() -> trainer.run(1))
        .hasMessageContaining("after epoch 0")
        .hasMessageContaining("parameter '0.weight' is not finite any more");
  }

  @Test
  void a_loss_function_that_made_it_is_found_out() {
    Linear model = new Linear(context, 1, 1);
    Trainer trainer =
        Trainer.of(model, new Sgd(model.parameters(), 0.1))
            .loss(() -> model.forward(relata.ones(1, 1)).square().neg().sub(1).log().sum());
    assertThatThrownBy(() -> trainer.run(1)).hasMessageContaining("the loss function made it");
  }

  @Test
  void nothing_to_train_is_refused() {
    Linear model = new Linear(context, 1, 1);
    Trainer trainer = Trainer.of(model, new Sgd(model.parameters(), 0.1));
    assertThatThrownBy(() -> trainer.run(1)).hasMessageContaining("no loss, 1 epochs");
    assertThatThrownBy(() -> trainer.steps(0, (_, _) -> x)).hasMessageContaining("one step");
    assertThatThrownBy(() -> EarlyStopping.maximize("a", 0)).hasMessageContaining("patience");
  }
}
