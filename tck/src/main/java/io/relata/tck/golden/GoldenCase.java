package io.relata.tck.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * One line of a golden file.
 *
 * @param group the file's name without its ending
 * @param json the case
 */
record GoldenCase(String group, JsonNode json) {
  String id() {
    return json.get("id").asText();
  }

  JsonNode call() {
    return json.get("call");
  }

  /** A parameter of the call as text; null where it is absent or JSON null. */
  String text(String parameter) {
    JsonNode value = call().get(parameter);
    return value == null || value.isNull() ? null : value.asText();
  }

  /** A truth value of the call; false where absent. */
  boolean flag(String parameter) {
    return call().path(parameter).asBoolean(false);
  }

  GoldenGraph graph() {
    return GoldenGraph.of(json.get("graph"));
  }

  Map<String, Dense> inputs() {
    return Dense.map(json.get("inputs"));
  }

  Map<String, Dense> weights() {
    return Dense.map(json.get("weights"));
  }

  Map<String, Dense> buffers() {
    return Dense.map(json.get("buffers"));
  }

  Map<String, Dense> cotangents() {
    return Dense.map(json.get("cotangents"));
  }

  /** Whether DGL raised an exception in the forward pass. */
  boolean refusedByDgl() {
    return json.has("error");
  }

  /** What DGL computed; the true gradient where the file says that DGL's is wrong. */
  Expectation expectation() {
    JsonNode grads = json.has("expected_grads") ? json.get("expected_grads") : json.get("grads");
    return new Expectation(
        Flattened.of(json.get("outputs")), Dense.map(grads), Dense.map(json.get("weight_grads")));
  }
}
