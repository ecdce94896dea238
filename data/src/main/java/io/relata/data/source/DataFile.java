package io.relata.data.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * One published file of a data set, by which a copy is known to be whole.
 *
 * @param name file name, without a folder
 * @param bytes its size
 * @param sha256 its SHA-256 checksum, 64 lower-case hexadecimal digits
 */
public record DataFile(String name, long bytes, String sha256) {
  private static final int BUFFER_BYTES = 1 << 16;

  /**
   * Compares a copy with what was published.
   *
   * @return what is wrong with it, as "expected ..., found ...", or empty if it is whole
   * @throws IOException if it cannot be read
   */
  public Optional<String> damage(Path copy) throws IOException {
    MessageDigest digest = newDigest();
    long found = 0;
    try (InputStream in = Files.newInputStream(copy)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
        found += n;
      }
    }
    String foundSha256 = HexFormat.of().formatHex(digest.digest());
    if (found == bytes && foundSha256.equals(sha256)) {
      return Optional.empty();
    }
    return Optional.of(
        "expected %d bytes with sha256 %s, found %d bytes with sha256 %s"
            .formatted(bytes, sha256, found, foundSha256));
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
