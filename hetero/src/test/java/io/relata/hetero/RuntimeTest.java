package io.relata.hetero;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A runtime for the tests of a class, and what they have in common. */
public abstract class RuntimeTest {
  /** The runtime. */
  protected static Relata relata;

  @BeforeAll
  static void open() {
    relata = Relata.open();
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  /** A graph of one type. */
  protected static HeteroGraph plain(int nodes, int[] src, int[] dst) {
    return HeteroGraph.homogeneous(relata, nodes, src, dst);
  }

  /** Numbers 10, 20, … as a field of n rows. */
  protected static Tensor tens(int n) {
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = 10 * (i + 1);
    }
    return relata.tensor(x);
  }

  /** Users follow users and buy items; edge fields w, node fields x, counting in tens. */
  protected static HeteroGraph shop() {
    HeteroGraph g =
        HeteroGraph.builder(relata)
            .nodes("user", 4)
            .nodes("item", 3)
            .relation("user", "follows", "user", ints(0, 1, 2, 2, 1), ints(1, 2, 0, 0, 1))
            .relation("user", "buys", "item", ints(0, 1, 2), ints(2, 0, 2))
            .build();
    g.nodes("user").set("x", tens(4));
    g.nodes("item").set("x", tens(3));
    g.edges("follows").set("w", tens(5));
    g.edges("buys").set("w", tens(3));
    return g;
  }

  /** An array. */
  protected static int[] ints(int... values) {
    return values;
  }

  /** Asserts that a call is refused with an id and words of the message. */
  protected static void assertRefused(ErrorId id, ThrowingCallable call, String... words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RelataException.class,
            e -> {
              assertThat(e.id()).isEqualTo(id);
              for (String word : words) {
                assertThat(e.getMessage()).contains(word);
              }
            });
  }
}
