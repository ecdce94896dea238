package io.relata.data.jdk;

import io.relata.data.DataSetException;
import io.relata.data.Progress;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads all class files of a folder that has one subfolder a module, such as {@code jrt:/modules}.
 */
final class ModuleImage {
  private static final int CLASSES_PER_REPORT = 512;

  private final Path modules;

  ModuleImage(Path modules) {
    this.modules = modules;
  }

  /** Returns the image that the running JVM was started from. */
  static ModuleImage ofRunningJvm() {
    try {
      return new ModuleImage(FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules"));
    } catch (FileSystemNotFoundException | ProviderNotFoundException e) {
      throw new DataSetException(
          ("JDK class graph: this JVM (%s) has no jrt:/ file system to read its classes from."
                  + " Remedy: run on a full JDK")
              .formatted(System.getProperty("java.home")),
          e);
    }
  }

  /**
   * Returns what each class file says, sorted by class name and then module.
   *
   * @throws DataSetException naming the class file that cannot be read or is malformed
   */
  List<ClassFacts> read(Progress progress) {
    List<Path> files = classFiles();
    Reports reports = new Reports(progress, files.size());
    return files.parallelStream()
        .map(
            file -> {
              ClassFacts facts = read(file);
              reports.oneMore();
              return facts;
            })
        .sorted(Comparator.comparing(ClassFacts::name).thenComparing(ClassFacts::module))
        .toList();
  }

  private List<Path> classFiles() {
    try (Stream<Path> all = Files.walk(modules)) {
      return all.filter(ModuleImage::isClassFile).toList();
    } catch (IOException e) {
      throw new DataSetException(
          "JDK class graph: %s cannot be listed: %s. Remedy: run on a full JDK"
              .formatted(modules.toUri(), e),
          e);
    }
  }

  private static boolean isClassFile(Path file) {
    return switch (String.valueOf(file.getFileName())) {
      case "module-info.class", "package-info.class" -> false;
      case String name -> name.endsWith(".class");
    };
  }

  private ClassFacts read(Path file) {
    String module = modules.relativize(file).getName(0).toString();
    try {
      return ClassFacts.of(module, ClassFile.of().parse(Files.readAllBytes(file)));
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new DataSetException(
          ("JDK class graph: class file %s cannot be read: %s."
                  + " Remedy: the JDK in %s is damaged; install it again")
              .formatted(file.toUri(), e, System.getProperty("java.home")),
          e);
    }
  }

  /** Counts classes read by several threads, and reports now and then. */
  private static final class Reports {
    private final Progress progress;
    private final int total;
    private int done;

    Reports(Progress progress, int total) {
      this.progress = progress;
      this.total = total;
    }

    synchronized void oneMore() {
      done++;
      if (done % CLASSES_PER_REPORT == 0 || done == total) {
        progress.report("JDK classes", done, total);
      }
    }
  }
}
