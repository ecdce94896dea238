package io.relata.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.relata.data.DataSetException;
import io.relata.data.Progress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFoldersTest {
  private static final byte[] PAYLOAD = "abc".getBytes(StandardCharsets.US_ASCII);
  // The SHA-256 example of FIPS 180-2, appendix B.1.
  private static final DataFile FILE =
      new DataFile(
          "toy.bin", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

  @TempDir Path temporary;
  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch testOver = new CountDownLatch(1);
  private HttpServer server;

  /** What the server does with a request. */
  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stopServer() {
    testOver.countDown();
    server.stop(0);
  }

  @Test
  void aGoodFileIsDownloadedToTheCacheOnce() throws IOException {
    answer(exchange -> send(exchange, 200, PAYLOAD));
    List<String> reports = new ArrayList<>();
    Progress progress = (item, done, total) -> reports.add(item + " " + done + "/" + total);
    Path folder = cacheOnly().find(set(), progress);
    assertThat(folder.resolve("toy.bin")).hasBinaryContent(PAYLOAD);
    assertThat(reports).containsExactly("toy.bin 0/3", "toy.bin 3/3");
    assertThat(filesBelow(folder)).containsExactly("toy.bin");
    assertThat(cacheOnly().find(set(), progress)).isEqualTo(folder);
    assertThat(requests).hasValue(1);
  }

  @Test
  void aDamagedFileInTheCacheIsDownloadedAgain() throws IOException {
    answer(exchange -> send(exchange, 200, PAYLOAD));
    Path copy = Files.createDirectories(temporary.resolve("cache/toy")).resolve("toy.bin");
    Files.writeString(copy, "abd");
    cacheOnly().find(set(), Progress.NONE);
    assertThat(copy).hasBinaryContent(PAYLOAD);
  }

  @Test
  void aWrongChecksumIsReportedAndLeavesNoFile() throws IOException {
    answer(exchange -> send(exchange, 200, "abd".getBytes(StandardCharsets.US_ASCII)));
    assertDownloadFails()
        .hasMessageContaining("expected 3 bytes with sha256 ba7816bf8f01cfea")
        .hasMessageContaining("found 3 bytes with sha256 a52d159f262b2c6d");
  }

  @Test
  void aBodyThatEndsEarlyIsReportedAndLeavesNoFile() throws IOException {
    answer(
        exchange -> {
          exchange.sendResponseHeaders(200, 3);
          exchange.getResponseBody().write('a');
          exchange.getResponseBody().flush();
          exchange.close();
        });
    assertDownloadFails().hasMessageContaining("bytes received: 1");
  }

  @Test
  void aShortFileIsReportedAndLeavesNoFile() throws IOException {
    answer(exchange -> send(exchange, 200, new byte[] {'a'}));
    assertDownloadFails()
        .hasMessageContaining("expected 3 bytes")
        .hasMessageContaining("found 1 bytes");
  }

  @Test
  void anEndlessBodyIsCutOffAtThePublishedSize() throws IOException {
    answer(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          for (int i = 0; i < 1_000_000; i++) {
            exchange.getResponseBody().write(PAYLOAD);
          }
          exchange.close();
        });
    assertDownloadFails().hasMessageContaining("more than the 3 bytes published");
  }

  @Test
  void aServerThatStallsInTheBodyIsGivenUp() throws IOException {
    answer(
        exchange -> {
          exchange.sendResponseHeaders(200, 3);
          exchange.getResponseBody().write('a');
          exchange.getResponseBody().flush();
          try {
            testOver.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
    assertDownloadFails(Duration.ofMillis(300)).hasMessageContaining("not complete after 300 ms");
  }

  @Test
  void anErrorStatusIsReported() throws IOException {
    answer(exchange -> send(exchange, 404, PAYLOAD));
    assertDownloadFails().hasMessageContaining("status 404");
  }

  @Test
  void aRefusedConnectionNamesAddressReasonAndRemedy() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    FileSet set = set("http://127.0.0.1:" + port + "/data/");
    assertThatThrownBy(() -> cacheOnly().find(set, Progress.NONE))
        .isInstanceOf(DataSetException.class)
        .hasMessageContaining("toy: cannot download http://127.0.0.1:" + port + "/data/toy.bin")
        .hasMessageContaining("(connection refused, or no route to the host)")
        .hasMessageContaining("put toy.bin from http://127.0.0.1:" + port + "/data/ into a folder")
        .hasMessageContaining("-Drelata.data=DIR")
        .hasMessageContaining("cache folder " + temporary.resolve("cache/toy"));
  }

  @Test
  void theNamedFolderIsSearchedMostSpecificFirst() throws IOException {
    Path plain = temporary.resolve("toy.bin");
    Files.write(plain, PAYLOAD);
    assertThat(named(temporary).find(set(), Progress.NONE)).isEqualTo(temporary.resolve(""));
    Path specific = Files.createDirectories(temporary.resolve("toy/original"));
    Files.copy(plain, specific.resolve("toy.bin"));
    assertThat(named(temporary).find(set(), Progress.NONE)).isEqualTo(specific);
  }

  @Test
  void aNamedFolderWithoutTheDataIsAnErrorAndNothingIsDownloaded() throws IOException {
    answer(exchange -> send(exchange, 200, PAYLOAD));
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    assertThatThrownBy(() -> named(empty).find(set(), Progress.NONE))
        .isInstanceOf(DataSetException.class)
        .hasMessageContaining("toy: not found below -Drelata.data=" + empty)
        .hasMessageContaining(empty.resolve("toy/original").toString())
        .hasMessageContaining("Remedy: put toy.bin");
    assertThat(requests).hasValue(0);
  }

  @Test
  void aFolderBesideTheCheckoutIsUsedBeforeTheCache() throws IOException {
    Path beside = Files.createDirectories(temporary.resolve("shared/data"));
    Files.write(beside.resolve("toy.bin"), PAYLOAD);
    DataFolders folders =
        new DataFolders(
            Optional.empty(),
            Optional.of(beside),
            temporary.resolve("cache"),
            Downloader.ofDefaults());
    assertThat(folders.find(set(), Progress.NONE)).isEqualTo(beside.resolve(""));
  }

  @Test
  void aCheckoutIsFoundFromAnyFolderInside() throws IOException {
    Path root = Files.createDirectories(temporary.resolve("project"));
    Path inside = Files.createDirectories(root.resolve("data/target/classes"));
    Files.createDirectory(root.resolve("api"));
    Files.createFile(root.resolve("data/pom.xml"));
    Files.createFile(root.resolve("pom.xml"));
    assertThat(DataFolders.checkoutAround(inside)).contains(root);
  }

  private AbstractThrowableAssert<?, ?> assertDownloadFails() throws IOException {
    return assertDownloadFails(Duration.ofSeconds(20));
  }

  private AbstractThrowableAssert<?, ?> assertDownloadFails(Duration timeout) throws IOException {
    DataFolders folders =
        new DataFolders(
            Optional.empty(),
            Optional.empty(),
            temporary.resolve("cache"),
            new Downloader(Duration.ofSeconds(5), timeout));
    var thrown =
        assertThatThrownBy(() -> folders.find(set(), Progress.NONE))
            .isInstanceOf(DataSetException.class)
            .hasMessageContaining("toy: cannot download " + base() + "toy.bin")
            .hasMessageContaining("Remedy");
    assertThat(filesBelow(temporary.resolve("cache"))).isEmpty();
    return thrown;
  }

  private void answer(Answer answer) {
    server.createContext(
        "/data/",
        exchange -> {
          requests.incrementAndGet();
          answer.to(exchange);
        });
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String base() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/data/";
  }

  private FileSet set() {
    return set(base());
  }

  private static FileSet set(String base) {
    return new FileSet("toy", List.of("toy/original", "toy", ""), URI.create(base), List.of(FILE));
  }

  private DataFolders cacheOnly() {
    return new DataFolders(
        Optional.empty(), Optional.empty(), temporary.resolve("cache"), Downloader.ofDefaults());
  }

  private DataFolders named(Path folder) {
    return new DataFolders(
        Optional.of(folder), Optional.empty(), temporary.resolve("cache"), Downloader.ofDefaults());
  }

  private static List<String> filesBelow(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).toList();
    }
  }
}
