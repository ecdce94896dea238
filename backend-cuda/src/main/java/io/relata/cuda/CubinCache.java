package io.relata.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what the driver compiled from PTX, on disk, by compute capability, driver version and the
 * PTX itself. A file ends in its own hash; one that is cut short or changed is thrown away and
 * compiled anew. Nothing that fails here fails the program.
 */
final class CubinCache {
  private static final Logger LOG = LoggerFactory.getLogger(CubinCache.class);
  private static final int HASH = 32;

  private final Path folder;
  private final String device;

  /**
   * @param folder null to keep nothing
   * @param device what compiled code depends on besides its source
   */
  CubinCache(Path folder, String device) {
    this.folder = folder;
    this.device = device;
  }

  /**
   * The folder that the settings name: {@code -Drelata.cuda.cache=DIR|off}, else {@code relata}
   * under XDG_CACHE_HOME or {@code ~/.cache}.
   */
  static Path folder(Properties properties, Map<String, String> environment) {
    String asked = properties.getProperty("relata.cuda.cache");
    if (asked != null && !asked.isBlank()) {
      return asked.strip().equals("off") ? null : Path.of(asked.strip());
    }
    String xdg = environment.get("XDG_CACHE_HOME");
    Path caches =
        xdg != null && !xdg.isBlank()
            ? Path.of(xdg)
            : Path.of(properties.getProperty("user.home", "."), ".cache");
    return caches.resolve("relata");
  }

  private Path file(byte[] ptx) {
    byte[] key = hash(device.getBytes(UTF_8), ptx);
    return folder.resolve(device + "-" + HexFormat.of().formatHex(key, 0, 16) + ".cubin");
  }

  /** What was kept for this PTX. */
  Optional<byte[]> get(byte[] ptx) {
    if (folder == null) {
      return Optional.empty();
    }
    Path file = file(ptx);
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      byte[] bytes = Files.readAllBytes(file);
      int length = bytes.length - HASH;
      if (length > 0) {
        byte[] cubin = Arrays.copyOf(bytes, length);
        if (Arrays.equals(hash(cubin), Arrays.copyOfRange(bytes, length, bytes.length))) {
          return Optional.of(cubin);
        }
      }
      LOG.info("{} is damaged and is made anew", file);
    } catch (IOException e) {
      LOG.debug("{} cannot be read", file, e);
    }
    discard(ptx);
    return Optional.empty();
  }

  /** Forgets what was kept for this PTX, because it does not load. */
  void discard(byte[] ptx) {
    if (folder != null) {
      try {
        Files.deleteIfExists(file(ptx));
      } catch (IOException e) {
        LOG.debug("{} cannot be deleted", file(ptx), e);
      }
    }
  }

  /** Keeps a result; written beside and moved, so that another process never reads half of it. */
  void put(byte[] ptx, byte[] cubin) {
    if (folder == null) {
      return;
    }
    Path file = file(ptx);
    try {
      Files.createDirectories(folder);
      Path part = Files.createTempFile(folder, device, ".part");
      try {
        byte[] bytes = Arrays.copyOf(cubin, cubin.length + HASH);
        System.arraycopy(hash(cubin), 0, bytes, cubin.length, HASH);
        Files.write(part, bytes);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      LOG.info("compiled kernels are not kept: {}", e.toString());
    }
  }

  private static byte[] hash(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] p : parts) {
        digest.update(p);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
