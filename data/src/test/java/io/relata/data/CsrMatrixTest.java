package io.relata.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CsrMatrixTest {
  // 1 0 3
  // 0 0 0
  private final CsrMatrix matrix =
      new CsrMatrix(2, 3, new int[] {0, 2, 2}, new int[] {0, 2}, new float[] {1, 3});

  @Test
  void normalizedRowsSumToOneAndEmptyRowsStayZero() {
    assertThat(matrix.normalizeRows().toDense()).containsExactly(0.25f, 0, 0.75f, 0, 0, 0);
  }

  @Test
  void aRowThatSumsToZeroBecomesZero() {
    CsrMatrix cancelling =
        new CsrMatrix(1, 2, new int[] {0, 2}, new int[] {0, 1}, new float[] {1, -1});
    assertThat(cancelling.normalizeRows().toDense()).containsExactly(0, 0);
  }

  @Test
  void rowsAreSelectedInTheGivenOrder() {
    assertThat(matrix.selectRows(new int[] {1, 0, 0}).toDense())
        .containsExactly(0, 0, 0, 1, 0, 3, 1, 0, 3);
  }

  @Test
  void rowsAreStacked() {
    assertThat(matrix.stack(matrix).toDense()).containsExactly(1, 0, 3, 0, 0, 0, 1, 0, 3, 0, 0, 0);
  }

  @Test
  void rowsOfAnotherLengthAreNotStacked() {
    CsrMatrix narrow = new CsrMatrix(0, 2, new int[] {0}, new int[0], new float[0]);
    assertThatThrownBy(() -> matrix.stack(narrow))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rows of 2 columns below rows of 3");
  }

  @Test
  void partsThatDoNotFitAreRefused() {
    assertRefused(-1, new int[] {0}, new int[0], new float[0], "shape (-1, 3) is negative");
    assertRefused(2, new int[] {0, 1}, new int[1], new float[1], "2 rows need 3 row offsets");
    assertRefused(1, new int[] {0, 2}, new int[1], new float[1], "last row offset is 2");
    assertRefused(1, new int[] {0, 1}, new int[] {3}, new float[1], "column 3 at position 0");
    assertRefused(1, new int[] {0, 1}, new int[] {-1}, new float[1], "column -1 at position 0");
    assertRefused(2, new int[] {0, 2, 1}, new int[1], new float[1], "row 1 begins at 2");
  }

  @Test
  void anEdgeListNeedsAsManyDestinationsAsSources() {
    assertThatThrownBy(() -> new EdgeList("user", "plays", "game", new int[2], new int[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Relation (user, plays, game): 2 sources but 3 destinations");
  }

  private static void assertRefused(
      int rows, int[] offsets, int[] columns, float[] values, String why) {
    assertThatThrownBy(() -> new CsrMatrix(rows, 3, offsets, columns, values))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }
}
