package io.relata.hetero.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTest {
  private static Relata relata;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    relata = Relata.open();
  }

  @AfterAll
  static void close() {
    relata.close();
  }

  // ---- what is right ----

  /** What safetensors 0.8.0 of Python writes for these tensors, byte for byte. */
  private static byte[] asPythonWrites() {
    String header =
        "{\"__metadata__\":{\"made\":\"by \\\"hand\\\" é\"},"
            + "\"labels\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,16]},"
            + "\"scale\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[16,24]},"
            + "\"layer.bias\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[24,24]},"
            + "\"layer.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[24,32]},"
            + "\"ids\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[32,36]},"
            + "\"mask\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[36,39]}}";
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    ByteBuffer data = ByteBuffer.allocate(39).order(ByteOrder.LITTLE_ENDIAN);
    data.putLong(-1).putLong(1L << 40).putDouble(2.5).putFloat(1.5f).putFloat(-0.0f).putInt(7);
    data.put(new byte[] {1, 0, 1});
    return SafeTensorsBytes.of(padded, data.array());
  }

  private static Map<String, Tensor> sameTensors() {
    Map<String, Tensor> t = new LinkedHashMap<>();
    t.put("mask", relata.tensor(new boolean[] {true, false, true}));
    t.put("layer.weight", relata.tensor(new float[] {1.5f, -0.0f}, 1, 2));
    t.put("layer.bias", relata.tensor(new float[0], 0, 3));
    t.put("ids", relata.tensor(new int[] {7}));
    t.put("labels", relata.tensor(new long[] {-1, 1L << 40}));
    t.put("scale", relata.scalar(2.5, DType.FLOAT64));
    return t;
  }

  @Test
  void the_bytes_are_those_that_the_python_library_writes() throws IOException {
    Path file = folder.resolve("t.safetensors");
    SafeTensors.save(file, sameTensors(), Map.of("made", "by \"hand\" é"));
    assertThat(Files.readAllBytes(file)).isEqualTo(asPythonWrites());
  }

  @Test
  void a_file_of_the_python_library_is_read() {
    Path file = SafeTensorsBytes.file(folder, asPythonWrites());
    try (SafeTensors t = SafeTensors.open(file)) {
      assertThat(t.metadata()).isEqualTo(Map.of("made", "by \"hand\" é"));
      assertThat(t.entries().keySet())
          .containsExactly("labels", "scale", "layer.bias", "layer.weight", "ids", "mask");
      assertThat(t.tensor(relata, "labels").toLongArray()).containsExactly(-1, 1L << 40);
      assertThat(t.tensor(relata, "scale").shape()).isEqualTo(Shape.of());
      assertThat(t.tensor(relata, "scale").item()).isEqualTo(2.5);
      assertThat(t.tensor(relata, "layer.bias").shape()).isEqualTo(Shape.of(0, 3));
      assertThat(t.tensor(relata, "layer.weight").toFloatArray()).containsExactly(1.5f, -0.0f);
      assertThat(t.tensor(relata, "ids").toIntArray()).containsExactly(7);
      assertThat(t.tensor(relata, "mask").toBooleanArray()).containsExactly(true, false, true);
    }
  }

  @Test
  void the_data_are_mapped_at_an_address_aligned_for_their_elements() {
    Path file = SafeTensorsBytes.file(folder, asPythonWrites());
    try (SafeTensors t = SafeTensors.open(file)) {
      t.entries()
          .forEach(
              (name, e) ->
                  assertThat(t.bytes(name).address() % e.dtype().bytes()).as(name).isZero());
      assertThat(t.bytes("labels").isReadOnly()).isTrue();
      assertThat(t.bytes("labels").get(ValueLayout.JAVA_LONG, 8)).isEqualTo(1L << 40);
    }
  }

  @Test
  void a_file_without_padding_order_or_metadata_is_read_as_older_libraries_wrote_it() {
    String header =
        "{\"b\":{\"shape\":[1],\"data_offsets\":[1,5],\"dtype\":\"I32\"},"
            + "\"a\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[0,1]}}";
    byte[] data = {1, 42, 0, 0, 0};
    try (SafeTensors t =
        SafeTensors.open(SafeTensorsBytes.file(folder, SafeTensorsBytes.of(header, data)))) {
      assertThat(t.tensor(relata, "b").toIntArray()).containsExactly(42);
      assertThat(t.metadata()).isEmpty();
    }
  }

  @Test
  void a_file_of_nothing_is_a_file() throws IOException {
    Path file = folder.resolve("empty");
    SafeTensors.save(file, Map.of(), Map.of());
    assertThat(Files.readAllBytes(file)).isEqualTo(SafeTensorsBytes.of("{}      ", new byte[0]));
    try (SafeTensors t = SafeTensors.open(file)) {
      assertThat(t.entries()).isEmpty();
    }
  }

  @Test
  void tensors_larger_than_the_copy_buffer_are_written_whole() {
    Path file = folder.resolve("large");
    Tensor t = relata.arange(0, 3_000_001, DType.INT32);
    SafeTensors.save(file, Map.of("t", t), Map.of());
    try (SafeTensors read = SafeTensors.open(file)) {
      assertThat(read.tensor(relata, "t").toIntArray()).isEqualTo(t.toIntArray());
    }
  }

  @Test
  void a_tensor_beyond_four_gibibytes_is_found() throws IOException {
    long far = 5L << 30;
    String header =
        "{\"hole\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]},"
                .formatted(far / 4, far)
            + "\"last\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[%d,%d]}}"
                .formatted(far, far + 8);
    Path file = SafeTensorsBytes.file(folder, SafeTensorsBytes.of(header, new byte[0]));
    try (FileChannel c = FileChannel.open(file, StandardOpenOption.WRITE)) {
      // Sparse: the hole takes no room on the disk.
      c.write(ByteBuffer.wrap(SafeTensorsBytes.ints(3, 4)), 8 + header.length() + far);
    }
    try (SafeTensors t = SafeTensors.open(file)) {
      assertThat(t.bytes("hole").byteSize()).isEqualTo(far);
      assertThat(t.tensor(relata, "last").toIntArray()).containsExactly(3, 4);
    }
  }

  // ---- what is refused ----

  private void refused(byte[] content, String... parts) {
    Path file = SafeTensorsBytes.file(folder, content);
    assertThatThrownBy(() -> SafeTensors.open(file).close())
        .isInstanceOf(RelataException.class)
        .satisfies(e -> assertThat(((RelataException) e).id()).isEqualTo(ErrorId.DATA))
        .hasMessageContaining(file.toString())
        .hasMessageContainingAll("expected:", "found:", "remedy:")
        .hasMessageContainingAll(parts);
  }

  private static String tensor(String name, String dtype, String shape, String offsets) {
    return "\"%s\":{\"dtype\":%s,\"shape\":%s,\"data_offsets\":%s}"
        .formatted(name, dtype, shape, offsets);
  }

  @Test
  void a_file_cut_anywhere_is_refused() {
    byte[] whole = asPythonWrites();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      String reason =
          length < 8
              ? "too short"
              : length < whole.length - 39 ? "ends inside its header" : "ends inside its data";
      refused(cut, reason);
    }
  }

  @Test
  void a_file_with_more_than_its_header_says_is_refused() {
    byte[] whole = asPythonWrites();
    refused(Arrays.copyOf(whole, whole.length + 1), "goes on after its data", "39 bytes", "40");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_001, 0x04034b50L << 32})
  void a_huge_header_length_is_refused_before_memory_is_taken(long length) {
    refused(SafeTensorsBytes.length(length), "not safetensors", Long.toUnsignedString(length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "null", "7", "{", "{}x", "{} {}", "{\"a\":1,\"a\":1}", "{'a':1}"})
  void a_header_that_is_not_one_json_object_is_refused(String header) {
    refused(SafeTensorsBytes.of(header, new byte[0]), "The header is not");
  }

  @Test
  void a_header_that_is_not_utf_8_is_refused() {
    refused(SafeTensorsBytes.of(new byte[] {'{', (byte) 0xff, '}'}, new byte[0]), "not UTF-8");
    byte[] utf16 = "{}".getBytes(StandardCharsets.UTF_16BE);
    refused(SafeTensorsBytes.of(utf16, new byte[0]), "not JSON");
  }

  @ParameterizedTest
  @ValueSource(strings = {"I16", "U8", "F8_E4M3", "float32", "f32", ""})
  void an_element_type_that_relata_does_not_have_is_refused(String dtype) {
    String header = "{" + tensor("a.b", "\"" + dtype + "\"", "[1]", "[0,2]") + "}";
    refused(
        SafeTensorsBytes.of(header, new byte[2]), "'a.b'", "\"" + dtype + "\"", "F32", "float()");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'F32'   | [2]     | [0,4]   | do not agree",
        "'F64'   | [1]     | [0,4]   | do not agree",
        "'F32'   | []      | [0,0]   | do not agree",
        "'F32'   | [1]     | [4,0]   | offsets",
        "'F32'   | [1]     | [0]     | offsets",
        "'F32'   | [1]     | [0,4,8] | offsets",
        "'F32'   | [1]     | {}      | data_offsets",
        "'F32'   | [1]     | [-4,0]  | data_offsets",
        "'F32'   | [1]     | [0,4.0] | data_offsets",
        "'F32'   | [1]     | [0,18446744073709551615] | data_offsets",
        "'F32'   | [-1]    | [0,4]   | shape",
        "'F32'   | ['1']   | [0,4]   | shape",
        "'F32'   | [1.5]   | [0,4]   | shape",
        "'F32'   | 1       | [0,4]   | shape",
        "'F32'   | [4611686018427387904,4] | [0,0] | too large",
        "'F32'   | [4611686018427387904]   | [0,0] | too large",
        "'F32'   | [1]     | [4,8]   | gap before",
        "7       | [1]     | [0,4]   | element type",
      })
  void a_tensor_whose_entry_is_wrong_is_refused(
      String dtype, String shape, String offsets, String reason) {
    String header = "{" + tensor("w", dtype, shape, offsets).replace('\'', '"') + "}";
    refused(SafeTensorsBytes.of(header, new byte[8]), reason, "'w'");
  }

  @Test
  void an_entry_that_lacks_a_part_is_refused() {
    refused(SafeTensorsBytes.of("{\"w\":{}}", new byte[0]), "'w'", "none");
    refused(SafeTensorsBytes.of("{\"w\":[]}", new byte[0]), "'w'", "none");
    refused(
        SafeTensorsBytes.of("{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", new byte[4]),
        "shape");
    refused(
        SafeTensorsBytes.of("{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}", new byte[4]),
        "data_offsets");
  }

  @Test
  void overlapping_tensors_and_gaps_are_refused() {
    String a = tensor("a", "\"F32\"", "[2]", "[0,8]");
    refused(
        SafeTensorsBytes.of(
            "{" + a + "," + tensor("b", "\"F32\"", "[1]", "[4,8]") + "}", new byte[8]),
        "'b' overlaps");
    refused(
        SafeTensorsBytes.of(
            "{" + a + "," + tensor("b", "\"F32\"", "[2]", "[0,8]") + "}", new byte[8]),
        "overlaps");
    refused(
        SafeTensorsBytes.of(
            "{" + a + "," + tensor("b", "\"F32\"", "[1]", "[12,16]") + "}", new byte[16]),
        "gap before tensor 'b'");
  }

  @Test
  void metadata_that_are_not_text_by_key_are_refused() {
    refused(SafeTensorsBytes.of("{\"__metadata__\":[]}", new byte[0]), "metadata");
    refused(SafeTensorsBytes.of("{\"__metadata__\":{\"k\":1}}", new byte[0]), "'k'");
  }

  @Test
  void a_truth_value_that_is_neither_0_nor_1_is_refused() {
    String header = "{" + tensor("m", "\"BOOL\"", "[3]", "[0,3]") + "}";
    Path file =
        SafeTensorsBytes.file(folder, SafeTensorsBytes.of(header, new byte[] {0, 1, (byte) 0xff}));
    try (SafeTensors t = SafeTensors.open(file)) {
      assertThatThrownBy(() -> t.tensor(relata, "m"))
          .hasMessageContainingAll("'m'", "255 at element 2", file.toString());
    }
  }

  @Test
  void a_missing_file_a_folder_and_a_missing_tensor_are_named() {
    Path none = folder.resolve("none");
    assertThatThrownBy(() -> SafeTensors.open(none).close())
        .hasMessageContainingAll("There is no such file", none.toString(), "DATA");
    assertThatThrownBy(() -> SafeTensors.open(folder).close())
        .isInstanceOf(RelataException.class)
        .hasMessageContaining("DATA");
    try (SafeTensors t = SafeTensors.open(SafeTensorsBytes.file(folder, asPythonWrites()))) {
      assertThatThrownBy(() -> t.tensor(relata, "weight"))
          .hasMessageContainingAll("'weight'", "layer.weight", "DATA");
    }
  }

  @Test
  void names_that_the_format_does_not_allow_are_refused_before_anything_is_written() {
    Path file = folder.resolve("never");
    Tensor t = relata.zeros(1);
    assertThatThrownBy(() -> SafeTensors.save(file, Map.of("__metadata__", t), Map.of()))
        .hasMessageContaining("ARGUMENT");
    assertThatThrownBy(() -> SafeTensors.save(file, Map.of("\ud800", t), Map.of()))
        .hasMessageContaining("ARGUMENT");
    assertThat(folder).isEmptyDirectory();
  }
}
