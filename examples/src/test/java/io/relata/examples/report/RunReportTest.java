package io.relata.examples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunReportTest {
  @Test
  void aShareIsBetweenZeroAndOne() {
    assertThatThrownBy(() -> new RunReport.Results(83.1, 0.7, 0.3, 0.5))
        .hasMessage("testAccuracy is a share between 0 and 1, not 83.1");
    assertThatThrownBy(() -> new RunReport.Results(0.8, Double.NaN, 0.3, 0.5))
        .hasMessage("macroF1 is a share between 0 and 1, not NaN");
  }

  @Test
  void noMoreNodesAreRightThanThereAre() {
    assertThatThrownBy(() -> new RunReport.ClassResult("java.base", 5, 4, 6))
        .hasMessageContainingAll("java.base", "5 test nodes", "4 (graph)", "6 (no edges)");
  }

  @Test
  void aRelationJoinsNodeTypesThatExist() {
    List<RunReport.NodeType> types = List.of(new RunReport.NodeType("class", 3));
    List<RunReport.Relation> relations = List.of(RunReport.Relation.of("class", "has", "field", 2));
    assertThatThrownBy(() -> new RunReport.DataSet("JDK", types, relations))
        .hasMessageContainingAll("has", "'field'", "[class]");
  }

  @Test
  void theEpochTimeIsTheMedian() {
    assertThat(timings(3, 1, 2).epochSeconds()).isEqualTo(2);
    assertThat(timings(4, 1, 2, 9).epochSeconds()).isEqualTo(3);
    assertThat(timings().epochSeconds()).isNaN();
  }

  private static RunReport.Timings timings(double... seconds) {
    List<RunReport.Epoch> epochs =
        Arrays.stream(seconds).mapToObj(s -> new RunReport.Epoch(0, 1, 0.5, 0.5, s)).toList();
    return RunReport.Timings.of(1, epochs, 10);
  }
}
