package io.relata.cuda.device;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.relata.DType;
import io.relata.MemoryStats;
import io.relata.Relata;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What must hold on a device beyond the conformance kit: memory that stays flat over many steps,
 * the same bits twice, and the CPU's random numbers.
 */
final class DeviceChecks {
  /** SHA-256 of {@link #random} on the CPU; a test of the ordinary build proves it. */
  static final String RANDOM = "bf77d64a9444bad9e4110330346ad36cc147a4192b2f6dbbae45f0d53f69287d";

  private DeviceChecks() {}

  /**
   * Runs all and writes what came out.
   *
   * @param args result file, number of steps of the leak test
   */
  public static void main(String[] args) throws IOException {
    int steps = Integer.parseInt(args[1]);
    Map<String, Object> results = new LinkedHashMap<>();
    boolean good;
    try (Relata relata = Relata.open()) {
      results.put("backend", relata.toString());
      String random = random(relata);
      results.put("random", random);
      results.put("randomIsTheCpus", random.equals(RANDOM));
      results.put("sameBitsTwice", training(relata, 20).equals(training(relata, 20)));
      Map<String, Object> leak = leak(relata, steps);
      results.put("leak", leak);
      good =
          random.equals(RANDOM)
              && results.get("sameBitsTwice").equals(true)
              && leak.get("flat").equals(true);
    }
    results.put("passed", good);
    new ObjectMapper()
        .writerWithDefaultPrettyPrinter()
        .writeValue(Path.of(args[0]).toFile(), results);
    System.out.println(results);
    System.exit(good ? 0 : 1);
  }

  /** The hash of random numbers of each kind: their bits are the same on every backend. */
  static String random(Relata relata) {
    relata.seed(20_261_121);
    Tensor uniform = relata.uniform(-2, 3, DType.FLOAT32, 100_003);
    Tensor wide = relata.uniform(0, 1, DType.FLOAT64, 10_001);
    Tensor dropped = relata.ones(50_001).dropout(0.3);
    MessageDigest hash = sha();
    hash.update(bytes(uniform));
    hash.update(bytes(dropped));
    for (double d : wide.toDoubleArray()) {
      hash.update(ByteBuffer.allocate(8).putDouble(d).array());
    }
    return HexFormat.of().formatHex(hash.digest());
  }

  private static byte[] bytes(Tensor t) {
    return bytes(t.toFloatArray());
  }

  private static byte[] bytes(float[] numbers) {
    ByteBuffer b = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    b.asFloatBuffer().put(numbers);
    return b.array();
  }

  private static MessageDigest sha() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The hash of what networks give after some steps on a graph with a hub. */
  static String training(Relata relata, int steps) {
    RandomGraph g = RandomGraph.of("hub", 2_000, 30_000);
    Arrays.fill(g.dst(), 0, 9_000, 7);
    Adjacency a = Models.withLoops(relata, g);
    MessageDigest hash = sha();
    for (int model = 0; model < 3; model++) {
      relata.seed(11);
      Models.Training t =
          switch (model) {
            case 0 -> Models.gat(relata, a, 24);
            case 1 -> Models.rgcn(relata, a, Arrays.copyOf(g.relations(5), a.numEdges()), 5, 24);
            default -> Models.gcn(relata, a, 24);
          };
      for (int i = 0; i < steps; i++) {
        t.step(false);
      }
      hash.update(bytes(t.outputs()));
    }
    return HexFormat.of().formatHex(hash.digest());
  }

  /** Many steps after some to warm up must allocate nothing. */
  static Map<String, Object> leak(Relata relata, int steps) {
    Adjacency a = Models.withLoops(relata, RandomGraph.of("small", 300, 2_000));
    Models.Training t = Models.gat(relata, a, 16);
    for (int i = 0; i < 20; i++) {
      t.step(true);
    }
    MemoryStats warm = relata.memory();
    long free = relata.backend().memory().available();
    long start = System.nanoTime();
    double loss = 0;
    for (int i = 0; i < steps; i++) {
      loss = t.step(i % 100 == 0 || i == steps - 1);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    MemoryStats after = relata.memory();
    long freeAfter = relata.backend().memory().available();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("steps", steps);
    result.put("seconds", seconds);
    result.put("lastLoss", loss);
    result.put("freshBlocks", after.fresh() - warm.fresh());
    result.put("poolBefore", warm.live() + warm.cached());
    result.put("poolAfter", after.live() + after.cached());
    result.put("deviceFreeBefore", free);
    result.put("deviceFreeAfter", freeAfter);
    result.put(
        "flat",
        after.fresh() == warm.fresh()
            && after.live() <= warm.live()
            && freeAfter >= free - (8L << 20)
            && Double.isFinite(loss));
    return result;
  }
}
