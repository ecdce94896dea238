package io.relata.data.source;

import io.relata.data.DataSetException;
import io.relata.data.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the files of data sets are looked for, in order: the folder the user names, a data folder
 * beside a checkout, and the cache, into which missing files are downloaded.
 *
 * <p>A folder that the user names is final: if a data set is not in it, that is an error and
 * nothing is downloaded.
 *
 * @param named folder given with {@code -Drelata.data=DIR}
 * @param besideCheckout {@code shared/data} in the folder that holds the checkout, if it exists
 * @param cache folder with one subfolder a data set, made when needed
 * @param downloader fetches what is nowhere else
 */
public record DataFolders(
    Optional<Path> named, Optional<Path> besideCheckout, Path cache, Downloader downloader) {
  private static final Logger LOG = LoggerFactory.getLogger(DataFolders.class);

  public DataFolders {
    Objects.requireNonNull(named, "named");
    Objects.requireNonNull(besideCheckout, "besideCheckout");
    Objects.requireNonNull(cache, "cache");
    Objects.requireNonNull(downloader, "downloader");
  }

  /**
   * Returns the folders for this process: {@code -Drelata.data}, {@code ../shared/data} beside the
   * checkout that the working directory is in, and as cache {@code -Drelata.cache}, else {@code
   * $XDG_CACHE_HOME/relata}, else {@code ~/.cache/relata}.
   */
  public static DataFolders ofProcess() {
    Optional<Path> checkout = checkoutAround(Path.of(System.getProperty("user.dir")));
    return new DataFolders(
        property("relata.data"),
        checkout.map(root -> root.resolveSibling("shared").resolve("data")).filter(Files::exists),
        property("relata.cache").orElseGet(DataFolders::userCache),
        Downloader.ofDefaults());
  }

  /**
   * Returns a folder that holds all the files of a data set, whole.
   *
   * @throws DataSetException if a file is missing or damaged, or cannot be downloaded
   */
  public Path find(FileSet set, Progress progress) {
    if (named.isPresent()) {
      return folderWith(set, named.get())
          .map(folder -> checked(set, folder))
          .orElseThrow(() -> notInNamed(set));
    }
    Optional<Path> beside = besideCheckout.flatMap(folder -> folderWith(set, folder));
    return beside.map(folder -> checked(set, folder)).orElseGet(() -> cached(set, progress));
  }

  /** Returns the nearest folder, from the given one upwards, that is the root of a checkout. */
  static Optional<Path> checkoutAround(Path start) {
    for (Path folder = start.toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.isRegularFile(folder.resolve("pom.xml"))
          && Files.isDirectory(folder.resolve("api"))) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  private static Optional<Path> property(String key) {
    return Optional.ofNullable(System.getProperty(key)).filter(v -> !v.isBlank()).map(Path::of);
  }

  private static Path userCache() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    // The XDG specification says that a relative path is to be ignored.
    Path base =
        xdg != null && Path.of(xdg).isAbsolute()
            ? Path.of(xdg)
            : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("relata");
  }

  /** Returns the first place in a data folder where at least one of the set's files lies. */
  private static Optional<Path> folderWith(FileSet set, Path dataFolder) {
    return set.folders().stream()
        .map(dataFolder::resolve)
        .filter(f -> set.files().stream().anyMatch(file -> Files.exists(f.resolve(file.name()))))
        .findFirst();
  }

  private static Path checked(FileSet set, Path folder) {
    List<String> missing = new ArrayList<>();
    for (DataFile file : set.files()) {
      Path copy = folder.resolve(file.name());
      if (!Files.exists(copy)) {
        missing.add(file.name());
        continue;
      }
      Optional<String> damage = damage(set, file, copy);
      if (damage.isPresent()) {
        throw new DataSetException(
            "%s: file %s is damaged: %s. Remedy: get it again from %s"
                .formatted(set.name(), copy, damage.get(), set.address(file)));
      }
    }
    if (!missing.isEmpty()) {
      throw new DataSetException(
          "%s: folder %s lacks %s. Remedy: %s"
              .formatted(set.name(), folder, String.join(", ", missing), set.byHand()));
    }
    return folder;
  }

  private Path cached(FileSet set, Progress progress) {
    Path folder = cache.resolve(set.name());
    for (DataFile file : set.files()) {
      Path copy = folder.resolve(file.name());
      if (Files.exists(copy)) {
        Optional<String> damage = damage(set, file, copy);
        if (damage.isEmpty()) {
          continue;
        }
        LOG.warn("{}: {} is damaged ({}), downloading it again", set.name(), copy, damage.get());
      } else {
        LOG.info("{}: downloading {} to {}", set.name(), set.address(file), folder);
      }
      downloader.fetch(set, file, folder, progress);
    }
    return folder;
  }

  private static Optional<String> damage(FileSet set, DataFile file, Path copy) {
    try {
      return file.damage(copy);
    } catch (IOException e) {
      throw new DataSetException(
          "%s: file %s cannot be read: %s. Remedy: %s".formatted(set.name(), copy, e, set.byHand()),
          e);
    }
  }

  private DataSetException notInNamed(FileSet set) {
    Path root = named.orElseThrow();
    List<String> places = set.folders().stream().map(f -> root.resolve(f).toString()).toList();
    return new DataSetException(
        """
        %s: not found below -Drelata.data=%s; looked in %s.
        Remedy: %s; or leave -Drelata.data away to use the cache %s\
        """
            .formatted(set.name(), root, String.join(", ", places), set.byHand(), cache));
  }
}
