package io.relata.data.source;

import io.relata.data.DataSetException;
import io.relata.data.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fetches a file over HTTP, checks it, and puts it in place in one step, so that a reader never
 * sees half a file and a broken download leaves nothing behind.
 *
 * @param connectTimeout how long to wait for a connection
 * @param fileTimeout how long one file may take altogether
 */
public record Downloader(Duration connectTimeout, Duration fileTimeout) {

  /** Returns a downloader that waits 15 seconds for a connection and 3 minutes for a file. */
  public static Downloader ofDefaults() {
    return new Downloader(Duration.ofSeconds(15), Duration.ofMinutes(3));
  }

  /**
   * Downloads one file of a set into a folder, which is made if needed.
   *
   * @return the file's path
   * @throws DataSetException if the address cannot be reached, answers with an error, is too slow,
   *     or sends other bytes than were published; the message names the address and the remedy
   */
  public Path fetch(FileSet set, DataFile file, Path folder, Progress progress) {
    URI address = set.address(file);
    Path target = folder.resolve(file.name());
    Path part = null;
    try {
      Files.createDirectories(folder);
      // Beside the target: only inside one file system is a move atomic.
      part = Files.createTempFile(folder, file.name() + ".", ".part");
      download(address, file, part, progress);
      Optional<String> damage = file.damage(part);
      if (damage.isPresent()) {
        throw new IOException("the address sent other bytes than were published: " + damage.get());
      }
      return Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failed(set, address, target, reason(e), e);
    } catch (TimeoutException e) {
      throw failed(set, address, target, "not complete after " + fileTimeout.toMillis() + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(set, address, target, "interrupted", e);
    } finally {
      discard(part);
    }
  }

  private void download(URI address, DataFile file, Path part, Progress progress)
      throws IOException, InterruptedException, TimeoutException {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(fileTimeout).build();
    try (HttpClient client = client();
        OutputStream out = Files.newOutputStream(part)) {
      CompletableFuture<HttpResponse<Void>> response =
          client.sendAsync(request, into(out, file, progress));
      try {
        response.get(fileTimeout.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case IOException io -> throw io;
          case UncheckedIOException io -> throw io.getCause();
          case RuntimeException unexpected -> throw unexpected;
          case Throwable unexpected -> throw new IOException(unexpected);
        }
      } finally {
        // Without this, closing the client would wait for a stalled body for ever.
        client.shutdownNow();
      }
    }
  }

  private HttpClient client() {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(connectTimeout)
            .followRedirects(HttpClient.Redirect.NORMAL);
    Optional.ofNullable(ProxySelector.getDefault()).ifPresent(builder::proxy);
    return builder.build();
  }

  /** Writes a good answer's body as it arrives; any other status ends the download. */
  private static BodyHandler<Void> into(OutputStream out, DataFile file, Progress progress) {
    return head -> {
      if (head.statusCode() != 200) {
        throw new UncheckedIOException(
            new IOException("the server answered with status " + head.statusCode()));
      }
      long[] done = {0};
      progress.report(file.name(), 0, file.bytes());
      return BodyHandlers.ofByteArrayConsumer(
              chunk ->
                  chunk.ifPresent(bytes -> done[0] = write(bytes, out, file, progress, done[0])))
          .apply(head);
    };
  }

  private static long write(
      byte[] bytes, OutputStream out, DataFile file, Progress progress, long before) {
    try {
      long done = before + bytes.length;
      if (done > file.bytes()) {
        throw new IOException(
            "the address sent more than the %d bytes published".formatted(file.bytes()));
      }
      out.write(bytes);
      progress.report(file.name(), done, file.bytes());
      return done;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts into words what the HTTP client says with an exception's type and no message. */
  private static String reason(IOException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException || t instanceof UnknownHostException) {
        return "the host name cannot be resolved: is this machine offline?";
      }
    }
    return switch (e) {
      case HttpTimeoutException _ -> "no connection in time: " + e.getMessage();
      case ConnectException _ -> "connection refused, or no route to the host";
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }

  private static DataSetException failed(
      FileSet set, URI address, Path target, String reason, Exception cause) {
    return new DataSetException(
        """
        %s: cannot download %s (%s).
        Remedy: try again online; or %s; or put them into the cache folder %s\
        """
            .formatted(set.name(), address, reason, set.byHand(), target.getParent()),
        cause);
  }

  private static void discard(Path part) {
    if (part == null) {
      return;
    }
    try {
      Files.deleteIfExists(part);
    } catch (IOException _) {
      // An orphaned part file does no harm: its name is never looked for.
    }
  }
}
