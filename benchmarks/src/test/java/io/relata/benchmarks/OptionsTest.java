package io.relata.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  @Test
  void aGraphComesWithItsNodes() {
    Options options = Options.of("full", "--graph", "edges.bin", "--nodes", "12");
    assertThat(options.mode()).isEqualTo(Options.Mode.FULL);
    assertThat(options.graph()).isEqualTo(Path.of("edges.bin"));
    assertThat(options.nodes()).isEqualTo(12);
    assertThat(Group.of(options)).allSatisfy(g -> assertThat(g.name()).contains("file"));
  }

  @Test
  void toolsAreChosenByName() {
    assertThat(Options.of("short").tools())
        .containsExactlyInAnyOrder(Tool.CPP, Tool.PYTORCH, Tool.ND4J);
    assertThat(Options.of("full").tools()).contains(Tool.DGL_LOOPS);
    assertThat(Options.of("short", "--tools", "c++").tools()).containsExactly(Tool.CPP);
  }

  @Test
  void slowPeersCompeteInTheFirstProcessOfAGroup() {
    Options options = Options.of("full");
    assertThat(options.tools(1))
        .containsExactlyInAnyOrder(Tool.RELATA, Tool.CPP, Tool.DGL_LOOPS, Tool.PYTORCH, Tool.ND4J);
    assertThat(options.tools(2)).containsExactlyInAnyOrder(Tool.RELATA, Tool.CPP, Tool.DGL_LOOPS);
  }

  @Test
  void fullHasAllGroupsOfShort() {
    assertThat(Group.of(Options.of("full")).stream().map(Group::name))
        .containsAll(Group.of(Options.of("short")).stream().map(Group::name).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "long",
        "short --graph edges.bin",
        "short --nodes 5",
        "short --graph",
        "short --graph edges.bin --nodes 0",
        "short --graph edges.bin --nodes 1e6",
        "short --tools c",
        "short --depth 3",
        "short --threads -1"
      })
  void whatMakesNoSenseIsRefused(String arguments) {
    String[] args = arguments.isEmpty() ? new String[0] : arguments.split(" ", -1);
    assertThatThrownBy(() -> Options.of(args)).isInstanceOf(UsageException.class);
  }
}
