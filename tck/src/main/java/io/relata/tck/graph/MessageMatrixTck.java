package io.relata.tck.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.relata.DType;
import io.relata.Shape;
import io.relata.graph.Adjacency;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.tck.tensor.RelataTck;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What message passing must compute, as one matrix: every combination of
 *
 * <ul>
 *   <li>a floating-point type: FLOAT32, FLOAT64
 *   <li>a message: all 32 of {@link MessageForm}
 *   <li>a reducer: sum, mean, max, min, and none, which is a value per edge
 *   <li>an index pattern: {@link TestGraph#patterns()}
 *   <li>a layout of the operands' rows: {@link Layout}, where the message can have it
 *   <li>a width of a row: {@link #WIDTHS}, below, at and above what vectors and unrolled loops take
 * </ul>
 *
 * in values and gradients, against {@link MessageOracle}. Graphs have at most 60 nodes, so that a
 * slow backend can run it.
 *
 * <p>{@code -Drelata.tck.step=N} runs every N-th combination. The default of 7 meets every message,
 * reducer and type with every pattern, layout and width, though not in all combinations of these; 1
 * runs all, and 101 is for an emulator.
 */
public abstract class MessageMatrixTck extends RelataTck {
  private static final List<DType> TYPES = List.of(DType.FLOAT32, DType.FLOAT64);
  private static final List<Integer> WIDTHS = List.of(1, 2, 3, 7, 16, 17, 33, 64, 100, 257);

  /** A prime number, so that no pattern, layout or width is always left out. */
  private static final int STEP = Integer.getInteger("relata.tck.step", 7);

  /** One cell, with all reducers. */
  private record Cell(Layout layout, int width, MessageCheck check) {}

  /** Row shapes that meet in a layout, or null where a message cannot have it at this width. */
  private static MessageForm.Rows rows(MessageOp op, Layout layout, int width) {
    int heads = heads(width);
    Shape row = Shape.of(width);
    Shape byHead = Shape.of(heads, width / heads);
    boolean dot = op == MessageOp.DOT;
    // A dot product keeps its last axis, of size 1, where it has the layouts of a product.
    Shape one = dot ? Shape.of(1, 1) : Shape.of(heads, 1);
    Shape many = dot ? Shape.of(width, 1) : byHead;
    if (op == MessageOp.COPY) {
      return layout == Layout.SAME ? new MessageForm.Rows(row, null) : null;
    }
    return switch (layout) {
      case SAME -> new MessageForm.Rows(dot ? many : row, dot ? many : row);
      case LHS_GROUPED -> width == 1 ? null : new MessageForm.Rows(one, many);
      case RHS_GROUPED -> width == 1 ? null : new MessageForm.Rows(many, one);
      case OUT_GROUPED -> dot && width > 1 ? new MessageForm.Rows(byHead, byHead) : null;
      case GENERAL ->
          width > 1
              ? new MessageForm.Rows(Shape.of(2, width), row)
              : dot ? null : new MessageForm.Rows(Shape.of(2, 1), Shape.of(1, 3));
    };
  }

  /** The largest divisor up to the square root: 8 heads of 8 for 64, 1 of 17 for 17. */
  private static int heads(int width) {
    int heads = 1;
    for (int h = 2; h * h <= width; h++) {
      heads = width % h == 0 ? h : heads;
    }
    return heads;
  }

  private static List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (MessageForm form : MessageForm.all()) {
      for (DType dtype : TYPES) {
        for (TestGraph graph : TestGraph.patterns()) {
          for (Layout layout : Layout.values()) {
            for (int width : WIDTHS) {
              MessageForm.Rows rows = rows(form.op(), layout, width);
              if (rows != null) {
                cells.add(new Cell(layout, width, new MessageCheck(graph, dtype, form, rows)));
              }
            }
          }
        }
      }
    }
    return cells;
  }

  @TestFactory
  List<DynamicTest> valuesAndGradients() {
    Map<String, List<Cell>> byName = new LinkedHashMap<>();
    List<Cell> all = cells();
    for (int i = 0; i < all.size(); i += STEP) {
      MessageCheck check = all.get(i).check;
      String name = check.form() + " in " + check.dtype();
      byName.computeIfAbsent(name, _ -> new ArrayList<>()).add(all.get(i));
    }
    List<DynamicTest> tests = new ArrayList<>();
    byName.forEach((name, cells) -> tests.add(dynamicTest(name, () -> run(cells))));
    return tests;
  }

  private void run(List<Cell> cells) {
    Map<TestGraph, Adjacency> graphs = new HashMap<>();
    for (Cell cell : cells) {
      TestGraph graph = cell.check.graph();
      cell.check.run(graphs.computeIfAbsent(graph, g -> g.on(relata)), true);
    }
  }

  @Test
  void rowsHaveTheLayoutTheyAreNamedAfterAndEveryOneOccurs() {
    Set<Layout> seen = EnumSet.noneOf(Layout.class);
    for (Cell cell : cells()) {
      if (cell.check.graph().numEdges() == 0) {
        assertThat(cell.check.oracle().layout()).as("%s", cell.check).isEqualTo(cell.layout);
        seen.add(cell.layout);
      }
    }
    assertThat(seen).containsExactlyInAnyOrder(Layout.values());
  }

  @Test
  void theMatrixIsFull() {
    long forms = cells().stream().map(c -> c.check.form()).distinct().count();
    long widths = cells().stream().map(c -> c.width).distinct().count();
    assertThat(forms).isEqualTo(32);
    assertThat(widths).isEqualTo(WIDTHS.size());
    assertThat(cells()).hasSizeGreaterThan(15_000);
    assertThat(Reducer.values()).hasSize(4);
    for (TestGraph g : TestGraph.patterns()) {
      assertThat(g.numSrc()).as("nodes of %s", g).isLessThanOrEqualTo(60);
    }
  }
}
