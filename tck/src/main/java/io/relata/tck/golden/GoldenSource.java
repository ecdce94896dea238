package io.relata.tck.golden;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Where golden files come from: a folder of {@code <group>.json} (or {@code .json.gz}), or the
 * copies on the class path. Cases are read one at a time.
 */
public final class GoldenSource {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The groups that come with the project, in the order in which they are reported. */
  private static final List<String> KNOWN =
      List.of(
          "update_all",
          "apply_edges",
          "gspmm_gsddmm",
          "minmax_ties",
          "hetero_multi_update_all",
          "edge_softmax_segment",
          "udf",
          "nn",
          "graph_ops",
          "readout_pooling");

  private final Path folder;

  private GoldenSource(Path folder) {
    this.folder = folder;
  }

  /**
   * The folder that {@code -Drelata.golden} names, else {@code ../shared/golden} beside the
   * repository, else the copies. Relative names start at the repository's root.
   */
  public static GoldenSource find() throws IOException {
    String wanted = System.getProperty("relata.golden", "");
    if (!wanted.isEmpty()) {
      Path folder = Repository.root().resolve(wanted).normalize();
      if (!Files.isDirectory(folder)) {
        throw new IOException("-Drelata.golden names no folder: " + folder);
      }
      return new GoldenSource(folder);
    }
    Path shared = Repository.root().resolve("../shared/golden").normalize();
    return new GoldenSource(Files.isDirectory(shared) ? shared : null);
  }

  /** A folder of golden files. */
  public static GoldenSource of(Path folder) {
    return new GoldenSource(folder);
  }

  /** Names of the groups: the known ones first, others alphabetically. */
  public List<String> groups() throws IOException {
    if (folder == null) {
      return KNOWN;
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<String> found =
          files
              .map(f -> f.getFileName().toString())
              .filter(n -> n.endsWith(".json") || n.endsWith(".json.gz"))
              .map(n -> n.substring(0, n.indexOf(".json")))
              .distinct()
              .sorted()
              .toList();
      return Stream.concat(
              KNOWN.stream().filter(found::contains),
              found.stream().filter(n -> !KNOWN.contains(n)))
          .toList();
    }
  }

  /** Hands over the cases of a group, in the order of the file. */
  void forEachCase(String group, Consumer<GoldenCase> consumer) throws IOException {
    try (InputStream in = open(group);
        JsonParser parser = JSON.createParser(in)) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.FIELD_NAME && "cases".equals(parser.currentName())) {
          parser.nextToken();
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            JsonNode json = JSON.readTree(parser);
            consumer.accept(new GoldenCase(group, json));
          }
          return;
        }
      }
      throw new IOException(group + ": the file has no \"cases\"");
    }
  }

  private InputStream open(String group) throws IOException {
    if (folder == null) {
      String name = group + ".json.gz";
      InputStream copy = GoldenSource.class.getResourceAsStream(name);
      if (copy == null) {
        throw new IOException("No folder of golden files, and no copy of " + name);
      }
      return new GZIPInputStream(copy);
    }
    Path plain = folder.resolve(group + ".json");
    return Files.exists(plain)
        ? new BufferedInputStream(Files.newInputStream(plain))
        : new GZIPInputStream(Files.newInputStream(folder.resolve(group + ".json.gz")));
  }

  @Override
  public String toString() {
    return folder == null ? "the copies in the test resources" : folder.toString();
  }
}
