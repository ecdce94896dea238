package io.relata.data.source;

import java.net.URI;
import java.util.List;

/**
 * The files that a data set is made of, and where they are published.
 *
 * @param name the data set's name; also its folder in the cache
 * @param folders where the files may lie inside a data folder, most specific first, with {@code ""}
 *     for the data folder itself
 * @param base address of the published folder, ending in {@code /}
 * @param files the files, all in one folder
 */
public record FileSet(String name, List<String> folders, URI base, List<DataFile> files) {
  public FileSet {
    folders = List.copyOf(folders);
    files = List.copyOf(files);
    if (!base.toString().endsWith("/")) {
      throw new IllegalArgumentException(
          "File set " + name + ": the base address must end in '/', found " + base);
    }
  }

  /** Returns the address of one of the files. */
  URI address(DataFile file) {
    return base.resolve(file.name());
  }

  /** Returns how to get the files by hand: a part of every message about a missing one. */
  String byHand() {
    return "put %s from %s into a folder DIR and run with -Drelata.data=DIR"
        .formatted(String.join(", ", files.stream().map(DataFile::name).toList()), base);
  }
}
