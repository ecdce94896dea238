package io.relata.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.io.GraphFile;
import io.relata.hetero.io.SafeTensors;
import io.relata.nn.Activation;
import io.relata.nn.Initializers;
import io.relata.nn.Layer;
import io.relata.nn.LayerContext;
import io.relata.nn.Linear;
import io.relata.nn.Sequential;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  private static Relata relata;
  private static LayerContext context;

  @TempDir private Path folder;

  /** A layer with children, a parameter and a buffer of another element type. */
  private static final class Net extends Layer {
    Net(int hidden) {
      child("body", new Sequential(new Linear(context, 3, hidden), Activation.relu()));
      parameter("scale", context.make(Initializers.ones(), 2));
      buffer("steps", relata.tensor(new long[] {17}));
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

  private static Map<String, float[]> values(Layer layer) {
    Map<String, float[]> all = new LinkedHashMap<>();
    layer.stateDict().forEach((name, t) -> all.put(name, t.toFloatArray()));
    return all;
  }

  private static void assertSame(Map<String, float[]> a, Map<String, float[]> b) {
    assertThat(b.keySet()).isEqualTo(a.keySet());
    a.forEach((name, v) -> assertThat(b.get(name)).as(name).isEqualTo(v));
  }

  @Test
  void a_model_gets_back_the_weights_and_buffers_it_was_saved_with() {
    Path file = folder.resolve("model.safetensors");
    Net saved = new Net(4);
    saved.namedBuffers().get("steps").assign(relata.tensor(new long[] {1L << 50}));
    Checkpoint.save(saved, file);
    Net other = new Net(4);
    assertThat(other.stateDict().get("body.0.weight").toFloatArray())
        .isNotEqualTo(saved.stateDict().get("body.0.weight").toFloatArray());
    Checkpoint.restore(relata, file, other);
    assertSame(values(saved), values(other));
    assertThat(other.namedBuffers().get("steps").toLongArray()).containsExactly(1L << 50);
    assertThat(other.parameters()).allMatch(Tensor::requiresGrad);
  }

  @Test
  void provenance_comes_back_with_the_version_of_relata() {
    Path file = folder.resolve("model");
    Checkpoint.save(new Net(4), file, Map.of("seed", "42", "data", "cora"));
    Map<String, String> found = Checkpoint.restore(relata, file, new Net(4));
    assertThat(found)
        .containsOnlyKeys("seed", "data", "relata.version")
        .containsEntry("seed", "42")
        .containsEntry("data", "cora");
    assertThat(Checkpoint.provenance(file)).isEqualTo(found);
  }

  @Test
  void keys_that_relata_reserves_are_refused() {
    Path file = folder.resolve("model");
    for (String key : new String[] {"format", "relata.kind", "relata.mine"}) {
      assertThatThrownBy(() -> Checkpoint.save(new Net(4), file, Map.of(key, "x")))
          .hasMessageContainingAll("ARGUMENT", "'" + key + "'");
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void restoring_leaves_no_memory_behind() {
    Path file = folder.resolve("model");
    Net net = new Net(4);
    Checkpoint.save(net, file);
    long before = relata.memory().live();
    for (int i = 0; i < 10; i++) {
      Checkpoint.restore(relata, file, net);
    }
    assertThat(relata.memory().live()).isLessThanOrEqualTo(before);
  }

  // ---- files of Python ----

  /** What {@code save_file(torch.nn.Linear(2, 1).state_dict(), file)} writes. */
  private Path byPython(String bias) throws IOException {
    String header =
        "{\"bias\":{\"dtype\":\"%s\",\"shape\":[1],\"data_offsets\":[0,4]},".formatted(bias)
            + "\"weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[4,12]}}";
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    ByteBuffer b = ByteBuffer.allocate(8 + padded.length + 12).order(ByteOrder.LITTLE_ENDIAN);
    b.putLong(padded.length).put(padded).putFloat(0.5f).putFloat(2).putFloat(-3);
    return Files.write(folder.resolve("python.safetensors"), b.array());
  }

  @Test
  void weights_saved_by_python_are_restored() throws IOException {
    Linear linear = new Linear(context, 2, 1);
    assertThat(Checkpoint.restore(relata, byPython("F32"), linear)).isEmpty();
    assertThat(linear.forward(relata.tensor(new float[][] {{10, 1}})).toFloatArray())
        .containsExactly(17.5f);
  }

  @Test
  void weights_of_an_element_type_that_relata_lacks_are_refused() throws IOException {
    Path file = byPython("U8");
    assertThatThrownBy(() -> Checkpoint.restore(relata, file, new Linear(context, 2, 1)))
        .hasMessageContainingAll("DATA", "U8", "'bias'", file.toString());
  }

  @Test
  void weights_in_half_precision_are_restored_as_float32() {
    for (DType half : new DType[] {DType.FLOAT16, DType.BFLOAT16}) {
      Path file = folder.resolve("half.safetensors");
      Tensor weight = relata.tensor(new float[][] {{2, -3}}).to(half);
      Tensor bias = relata.tensor(new float[] {0.5f}).to(half);
      SafeTensors.save(file, Map.of("weight", weight, "bias", bias), Map.of());
      Linear linear = new Linear(context, 2, 1);
      Checkpoint.restore(relata, file, linear);
      assertThat(linear.forward(relata.tensor(new float[][] {{10, 1}})).toFloatArray())
          .containsExactly(17.5f);
    }
  }

  // ---- what does not fit ----

  @Test
  void a_checkpoint_of_another_model_changes_nothing_and_all_differences_are_named()
      throws IOException {
    Path file = folder.resolve("model");
    Checkpoint.save(new Net(5), file);
    Net net = new Net(4);
    Map<String, float[]> before = values(net);
    assertThatThrownBy(() -> Checkpoint.restore(relata, file, net))
        .isInstanceOf(RelataException.class)
        .satisfies(e -> assertThat(((RelataException) e).id()).isEqualTo(ErrorId.PARAMETER))
        .hasMessageContainingAll(
            file.toString(), "body.0.weight", "FLOAT32 (4, 3)", "FLOAT32 (5, 3)", "body.0.bias");
    assertSame(before, values(net));
    assertThatThrownBy(() -> Checkpoint.restore(relata, byPython("F32"), net))
        .hasMessageContainingAll("missing: body.0.weight", "unexpected: weight");
    assertSame(before, values(net));
  }

  @Test
  void other_names_can_be_mapped_by_hand() throws IOException {
    Map<String, Tensor> state = Checkpoint.read(relata, byPython("F32"));
    assertThat(state).containsOnlyKeys("weight", "bias");
    Sequential net = new Sequential(new Linear(context, 2, 1));
    net.loadStateDict(Map.of("0.weight", state.get("weight"), "0.bias", state.get("bias")));
    assertThat(net.stateDict().get("0.bias").toFloatArray()).containsExactly(0.5f);
  }

  @Test
  void a_graph_is_no_checkpoint_and_a_newer_checkpoint_is_refused() {
    Path file = folder.resolve("f");
    GraphFile.save(HeteroGraph.homogeneous(relata, 1, new int[] {0}, new int[] {0}), file);
    Linear linear = new Linear(context, 2, 1);
    assertThatThrownBy(() -> Checkpoint.restore(relata, file, linear))
        .hasMessageContainingAll("DATA", "relata.kind = graph", file.toString());
    SafeTensors.save(
        file,
        Map.of("w", relata.zeros(DType.FLOAT32, 1)),
        Map.of("relata.kind", "checkpoint", "relata.format", "2"));
    assertThatThrownBy(() -> Checkpoint.restore(relata, file, linear))
        .hasMessageContainingAll("DATA", "format 2", "newer");
  }

  @Test
  void a_checkpoint_cut_anywhere_is_refused_and_the_model_unchanged() throws IOException {
    Path file = folder.resolve("model");
    Net net = new Net(4);
    Checkpoint.save(new Net(4), file);
    Map<String, float[]> before = values(net);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Checkpoint.restore(relata, file, net)).hasMessageContaining("DATA");
    }
    assertSame(before, values(net));
  }
}
