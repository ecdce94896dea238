package io.relata.data.jdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.data.DataSetException;
import io.relata.data.Progress;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleImageTest {
  @TempDir Path modules;

  @Test
  void aCorruptClassFileIsNamed() throws IOException {
    addClass("m.one", "p.Good");
    Path bad = modules.resolve("m.one/p/Bad.class");
    Files.write(bad, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    assertFailureNames(bad);
  }

  @Test
  void aClassFileCutAnywhereIsNamed() throws IOException {
    Path good = addClass("m.one", "p.Good");
    byte[] whole = Files.readAllBytes(good);
    for (int length = 0; length < whole.length; length++) {
      Files.write(good, Arrays.copyOf(whole, length));
      assertFailureNames(good);
    }
  }

  @Test
  void moduleAndPackageDescriptionsAreNoClasses() throws IOException {
    addClass("m.two", "p.A");
    Path folder = modules.resolve("m.two");
    Files.write(folder.resolve("module-info.class"), new byte[] {0});
    Files.write(folder.resolve("p/package-info.class"), new byte[] {0});
    assertThat(read().classNames()).containsExactly("p/A");
  }

  @Test
  void nestedClassesStayTogetherEvenWhenTheOuterClassAndAllAttributesAreAbsent()
      throws IOException {
    addClass("m.one", "p.Gone$First");
    addClass("m.one", "p.Gone$Second$Third");
    addClass("m.one", "p.$Odd");
    addClass("m.one", "p.Other");
    JdkClassGraph graph = read();
    assertThat(graph.classNames())
        .containsExactly("p/$Odd", "p/Gone$First", "p/Gone$Second$Third", "p/Other");
    assertThat(graph.topLevel()).containsExactly(0, 1, 1, 3);
  }

  @Test
  void labelsAreIndicesIntoTheSortedModules() throws IOException {
    addClass("m.two", "a.A");
    addClass("m.one", "b.B");
    JdkClassGraph graph = read();
    assertThat(graph.moduleNames()).containsExactly("m.one", "m.two");
    assertThat(graph.labels()).containsExactly(1, 0);
  }

  private JdkClassGraph read() {
    return JdkClassGraph.read(new ModuleImage(modules), 1, Progress.NONE);
  }

  private void assertFailureNames(Path file) {
    assertThatThrownBy(this::read)
        .isInstanceOf(DataSetException.class)
        .hasMessageContaining("class file " + file.toUri() + " cannot be read")
        .hasMessageContaining("Remedy");
  }

  private Path addClass(String module, String name) throws IOException {
    byte[] bytes = ClassFile.of().build(ClassDesc.of(name), _ -> {});
    Path file = modules.resolve(module).resolve(name.replace('.', '/') + ".class");
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }
}
