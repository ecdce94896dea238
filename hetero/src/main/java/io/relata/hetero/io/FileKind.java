package io.relata.hetero.io;

import io.relata.Relata;
import io.relata.RelataException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a safetensors file of Relata holds and in which version of that format, as its metadata say.
 *
 * @param name for instance {@code graph}
 * @param version of the format, from 1; a reader refuses a newer one than it knows
 */
public record FileKind(String name, int version) {
  /** All metadata keys that Relata writes itself begin so. */
  public static final String PREFIX = "relata.";

  /** Key of the version of Relata that wrote the file. */
  public static final String VERSION = PREFIX + "version";

  private static final String KIND = PREFIX + "kind";
  private static final String FORMAT = PREFIX + "format";

  /** Whether the file says what it holds; files that others wrote do not. */
  public static boolean isMarked(SafeTensors file) {
    return file.metadata().containsKey(KIND);
  }

  /** Metadata that say so, with the version of Relata, besides the given ones. */
  public Map<String, String> mark(Map<String, String> metadata) {
    Map<String, String> all = new TreeMap<>(metadata);
    String library = Relata.class.getPackage().getImplementationVersion();
    all.put(KIND, name);
    all.put(FORMAT, Integer.toString(version));
    all.put(VERSION, library == null ? "development" : library);
    return all;
  }

  /**
   * Refuses a file of another kind or of a newer version.
   *
   * @throws RelataException DATA
   */
  public void require(SafeTensors file) {
    String kind = file.metadata().get(KIND);
    if (!name.equals(kind)) {
      throw SafeTensors.refusal(file.path(), "The file holds something else")
          .expected("metadata " + KIND + " = " + name)
          .found(kind == null ? "no such metadata" : KIND + " = " + kind)
          .remedy("give a file that Relata saved as " + name)
          .build();
    }
    String found = file.metadata().getOrDefault(FORMAT, "none");
    if (!found.matches("[1-9][0-9]{0,8}")) {
      throw SafeTensors.refusal(file.path(), "The file has no format version")
          .expected("metadata " + FORMAT + ", a number from 1 to " + version)
          .found(found)
          .remedy("save the " + name + " again")
          .build();
    }
    if (Integer.parseInt(found) > version) {
      throw SafeTensors.refusal(file.path(), "A newer Relata wrote the file")
          .expected(name + " format 1 to " + version)
          .found(
              "format "
                  + found
                  + ", written by Relata "
                  + file.metadata().getOrDefault(VERSION, "of unknown version"))
          .remedy("use that version of Relata or a later one")
          .build();
    }
  }
}
