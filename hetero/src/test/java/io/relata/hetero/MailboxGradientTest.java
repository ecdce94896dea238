package io.relata.hetero;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Scope;
import io.relata.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Gradients of mailboxes, and of the split that makes them. */
class MailboxGradientTest {
  private static Relata relata;

  @BeforeAll
  static void open() {
    relata = Relata.open();
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  @Test
  void partsFillTheAxisAndTheirGradientsMeet() {
    for (int axis = 0; axis < 2; axis++) {
      Tensor x = relata.tensor(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3).requiresGrad(true);
      Tensor y = x.mul(1);
      List<Tensor> parts = y.split(axis, 1, 0, 2);
      assertThat(parts.get(1).size()).isZero();
      assertThat(parts.get(2).toDoubleArray())
          .isEqualTo(y.slice(axis, 1, 3).toDoubleArray())
          .hasSize(6);
      // Each part twice, and the whole once more.
      Tensor loss =
          parts.get(0).mul(2).sum().add(parts.get(0).sum()).add(parts.get(2).square().sum());
      loss.add(y.sum()).backward();
      for (int i = 0; i < 9; i++) {
        boolean first = (axis == 0 ? i / 3 : i % 3) == 0;
        assertThat(x.grad().toDoubleArray()[i]).isEqualTo(first ? 4 : 1 + 2.0 * (i + 1));
      }
    }
  }

  @Test
  void aPartThatNobodyUsesHasNoGradientAndAKeptHistoryCanBeWalkedTwice() {
    Tensor x = relata.tensor(new double[] {1, 2, 3}, 3).requiresGrad(true);
    Tensor loss = x.split(0, 2, 1).get(0).square().sum();
    loss.backward(relata.tensor(new double[] {1}).reshape(), true);
    loss.backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(4, 8, 0);
  }

  @Test
  void sizesThatDoNotFillTheAxisAreRefused() {
    Tensor x = relata.zeros(3, 2);
    for (long[] sizes : new long[][] {{1, 1}, {2, 2}, {4, -1}}) {
      assertThatThrownBy(() -> x.split(0, sizes))
          .isInstanceOf(RelataException.class)
          .hasMessageContaining("add up to 3");
    }
  }

  @Test
  void theGradientOfMailboxesNeedsNoArrayOfAllMessagesPerDegree() {
    int degrees = 60;
    int width = 64;
    int edges = degrees * (degrees + 1) / 2;
    int[] dst = new int[edges];
    int e = 0;
    for (int v = 0; v < degrees; v++) {
      for (int i = 0; i <= v; i++) {
        dst[e++] = v;
      }
    }
    HeteroGraph g = HeteroGraph.homogeneous(relata, degrees, new int[edges], dst);
    Tensor h = relata.ones(degrees, width).requiresGrad(true);
    long before = relata.memory().live();
    relata.resetPeakMemory();
    try (Scope _ = relata.scope()) {
      g.nodes().set("h", h);
      g.updateAll(
          batch -> Map.of("m", batch.src("h").mul(1)), n -> Map.of("s", n.mailbox("m").sum(1)));
      g.nodes().get("s").sum().backward();
      assertThat(h.grad().toFloatArray()[0]).isEqualTo(edges);
      g.nodes().remove("s");
    }
    long messages = 4L * edges * width;
    assertThat(relata.memory().peak() - before).isLessThan(16 * messages);
  }
}
