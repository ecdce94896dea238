package io.relata.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.relata.data.source.DataFolders;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The reference data sets, as CSV files made by another program, to compare readers with. */
public final class SharedData {
  private SharedData() {}

  /** Returns a subfolder of the data folder, or skips the test if there is none. */
  public static Path folder(String name) {
    DataFolders folders = DataFolders.ofProcess();
    Path folder = folders.named().or(folders::besideCheckout).orElse(Path.of("none")).resolve(name);
    assumeTrue(
        Files.isDirectory(folder),
        "skipped: no " + name + " in -Drelata.data=DIR or in ../shared/data beside the checkout");
    return folder;
  }

  /** Returns the rows of a CSV file of numbers, plain or gzip, without its header. */
  public static int[][] csv(Path file) {
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      List<String> all = lines.lines().skip(1).toList();
      return all.stream()
          .map(line -> Arrays.stream(line.split(",")).mapToInt(Integer::parseInt).toArray())
          .toArray(int[][]::new);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
