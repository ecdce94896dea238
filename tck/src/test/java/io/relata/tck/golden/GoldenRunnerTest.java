package io.relata.tck.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.tck.golden.GoldenReport.Count;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runner passes what is right and nothing else. */
class GoldenRunnerTest {
  /** Edges 0 → 1 and 1 → 1 on three nodes, sum and max of the sources 1, 2, 4; seeds 1, 2, 3. */
  private static final String CASE =
      """
      {"id": "%s", "graph": {"ntypes": ["_N"], "num_nodes": {"_N": 3},
        "relations": [{"etype": ["_N", "_E", "_N"], "src": [0, 1], "dst": [1, 1]}]},
       "inputs": {"u": {"dtype": "f64", "shape": [3, 1], "data": [1, 2, 4]}},
       "call": {"api": "%s", "%s": "%s", "operand": "u", "reduce": "%s"},
       "outputs": {"out": {"dtype": "f64", "shape": [3, 1], "data": [%s]}},
       "cotangents": {"out": {"dtype": "f64", "shape": [3, 1], "data": [1, 2, 3]}},
       "grads": {"u": {"dtype": "f64", "shape": [3, 1], "data": [%s]}}}\
      """;

  @TempDir Path folder;

  private Path parity;

  @BeforeEach
  void writeParity() throws IOException {
    parity = folder.resolve("parity.md");
    Files.writeString(
        parity,
        """
        <!-- golden: begin -->
        | group | case ids | rule |
        |---|---|---|
        | `some` | `listed/*` | `EMPTY_GIVES_ZERO` |
        <!-- golden: end -->
        """);
  }

  private static String updateAll(String id, String out, String grad) {
    return CASE.formatted(id, "update_all", "message", "copy_u", "sum", out, grad);
  }

  private static String gspmmMax(String id, String out, String grad) {
    return CASE.formatted(id, "gspmm", "op", "copy_lhs", "max", out, grad);
  }

  private GoldenReport run(String... cases) throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(
        data.resolve("some.json"),
        "{\"meta\": {\"group\": \"some\"}, \"cases\": [\n" + String.join(",\n", cases) + "\n]}");
    return GoldenRunner.run(
        GoldenSource.of(data), Parity.of(parity), Variant.installed(), _ -> true);
  }

  private Count count(String... cases) throws IOException {
    return run(cases).counts().get("some");
  }

  @Test
  void theRightNumbersPass() throws IOException {
    assertThat(count(updateAll("a", "0, 3, 0", "2, 2, 0"))).isEqualTo(new Count(1, 0, 0));
  }

  @Test
  void aWrongOutputFails() throws IOException {
    GoldenReport r = run(updateAll("a", "0, 3.0001, 0", "2, 2, 0"));
    assertThat(r.counts()).containsEntry("some", new Count(0, 1, 0));
    assertThat(r.failures("some").getFirst())
        .startsWith("a: vector FLOAT64: output out: 3.0 instead of 3.0001 at position 1");
  }

  @Test
  void aWrongGradientFails() throws IOException {
    GoldenReport r = run(updateAll("a", "0, 3, 0", "2, 2, 0.5"));
    assertThat(r.failures("some").getFirst())
        .contains("gradient of u: 0.0 instead of 0.5 at position 2");
  }

  @Test
  void anErrorIn1e11OfAnOutputFailsInFloat64() throws IOException {
    assertThat(count(updateAll("a", "0, 3.00000000003, 0", "2, 2, 0")))
        .isEqualTo(new Count(0, 1, 0));
  }

  @Test
  void anUnknownCallFailsAlsoWhenListed() throws IOException {
    String unknown = updateAll("listed/a", "0, 3, 0", "2, 2, 0").replace("update_all", "magic");
    GoldenReport r = run(unknown);
    assertThat(r.counts()).containsEntry("some", new Count(0, 1, 0));
    assertThat(r.failures("some").getFirst()).contains("no program for the call 'magic'");
  }

  @Test
  void whatDglRefusesMustBeRefused() throws IOException {
    String refused =
        updateAll("a", "0, 3, 0", "2, 2, 0").replace("\"id\"", "\"error\": \"DGLError\", \"id\"");
    assertThat(count(refused, refused.replace("\"src\": [0, 1]", "\"src\": [0, 7]")))
        .isEqualTo(new Count(1, 1, 0));
  }

  @Test
  void aListedCaseThatFollowsItsRuleIsNotApplicable() throws IOException {
    assertThat(count(gspmmMax("listed/a", "\"-inf\", 2, \"-inf\"", "0, 2, 0")))
        .isEqualTo(new Count(0, 0, 1));
  }

  @Test
  void theSameCaseFailsUnlessListed() throws IOException {
    assertThat(count(gspmmMax("other/a", "\"-inf\", 2, \"-inf\"", "0, 2, 0")))
        .isEqualTo(new Count(0, 1, 0));
  }

  @Test
  void aListedCaseThatBreaksItsRuleFails() throws IOException {
    GoldenReport r = run(gspmmMax("listed/a", "\"-inf\", 2.5, \"-inf\"", "0, 2, 0"));
    assertThat(r.counts()).containsEntry("some", new Count(0, 1, 0));
    assertThat(r.failures("some").getFirst())
        .contains("neither DGL's numbers nor those of EMPTY_GIVES_ZERO");
  }

  @Test
  void aListedCaseThatAgreesWithDglPasses() throws IOException {
    assertThat(count(gspmmMax("listed/a", "0, 2, 0", "0, 2, 0"))).isEqualTo(new Count(1, 0, 0));
  }

  @Test
  void aPageWithoutTableIsRefused() throws IOException {
    Files.writeString(parity, "| `some` | `*` | `EMPTY_GIVES_ZERO` |");
    assertThatThrownBy(() -> Parity.of(parity))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no table between");
  }

  @Test
  void theSummaryHasThreeNumbersAGroup() throws IOException {
    Path json = folder.resolve("summary.json");
    run(updateAll("a", "0, 3, 0", "2, 2, 0")).write(json);
    assertThat(Files.readString(json).replaceAll("\\s", ""))
        .isEqualTo("{\"some\":{\"passed\":1,\"failed\":0,\"notApplicable\":0}}");
  }
}
