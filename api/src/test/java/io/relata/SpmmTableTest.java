package io.relata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.spi.Array;
import io.relata.spi.Backend;
import io.relata.spi.DenseKernels;
import io.relata.spi.DeviceMemory;
import io.relata.spi.FeaturePlan;
import io.relata.spi.GraphKernels;
import io.relata.spi.KernelProvider;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.RowIndex;
import io.relata.spi.SddmmCall;
import io.relata.spi.SpmmCall;
import io.relata.spi.SpmmKernel;
import io.relata.spi.SpmmSignature;
import io.relata.spi.Target;
import io.relata.spi.WinnerGradCall;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpmmTableTest {
  private static final SpmmCall CALL = call(DType.FLOAT32);

  private final List<String> ran = new ArrayList<>();

  private static SpmmCall call(DType dtype) {
    Array a = new Array(null, 0, dtype, Shape.of(1, 1));
    Operand u = new Operand(a, Target.U);
    return new SpmmCall(
        null, MessageOp.COPY, u, null, FeaturePlan.copy(1), Reducer.SUM, a, null, false);
  }

  /** Kernels that only note that they were called. */
  private final class Noting implements Backend, GraphKernels {
    @Override
    public String id() {
      return "fake";
    }

    @Override
    public String description() {
      return "fake";
    }

    @Override
    public DeviceMemory memory() {
      return null;
    }

    @Override
    public void copyIn(MemorySegment host, Array to) {}

    @Override
    public void copyOut(Array from, MemorySegment host) {}

    @Override
    public DenseKernels dense() {
      return null;
    }

    @Override
    public GraphKernels graph() {
      return this;
    }

    @Override
    public void close() {}

    @Override
    public void spmm(SpmmCall call) {
      ran.add("backend");
    }

    @Override
    public void sddmm(SddmmCall call) {}

    @Override
    public void winnerGrad(WinnerGradCall call) {}

    @Override
    public void edgeSoftmax(RowIndex index, Array logits, Array out) {}

    @Override
    public void edgeSoftmaxGrad(RowIndex index, Array y, Array gradient, Array out) {}
  }

  private interface Offer {
    Optional<SpmmKernel> of(SpmmSignature signature);
  }

  private record Plugin(String id, int priority, Offer offer) implements KernelProvider {
    @Override
    public Optional<SpmmKernel> spmm(SpmmSignature signature, Backend backend) {
      return offer.of(signature);
    }
  }

  private Plugin noting(String id, int priority) {
    return new Plugin(
        id,
        priority,
        s -> s.dtype() == DType.FLOAT32 ? Optional.of(_ -> ran.add(id)) : Optional.empty());
  }

  private SpmmTable table(KernelProvider... plugins) {
    return new SpmmTable(new Noting(), List.of(plugins));
  }

  @Test
  void withoutPluginsTheBackendComputes() {
    SpmmTable table = table();
    table.run(CALL);
    assertThat(ran).containsExactly("backend");
    assertThat(table.explain()).endsWith("backend=fake] -> fake\n");
  }

  @Test
  void theHigherPriorityWinsAndTheExplanationNamesTheOther() {
    SpmmTable table = table(noting("a", 5), noting("b", 10));
    table.run(CALL);
    assertThat(ran).containsExactly("b");
    assertThat(table.explain()).endsWith("-> b (priority 10, before a of priority 5)\n");
  }

  @Test
  void ofEqualPrioritiesTheSmallerIdWinsAndTheExplanationSaysSo() {
    SpmmTable table = table(noting("b", 5), noting("a", 5), noting("c", 1));
    table.run(CALL);
    assertThat(ran).containsExactly("a");
    assertThat(table.explain())
        .endsWith("-> a (priority 5, before b of the same priority by id, c of priority 1)\n");
  }

  @Test
  void aPluginThatHasNoKernelOrANegativePriorityLeavesTheBackend() {
    SpmmTable table = table(noting("a", -1));
    table.run(CALL);
    SpmmTable other = table(noting("a", 5));
    other.run(call(DType.FLOAT64));
    assertThat(ran).containsExactly("backend", "backend");
    assertThat(other.explain()).endsWith("-> fake\n");
  }

  @Test
  void aPluginIsAskedOncePerSignature() {
    List<SpmmSignature> asked = new ArrayList<>();
    SpmmTable table =
        table(
            new Plugin(
                "a",
                1,
                s -> {
                  asked.add(s);
                  return Optional.empty();
                }));
    table.run(CALL);
    table.run(CALL);
    table.run(call(DType.FLOAT64));
    assertThat(asked).hasSize(2);
  }

  @Test
  void severalCallsKeepTheirOrderAndEachItsKernel() {
    SpmmTable table =
        table(
            new Plugin(
                "a",
                1,
                s ->
                    s.dtype() == DType.FLOAT64
                        ? Optional.of(_ -> ran.add("a"))
                        : Optional.empty()));
    table.runAll(List.of(CALL, CALL, call(DType.FLOAT64), CALL));
    assertThat(ran).containsExactly("backend", "backend", "a", "backend");
    assertThat(table.explain()).contains("-> a (priority 1)").contains("-> fake");
    table.runAll(List.of());
    assertThat(ran).hasSize(4);
  }

  @Test
  void aPluginThatFailsToChooseIsNamed() {
    Plugin bad =
        new Plugin(
            "bad",
            1,
            _ -> {
              throw new IllegalStateException("no table");
            });
    assertThatThrownBy(() -> table(noting("good", 9), bad).run(CALL))
        .isInstanceOfSatisfying(
            RelataException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.PLUGIN))
        .hasMessageStartingWith("A plugin failed to say whether it has a kernel [PLUGIN]")
        .hasMessageContaining("plugin 'bad' (io.relata.SpmmTableTest$Plugin), SpmmSignature[")
        .hasMessageContaining("IllegalStateException: no table")
        .hasMessageContaining("take the plugin off the class path");
    assertThatThrownBy(() -> table(new Plugin("nothing", 1, _ -> null)).run(CALL))
        .hasMessageContaining("plugin 'nothing'");
  }

  @Test
  void aKernelThatFailsIsNamedAndTheCauseKept() {
    Plugin bad =
        new Plugin(
            "bad",
            1,
            _ ->
                Optional.of(
                    _ -> {
                      throw new NoClassDefFoundError("jdk/incubator/vector/DoubleVector");
                    }));
    assertThatThrownBy(() -> table(bad).run(CALL))
        .hasMessageStartingWith("The kernel of a plugin failed [PLUGIN]")
        .hasMessageContaining("plugin 'bad'")
        .hasMessageContaining("jdk/incubator/vector/DoubleVector")
        .hasCauseInstanceOf(NoClassDefFoundError.class);
  }

  @Test
  void twoPluginsOfOneIdAreRefused() {
    assertThatThrownBy(() -> table(noting("a", 1), noting("a", 2)))
        .hasMessageContaining("Two kernel plugins have the same id")
        .hasMessageContaining("'a'");
  }
}
