import com.google.googlejavaformat.java.Main;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Runs google-java-format over every Java file of the project, to check or to apply. The build runs
 * this file with the toolchain's JDK (see the parent pom): the formatter parses with the compiler
 * of the JVM it runs in, and Maven's own JVM may be too old for our syntax.
 */
final class Format {
  private static final Set<String> SKIPPED = Set.of("target", ".git", ".idea");

  private Format() {}

  /**
   * Arguments: {@code check} or {@code apply}, the project's root folder, and the file to write the
   * findings to. That file exists afterwards if and only if there are any; the build fails on it,
   * with a message that says what to do.
   */
  public static void main(String[] args) throws Exception {
    boolean apply = args[0].equals("apply");
    Path root = Path.of(args[1]);
    Path verdict = Path.of(args[2]);
    Files.deleteIfExists(verdict);

    List<String> command = new ArrayList<>();
    command.addAll(apply ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
    command.addAll(javaFiles(root));
    StringWriter findings = new StringWriter();
    PrintWriter out = new PrintWriter(findings);
    int status = new Main(out, out, System.in).format(command.toArray(String[]::new));
    if (status != 0) {
      String text = findings.toString().replace(root + File.separator, "");
      Files.createDirectories(verdict.getParent());
      Files.writeString(verdict, text);
      System.out.print("Not in google-java-format:\n" + text.indent(2));
    }
  }

  private static List<String> javaFiles(Path root) throws IOException {
    List<String> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return SKIPPED.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              files.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(null);
    return files;
  }
}
