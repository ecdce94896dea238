package io.relata.examples.cora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.RelataException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  private static Options options(String... pairs) {
    Properties p = new Properties();
    for (int i = 0; i < pairs.length; i += 2) {
      p.setProperty("relata.example." + pairs[i], pairs[i + 1]);
    }
    return Options.of(p);
  }

  @Test
  void withoutOptionsItIsTheTutorial() {
    assertThat(options())
        .isEqualTo(new Options(10, 200, List.of(Form.values()), Path.of("target/cora-sage")));
  }

  @Test
  void everythingCanBeChosen() {
    assertThat(
            options("seeds", "2", "epochs", "5", "forms", "userDefined, plain,plain", "out", "x"))
        .isEqualTo(new Options(2, 5, List.of(Form.USER_DEFINED, Form.PLAIN), Path.of("x")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "many", "", "1.5", "99999999999"})
  void aNumberThatMakesNoSenseIsRefusedByName(String seeds) {
    assertThatThrownBy(() -> options("seeds", seeds))
        .isInstanceOf(RelataException.class)
        .hasMessageContaining("-Drelata.example.seeds")
        .hasMessageContaining("at least 1")
        .hasMessageContaining("'" + seeds + "'");
  }

  @Test
  void anUnknownFormIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> options("forms", "plain,fast"))
        .isInstanceOf(RelataException.class)
        .hasMessageContaining("[plain, weighted, userDefined]")
        .hasMessageContaining("'fast'");
  }
}
