package io.relata.hetero.io;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.spi.Array;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A safetensors file, mapped into memory: named tensors of any total size and free metadata
 * (Python: {@code safetensors.safe_open}). Opening reads and checks the header alone; a tensor's
 * pages are read when it is.
 *
 * <p>Format: <a href="https://github.com/huggingface/safetensors#format">safetensors</a>. Of its
 * element types those that {@link DType} has are read, the others refused. Numbers are
 * little-endian, as are all machines that Relata's backends support.
 */
public final class SafeTensors implements AutoCloseable {
  /** How much is copied from a device at a time. */
  private static final int CHUNK = 4 << 20;

  /**
   * Where a tensor lies.
   *
   * @param dtype element type
   * @param shape sizes
   * @param begin first byte, counted from the end of the header
   * @param end byte after the last
   */
  public record Entry(DType dtype, Shape shape, long begin, long end) {}

  private final Path path;
  private final SafeTensorsHeader header;
  private final Arena arena;
  private final MemorySegment data;

  private SafeTensors(Path path, SafeTensorsHeader header, Arena arena, MemorySegment data) {
    this.path = path;
    this.header = header;
    this.arena = arena;
    this.data = data;
  }

  // ---- reading ----

  /**
   * Opens and checks a file.
   *
   * @throws RelataException DATA for a file that is missing, cut off or not safetensors, with the
   *     reason
   */
  public static SafeTensors open(Path path) {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      SafeTensorsHeader header = SafeTensorsHeader.read(path, channel);
      MemorySegment data =
          channel.map(FileChannel.MapMode.READ_ONLY, header.dataStart(), header.dataBytes(), arena);
      return new SafeTensors(path, header, arena, data);
    } catch (IOException e) {
      arena.close();
      boolean missing = e instanceof NoSuchFileException;
      throw refusal(path, missing ? "There is no such file" : "The file cannot be read")
          .expected("a file that can be read")
          .found(e.toString())
          .remedy("correct the path or the permissions")
          .cause(e)
          .build();
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** The free metadata, by key. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** All tensors by name, in the order in which they lie in the file. */
  public SequencedMap<String, Entry> entries() {
    return header.entries();
  }

  /**
   * A tensor's bytes in the mapped file, read-only, row-major, valid until this is closed. In files
   * of Relata and of newer Python libraries they are aligned to the element size.
   */
  public MemorySegment bytes(String name) {
    Entry e = entry(name);
    return data.asSlice(e.begin(), e.end() - e.begin());
  }

  /**
   * Copies a tensor into the runtime's memory.
   *
   * @throws RelataException DATA when there is no such tensor, or a BOOL that is neither 0 nor 1
   */
  public Tensor tensor(Relata relata, String name) {
    Entry e = entry(name);
    MemorySegment bytes = bytes(name);
    if (e.dtype() == DType.BOOL) {
      requireTruthValues(name, bytes);
    }
    Tensor t = relata.empty(e.dtype(), e.shape());
    relata.backend().copyIn(bytes, t.array());
    return t;
  }

  private Entry entry(String name) {
    Entry e = entries().get(name);
    if (e == null) {
      throw refusal(path, "The file has no such tensor")
          .expected("one of " + entries().keySet())
          .found("'" + name + "'")
          .remedy("ask for one of these")
          .build();
    }
    return e;
  }

  /** Kernels count on 0 and 1. */
  private void requireTruthValues(String name, MemorySegment bytes) {
    for (long i = 0; i < bytes.byteSize(); i++) {
      byte b = bytes.get(ValueLayout.JAVA_BYTE, i);
      if ((b & 1) != b) {
        throw refusal(path, "A truth value is neither 0 nor 1")
            .expected("bytes 0 and 1 in BOOL tensor '" + name + "'")
            .found(Byte.toUnsignedInt(b) + " at element " + i)
            .remedy("the file is damaged, or its writer wrong; write it again")
            .build();
      }
    }
  }

  /** Unmaps the file; tensors copied from it stay. */
  @Override
  public void close() {
    arena.close();
  }

  @Override
  public String toString() {
    return "SafeTensors(" + path + ": " + entries().size() + " tensors)";
  }

  static RelataException.Builder refusal(Path path, String what) {
    return RelataException.of(ErrorId.DATA, what).where("file " + path);
  }

  // ---- writing ----

  /**
   * Writes a file, in the order and byte for byte as Python's library does; one that was there is
   * replaced when the new one is complete, and otherwise stays.
   *
   * @param metadata free text by key
   * @throws RelataException DATA when it cannot be written, ARGUMENT for a name or key that the
   *     format does not allow
   */
  public static void save(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) {
    SafeTensorsHeader header = SafeTensorsHeader.of(tensors, metadata);
    AtomicFile.replace(path, out -> write(out, header, tensors));
  }

  static void write(WritableByteChannel out, SafeTensorsHeader header, Map<String, Tensor> tensors)
      throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    byte[] json = header.json();
    writeFully(out, length.putLong(json.length).flip());
    writeFully(out, ByteBuffer.wrap(json));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(CHUNK, Long.BYTES);
      for (String name : header.entries().keySet()) {
        write(out, tensors.get(name), buffer);
      }
    }
  }

  private static void write(WritableByteChannel out, Tensor tensor, MemorySegment buffer)
      throws IOException {
    Array all = tensor.array();
    int width = all.dtype().bytes();
    long step = buffer.byteSize() / width;
    for (long at = 0; at < all.size(); at += step) {
      long count = Math.min(step, all.size() - at);
      Array part =
          new Array(all.storage(), all.offset() + at * width, all.dtype(), Shape.of(count));
      MemorySegment host = buffer.asSlice(0, count * width);
      tensor.relata().backend().copyOut(part, host);
      writeFully(out, host.asByteBuffer());
    }
  }

  private static void writeFully(WritableByteChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}
