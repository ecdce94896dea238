package io.relata.examples.cora;

import io.relata.Relata;
import io.relata.RelataException;
import io.relata.data.DataSetException;
import io.relata.data.cora.Cora;
import io.relata.data.source.DataFolders;
import io.relata.examples.report.SummaryJson;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * The tutorial: trains GraphSAGE, written by hand in three forms, on the citation network Cora, and
 * reports the test accuracy over several seeds.
 *
 * <p>Cora is read from {@code -Drelata.data=DIR}, else from beside the checkout, else from the
 * cache, into which it is downloaded first if need be (0.6 MB). System properties: {@code
 * relata.example.seeds} (10), {@code relata.example.epochs} (200), {@code relata.example.forms}
 * ({@code plain,weighted,userDefined}), {@code relata.example.out} (folder).
 */
public final class CoraSage {
  private static final int EVERY = 5;

  private CoraSage() {}

  /** Runs the example; ends with exit code 1 and a message where that is not possible. */
  public static void main(String[] args) {
    int code = run(System.getProperties(), DataFolders.ofProcess(), System.out, System.err);
    if (code != 0) {
      System.exit(code);
    }
  }

  /** Returns the exit code: what a user can mend is a message, not a stack trace. */
  static int run(Properties properties, DataFolders folders, PrintStream out, PrintStream err) {
    try {
      run(Options.of(properties), folders, out);
      return 0;
    } catch (RelataException | DataSetException e) {
      err.println(e.getMessage());
    } catch (IOException e) {
      err.println("The summary cannot be written: " + e);
    }
    return 1;
  }

  private static void run(Options options, DataFolders folders, PrintStream out)
      throws IOException {
    Cora data = Cora.read(folders, new DownloadProgress(out));
    try (Relata relata = Relata.open()) {
      CoraTask cora = CoraTask.of(relata, data);
      out.printf(
          Locale.ROOT,
          "Cora: %d papers, %d edges, %d words, %d fields; %d/%d/%d papers to"
              + " train/validate/test%n",
          data.numNodes(),
          data.edges().size(),
          cora.numFeatures(),
          cora.numClasses(),
          data.trainNodes().length,
          data.valNodes().length,
          data.testNodes().length);
      Map<String, FormResult> results = new LinkedHashMap<>();
      for (Form form : options.forms()) {
        results.put(form.id(), train(cora, form, options, out));
      }
      Path file = options.out().resolve("summary.json");
      SummaryJson.write(summary(results, options, relata), file);
      out.println("Summary: " + file.toAbsolutePath());
    }
  }

  private static FormResult train(CoraTask cora, Form form, Options options, PrintStream out) {
    List<Training> trainings = new ArrayList<>();
    for (int seed = 0; seed < options.seeds(); seed++) {
      boolean first = seed == 0;
      if (first) {
        out.printf("%n%s, seed 0%n", form.id());
      }
      Training training =
          Training.run(
              cora,
              form,
              seed,
              options.epochs(),
              line -> {
                if (first && line.epoch() % EVERY == 0) {
                  out.println(line);
                }
              });
      if (!first) {
        out.printf(
            Locale.ROOT,
            "%s, seed %d: test acc at best val acc %.3f%n",
            form.id(),
            seed,
            training.testAtBestValidation());
      }
      trainings.add(training);
    }
    FormResult result = FormResult.of(trainings);
    out.println(form.id() + ": " + result);
    return result;
  }

  private static Map<String, Object> summary(
      Map<String, FormResult> results, Options options, Relata relata) {
    Map<String, Object> figures = new LinkedHashMap<>(results);
    figures.put("seeds", options.seeds());
    figures.put("epochs", options.epochs());
    figures.put("jdk", Runtime.version().toString());
    figures.put("backend", relata.backend().id());
    return figures;
  }
}
