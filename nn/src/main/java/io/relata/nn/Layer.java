package io.relata.nn;

import io.relata.ErrorId;
import io.relata.NoGrad;
import io.relata.RelataException;
import io.relata.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A part of a model: a tree of named children, trained parameters and untrained buffers (PyTorch:
 * {@code nn.Module}). A subclass registers them in its constructor with {@link #child}, {@link
 * #parameter} and {@link #buffer}, and has a {@code forward} method of whatever signature suits it.
 *
 * <p>Names joined with dots are how parameters are listed, saved and loaded. The order is that of
 * registration, a layer's own parameters before those of its children.
 */
public abstract class Layer {
  private final Map<String, Layer> children = new LinkedHashMap<>();
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();
  private boolean training = true;

  /** Set while somebody watches; see {@link #observe}. */
  private volatile Observation observation;

  private record Observation(String path, LayerObserver observer) {}

  // ---- registration ----

  /**
   * Registers a child and returns it.
   *
   * @throws RelataException PARAMETER for a name that is taken, empty or has a dot
   */
  protected final <L extends Layer> L child(String name, L layer) {
    requireFree(name);
    children.put(name, layer);
    return layer;
  }

  /** Registers a trained parameter, which from now on asks for gradients, and returns it. */
  protected final Tensor parameter(String name, Tensor value) {
    requireFree(name);
    parameters.put(name, value.requiresGrad(true));
    return value;
  }

  /** Registers a tensor that is saved with the model but not trained, and returns it. */
  protected final Tensor buffer(String name, Tensor value) {
    requireFree(name);
    buffers.put(name, value);
    return value;
  }

  private void requireFree(String name) {
    if (name.isEmpty() || name.indexOf('.') >= 0) {
      throw RelataException.of(ErrorId.PARAMETER, "A name in a layer is not empty and has no dot")
          .where(getClass().getSimpleName())
          .found("'" + name + "'")
          .build();
    }
    if (children.containsKey(name) || parameters.containsKey(name) || buffers.containsKey(name)) {
      throw RelataException.of(ErrorId.PARAMETER, "A name is registered twice")
          .where(getClass().getSimpleName())
          .found("'" + name + "'")
          .remedy("give each child, parameter and buffer of a layer a name of its own")
          .build();
    }
  }

  // ---- the tree ----

  /** The direct children by name, in the order of registration. */
  public final Map<String, Layer> children() {
    return Collections.unmodifiableMap(children);
  }

  /** This layer and all below it, by dotted name; this one's name is empty. */
  public final Map<String, Layer> namedLayers() {
    Map<String, Layer> all = new LinkedHashMap<>();
    collectLayers("", all);
    return all;
  }

  private void collectLayers(String path, Map<String, Layer> into) {
    into.put(path, this);
    children.forEach((name, c) -> c.collectLayers(join(path, name), into));
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** All parameters, each once, also where layers share one. */
  public final List<Tensor> parameters() {
    Set<Tensor> distinct = new LinkedHashSet<>(namedParameters().values());
    return List.copyOf(distinct);
  }

  /** All parameters by dotted name. */
  public final Map<String, Tensor> namedParameters() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    namedLayers().forEach((p, l) -> l.parameters.forEach((n, t) -> all.put(join(p, n), t)));
    return all;
  }

  /** All buffers by dotted name. */
  public final Map<String, Tensor> namedBuffers() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    namedLayers().forEach((p, l) -> l.buffers.forEach((n, t) -> all.put(join(p, n), t)));
    return all;
  }

  /** How many numbers are trained. */
  public final long parameterCount() {
    return parameters().stream().mapToLong(Tensor::size).sum();
  }

  // ---- modes ----

  /** Puts the whole tree into training mode, in which for instance dropout drops. */
  public final void train() {
    train(true);
  }

  /** Puts the whole tree into evaluation mode. */
  public final void eval() {
    train(false);
  }

  /** Puts the whole tree into training or evaluation mode. */
  public final void train(boolean on) {
    training = on;
    children.values().forEach(c -> c.train(on));
  }

  /** True in training mode, which is where a layer starts. */
  public final boolean isTraining() {
    return training;
  }

  /** Forgets the gradients of all parameters; frees their memory (see {@link Tensor#zeroGrad}). */
  public final void zeroGrad() {
    parameters().forEach(Tensor::zeroGrad);
  }

  // ---- state ----

  /**
   * Parameters and buffers by dotted name: the model's own tensors, not copies, so they change as
   * training goes on.
   */
  public final Map<String, Tensor> stateDict() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    namedLayers()
        .forEach(
            (p, l) -> {
              l.parameters.forEach((n, t) -> all.put(join(p, n), t));
              l.buffers.forEach((n, t) -> all.put(join(p, n), t));
            });
    return all;
  }

  /**
   * Overwrites all parameters and buffers with the given values. Nothing is changed unless every
   * value fits; all problems are reported at once.
   *
   * @throws RelataException PARAMETER for missing and unexpected names, other shapes or types
   */
  public final void loadStateDict(Map<String, Tensor> values) {
    Map<String, Tensor> mine = stateDict();
    List<String> problems = new ArrayList<>();
    mine.forEach(
        (name, t) -> {
          Tensor v = values.get(name);
          if (v == null) {
            problems.add("missing: " + name + " " + t.dtype() + " " + t.shape());
          } else if (!v.shape().equals(t.shape()) || v.dtype() != t.dtype()) {
            problems.add(
                "does not fit: %s, expected %s %s, found %s %s"
                    .formatted(name, t.dtype(), t.shape(), v.dtype(), v.shape()));
          }
        });
    values.keySet().stream()
        .filter(name -> !mine.containsKey(name))
        .forEach(name -> problems.add("unexpected: " + name));
    if (!problems.isEmpty()) {
      throw RelataException.of(ErrorId.PARAMETER, "The state does not fit the model")
          .where(getClass().getSimpleName())
          .found(String.join("\n            ", problems))
          .remedy("build the model with the sizes and options that the state was saved with")
          .build();
    }
    try (NoGrad _ = new NoGrad()) {
      mine.forEach((name, t) -> t.assign(values.get(name)));
    }
  }

  // ---- observation ----

  /**
   * Tells an observer, if there is one, what this layer computed; a {@code forward} ends with
   * {@code return output(result, input)}. The layers of this package do so. A layer made of them
   * need not: what it computes between them is seen as the input of the next.
   */
  protected final Tensor output(Tensor result, Tensor... inputs) {
    Observation o = observation;
    if (o != null) {
      o.observer.onOutput(o.path, this, result, inputs);
    }
    return result;
  }

  /** Whether an observer wants to see outputs: then no layer of the tree may be skipped. */
  protected final boolean isObserved() {
    return observation != null;
  }

  /**
   * Lets an observer see every output in this tree until the returned handle is closed. One at a
   * time; outputs of other threads are seen as well.
   */
  public final Watch observe(LayerObserver observer) {
    Map<String, Layer> all = namedLayers();
    all.forEach((path, layer) -> layer.observation = new Observation(path, observer));
    return () -> all.values().forEach(layer -> layer.observation = null);
  }

  /** Ends an observation when closed. */
  @FunctionalInterface
  public interface Watch extends AutoCloseable {
    @Override
    void close();
  }

  // ---- text ----

  /** What stands in parentheses behind the class name, for instance sizes; empty by default. */
  protected String describe() {
    return "";
  }

  /** The tree as PyTorch prints it. */
  @Override
  public final String toString() {
    StringBuilder s = new StringBuilder(getClass().getSimpleName()).append('(');
    s.append(describe());
    if (!children.isEmpty()) {
      children.forEach(
          (name, c) ->
              s.append("\n  (")
                  .append(name)
                  .append("): ")
                  .append(c.toString().replace("\n", "\n  ")));
      s.append('\n');
    }
    return s.append(')').toString();
  }
}
