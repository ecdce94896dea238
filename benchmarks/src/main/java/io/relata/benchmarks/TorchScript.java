package io.relata.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript module from the text of its {@code forward}: DJL's NDArray has neither
 * index-add nor sparse CSR products nor scatter-reduce, but PyTorch runs any of its operations, and
 * their gradients, from a module that DJL loads. The format is that of {@code torch.jit.save}: a
 * zip of source text, a pickled object without attributes, no constants.
 */
final class TorchScript {
  private static final String CLASS =
      """
      class Peer(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
        def forward(self: __torch__.Peer, PARAMETERS) -> Tensor:
      """;

  /** Pickle, protocol 2: an object of __torch__.Peer with training = True. */
  private static final String OBJECT =
      "\u0080\u0002c__torch__\nPeer\n)\u0081}(X\b\0\0\0training\u0088ub.";

  /** Pickle, protocol 2: the empty tuple. */
  private static final String NO_CONSTANTS = "\u0080\u0002).";

  private TorchScript() {}

  /**
   * The module's file.
   *
   * @param parameters names of the arguments, all tensors, with spaces between them
   * @param body statements, a line each, that end in a return
   */
  static byte[] module(String parameters, String body) {
    String signature = parameters.replace(" ", ": Tensor, ") + ": Tensor";
    String code = CLASS.replace("PARAMETERS", signature) + body.indent(4);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, "data.pkl", OBJECT.getBytes(StandardCharsets.ISO_8859_1));
      put(zip, "code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
      put(zip, "constants.pkl", NO_CONSTANTS.getBytes(StandardCharsets.ISO_8859_1));
      put(zip, "version", "10\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] data) throws IOException {
    ZipEntry entry = new ZipEntry("peer/" + name);
    CRC32 crc = new CRC32();
    crc.update(data);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(data.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(data);
    zip.closeEntry();
  }
}
