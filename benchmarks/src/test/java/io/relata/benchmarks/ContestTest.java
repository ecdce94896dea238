package io.relata.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContestTest {
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final Contest contest =
      new Contest(new PrintStream(log, true, StandardCharsets.UTF_8), 0, 0, 2, 1500);

  private static Way way(Tool tool, String name, int millis, float... result) {
    return new Way(
        tool,
        name,
        look -> {
          long until = System.nanoTime() + 1_000_000L * millis;
          while (System.nanoTime() < until) {
            Thread.onSpinWait();
          }
          return look ? result : null;
        });
  }

  @Test
  void onlyTheFastestWayOfAToolStays() {
    List<Contest.Result> results =
        contest.run(
            "case",
            List.of(
                way(Tool.RELATA, "relata", 1, 1, 2),
                way(Tool.PYTORCH, "slow", 60, 1, 2),
                way(Tool.PYTORCH, "fast", 3, 1, 2)));
    assertThat(results).extracting(Contest.Result::tool).containsExactly(Tool.RELATA, Tool.PYTORCH);
    assertThat(results.get(1).median()).isLessThan(60);
    assertThat(results).allSatisfy(r -> assertThat(r.min()).isBetween(1.0, r.median()));
    assertThat(log.toString(StandardCharsets.UTF_8)).contains("pytorch by fast");
  }

  @Test
  void aPeerThatComputesSomethingElseIsLeftOut() {
    List<Contest.Result> results =
        contest.run(
            "case",
            List.of(way(Tool.RELATA, "relata", 1, 1, 2), way(Tool.CPP, "by rows", 1, 1, 2.1f)));
    assertThat(results).extracting(Contest.Result::tool).containsExactly(Tool.RELATA);
    assertThat(log.toString(StandardCharsets.UTF_8)).contains("expected 2.0 at 1, found 2.1");
  }

  @Test
  void aPeerThatFailsIsLeftOutWithItsReason() {
    Way broken =
        new Way(
            Tool.PYTORCH,
            "new operation",
            _ -> {
              throw new IllegalStateException("Traceback\n  no such operation");
            });
    List<Contest.Result> results =
        contest.run("case", List.of(way(Tool.RELATA, "relata", 1, 1), broken));
    assertThat(results).hasSize(1);
    assertThat(log.toString(StandardCharsets.UTF_8))
        .contains("pytorch by new operation does not work and is left out: no such operation");
  }
}
