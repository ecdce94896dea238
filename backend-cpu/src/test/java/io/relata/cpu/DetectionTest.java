package io.relata.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The detection ladder in JVMs with other flags than this one's. */
class DetectionTest {
  private static String run(String... flags) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), PlainJvm.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text;
  }

  @Test
  void withoutTheModulePlainKernelsRunAndTheFlagIsNamed() throws Exception {
    assertThat(run())
        .contains("product 40.0, vector false")
        .containsPattern("WARN .*faster with --add-modules jdk.incubator.vector\\R");
  }

  @Test
  void thePropertySwitchesVectorKernelsOff() throws Exception {
    assertThat(run("--add-modules", "jdk.incubator.vector", "-Drelata.cpu.vector=false"))
        .contains("product 40.0, vector false");
  }

  @Test
  void withoutFusedMultiplyAddPlainKernelsRun() throws Exception {
    assertThat(run("--add-modules", "jdk.incubator.vector", "-XX:-UseFMA"))
        .contains("product 40.0, vector false")
        .containsPattern("WARN .*UseFMA");
  }

  @Test
  void withoutOpenBlasOurOwnKernelMultiplies() throws Exception {
    // A platform for which there are no natives.
    assertThat(
            run(
                "--add-modules",
                "jdk.incubator.vector",
                "-Dorg.bytedeco.javacpp.platform=none-none"))
        .contains("product 40.0")
        .containsPattern("WARN .*OpenBLAS does not load");
  }
}
