package io.relata.hetero.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relata.DType;
import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.hetero.io.SafeTensors.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * The first part of a safetensors file: its length, and JSON that says where each tensor lies.
 *
 * @param entries by name, in the order of the data, which follow each other without gaps
 * @param metadata free text by key
 * @param dataStart where the data begin in the file
 * @param json the JSON text with its padding
 */
record SafeTensorsHeader(
    SequencedMap<String, Entry> entries,
    Map<String, String> metadata,
    long dataStart,
    byte[] json) {
  /** Strict: no key twice, nothing after the end. */
  static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** The reference implementation's limit, so that a foreign file cannot ask for all memory. */
  private static final long MAX_JSON = 100_000_000;

  private static final String METADATA = "__metadata__";

  /** The format's names, in the reference implementation's order of the data: widest first. */
  private static final Map<String, DType> TYPES = new LinkedHashMap<>();

  static {
    TYPES.put("I64", DType.INT64);
    TYPES.put("F64", DType.FLOAT64);
    TYPES.put("F32", DType.FLOAT32);
    TYPES.put("I32", DType.INT32);
    TYPES.put("BF16", DType.BFLOAT16);
    TYPES.put("F16", DType.FLOAT16);
    TYPES.put("BOOL", DType.BOOL);
  }

  private static final List<DType> ORDER = List.copyOf(TYPES.values());

  long dataBytes() {
    return entries.isEmpty() ? 0 : entries.lastEntry().getValue().end();
  }

  // ---- writing ----

  /** The header of a file with these tensors. */
  static SafeTensorsHeader of(Map<String, Tensor> tensors, Map<String, String> metadata) {
    if (tensors.containsKey(METADATA)) {
      throw RelataException.of(ErrorId.ARGUMENT, "A tensor has a name that the format reserves")
          .expected("any other name")
          .found("'" + METADATA + "'")
          .build();
    }
    SequencedMap<String, Entry> entries = new LinkedHashMap<>();
    ObjectNode root = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode texts = root.putObject(METADATA);
      new TreeMap<>(metadata).forEach(texts::put);
    }
    // Wide elements first, so that all are aligned though no gaps are allowed.
    Comparator<Map.Entry<String, Tensor>> byWidth =
        Comparator.comparingInt(e -> ORDER.indexOf(e.getValue().dtype()));
    long at = 0;
    for (Map.Entry<String, Tensor> e :
        tensors.entrySet().stream().sorted(byWidth.thenComparing(Map.Entry::getKey)).toList()) {
      Tensor t = e.getValue();
      long end = Math.addExact(at, t.array().bytes());
      entries.put(e.getKey(), new Entry(t.dtype(), t.shape(), at, end));
      ObjectNode node = root.putObject(e.getKey()).put("dtype", name(t.dtype()));
      ArrayNode shape = node.putArray("shape");
      Arrays.stream(t.shape().dims()).forEach(shape::add);
      node.putArray("data_offsets").add(at).add(end);
      at = end;
    }
    byte[] json = encode(root);
    return new SafeTensorsHeader(
        Collections.unmodifiableSequencedMap(entries),
        Map.copyOf(metadata),
        Long.BYTES + (long) json.length,
        json);
  }

  private static byte[] encode(ObjectNode root) {
    byte[] text;
    try {
      // Strict, other than Jackson and String.getBytes: half a surrogate pair has no UTF-8.
      ByteBuffer utf8 =
          StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(root.toString()));
      text = new byte[utf8.remaining()];
      utf8.get(text);
    } catch (CharacterCodingException e) {
      throw RelataException.of(ErrorId.ARGUMENT, "A name or metadata cannot be written as UTF-8")
          .expected("whole characters in names and metadata")
          .found("half a surrogate pair")
          .cause(e)
          .build();
    }
    if (text.length > MAX_JSON - Long.BYTES) {
      throw RelataException.of(ErrorId.ARGUMENT, "Names and metadata are too long for the format")
          .expected("at most " + MAX_JSON + " bytes together")
          .found(text.length + " bytes")
          .build();
    }
    byte[] padded = Arrays.copyOf(text, Math.ceilDiv(text.length, Long.BYTES) * Long.BYTES);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    return padded;
  }

  private static String name(DType dtype) {
    return TYPES.entrySet().stream()
        .filter(e -> e.getValue() == dtype)
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  // ---- reading ----

  /** Reads and checks the header of a file. */
  static SafeTensorsHeader read(Path path, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < Long.BYTES) {
      throw SafeTensors.refusal(path, "The file is too short for safetensors")
          .expected("8 bytes with the length of the header, then the header")
          .found(size + " bytes")
          .remedy("the file is cut off, or of another format; get or save it again")
          .build();
    }
    long length = readFully(channel, 0, Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    if (Long.compareUnsigned(length, MAX_JSON) > 0) {
      throw SafeTensors.refusal(path, "The file is not safetensors")
          .expected("a header of at most " + MAX_JSON + " bytes")
          .found("a header length of " + Long.toUnsignedString(length))
          .remedy("give a safetensors file")
          .build();
    }
    if (length > size - Long.BYTES) {
      throw SafeTensors.refusal(path, "The file ends inside its header")
          .expected("a header of " + length + " bytes")
          .found((size - Long.BYTES) + " bytes after its length")
          .remedy("the file is cut off, or of another format; get or save it again")
          .build();
    }
    byte[] json = readFully(channel, Long.BYTES, (int) length).array();
    return new Parser(path).parse(json, size);
  }

  private static ByteBuffer readFully(FileChannel channel, long at, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, at + bytes.position()) < 0) {
        throw new IOException("The file became shorter while it was read");
      }
    }
    return bytes;
  }

  /** Turns JSON into entries and refuses what does not fit, naming the file. */
  private record Parser(Path path) {

    SafeTensorsHeader parse(byte[] json, long fileSize) {
      JsonNode root = tree(json);
      Map<String, String> metadata = new TreeMap<>();
      Map<String, Entry> byName = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> e : root.properties()) {
        if (e.getKey().equals(METADATA)) {
          readMetadata(e.getValue(), metadata);
        } else {
          byName.put(e.getKey(), entry(e.getKey(), e.getValue()));
        }
      }
      SequencedMap<String, Entry> entries = new LinkedHashMap<>();
      byName.entrySet().stream()
          .sorted(
              Comparator.<Map.Entry<String, Entry>>comparingLong(e -> e.getValue().begin())
                  .thenComparingLong(e -> e.getValue().end()))
          .forEach(e -> entries.put(e.getKey(), e.getValue()));
      requireNoGaps(entries);
      long start = Long.BYTES + (long) json.length;
      SafeTensorsHeader header =
          new SafeTensorsHeader(
              Collections.unmodifiableSequencedMap(entries),
              Collections.unmodifiableMap(metadata),
              start,
              json);
      if (header.dataBytes() != fileSize - start) {
        boolean cut = header.dataBytes() > fileSize - start;
        throw SafeTensors.refusal(
                path, cut ? "The file ends inside its data" : "The file goes on after its data")
            .expected(header.dataBytes() + " bytes of data, as the header says")
            .found((fileSize - start) + " bytes")
            .remedy("the file is " + (cut ? "cut off" : "damaged") + "; get or save it again")
            .build();
      }
      return header;
    }

    private JsonNode tree(byte[] json) {
      try {
        // A decoder of its own refuses malformed text and keeps Jackson from guessing UTF-16.
        String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
        JsonNode root = JSON.readTree(text);
        if (!root.isObject()) {
          throw malformed("The header is not a JSON object", "{…}", shortened(text));
        }
        return root;
      } catch (CharacterCodingException e) {
        throw malformed("The header is not UTF-8", "UTF-8 text", e.toString());
      } catch (JsonProcessingException e) {
        throw malformed("The header is not JSON", "a JSON object", e.getOriginalMessage());
      }
    }

    private void readMetadata(JsonNode node, Map<String, String> into) {
      if (!node.isObject()) {
        throw malformed("The metadata are not an object", "text by key", shortened(node));
      }
      for (Map.Entry<String, JsonNode> e : node.properties()) {
        if (!e.getValue().isTextual()) {
          throw malformed(
              "Metadata '" + e.getKey() + "' are not text", "a string", shortened(e.getValue()));
        }
        into.put(e.getKey(), e.getValue().textValue());
      }
    }

    private Entry entry(String name, JsonNode node) {
      String tensor = "tensor '" + name + "'";
      JsonNode type = node.path("dtype");
      DType dtype = type.isTextual() ? TYPES.get(type.textValue()) : null;
      if (dtype == null) {
        throw SafeTensors.refusal(path, "A tensor has an element type that Relata does not have")
            .expected("one of " + TYPES.keySet() + " for " + tensor)
            .found(type.isMissingNode() ? "none" : shortened(type))
            .remedy("convert it where it was written, for instance in Python with tensor.float()")
            .build();
      }
      long[] dims = numbers(tensor, "shape", node.path("shape"));
      long[] offsets = numbers(tensor, "data_offsets", node.path("data_offsets"));
      if (offsets.length != 2 || offsets[0] > offsets[1]) {
        throw malformed(
            "The offsets of " + tensor + " are wrong", "begin ≤ end", Arrays.toString(offsets));
      }
      Shape shape;
      long bytes;
      try {
        shape = Shape.of(dims);
        bytes = Math.multiplyExact(shape.size(), (long) dtype.bytes());
      } catch (ArithmeticException _) {
        throw malformed(
            "The shape of " + tensor + " is too large",
            "less than 2^63 bytes",
            Arrays.toString(dims));
      }
      if (bytes != offsets[1] - offsets[0]) {
        throw malformed(
            "Shape and offsets of " + tensor + " do not agree",
            bytes + " bytes for " + dtype + " " + shape,
            (offsets[1] - offsets[0]) + " bytes, at " + Arrays.toString(offsets));
      }
      return new Entry(dtype, shape, offsets[0], offsets[1]);
    }

    private long[] numbers(String tensor, String what, JsonNode node) {
      boolean good = node.isArray();
      for (JsonNode n : node) {
        good &= n.isIntegralNumber() && n.canConvertToLong() && n.longValue() >= 0;
      }
      if (!good) {
        throw malformed(
            "The " + what + " of " + tensor + " is wrong",
            "an array of whole numbers from 0",
            node.isMissingNode() ? "none" : shortened(node));
      }
      long[] values = new long[node.size()];
      Arrays.setAll(values, i -> node.get(i).longValue());
      return values;
    }

    private void requireNoGaps(SequencedMap<String, Entry> entries) {
      long at = 0;
      for (Map.Entry<String, Entry> e : entries.entrySet()) {
        if (e.getValue().begin() != at) {
          throw malformed(
              e.getValue().begin() < at
                  ? "Tensor '" + e.getKey() + "' overlaps the one before"
                  : "There is a gap before tensor '" + e.getKey() + "'",
              "begin " + at + ", where the one before ends",
              "begin " + e.getValue().begin());
        }
        at = e.getValue().end();
      }
    }

    private RelataException malformed(String what, String expected, String found) {
      return SafeTensors.refusal(path, what)
          .expected(expected)
          .found(found)
          .remedy("the file is damaged, or not safetensors; get or save it again")
          .build();
    }

    private static String shortened(Object value) {
      String s = value.toString();
      return s.length() <= 80 ? s : s.substring(0, 80) + "…";
    }
  }
}
