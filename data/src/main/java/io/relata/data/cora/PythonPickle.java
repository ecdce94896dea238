package io.relata.data.cora;

import io.relata.data.DataSetException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads a Python 2 pickle of NumPy arrays, SciPy matrices and dictionaries of lists.
 *
 * <p>Knows the six classes that the Planetoid files name, and refuses every other. They are looked
 * up here and not registered with {@link Unpickler}, whose registry is global to the JVM and would
 * change how other code in the process reads its pickles.
 */
final class PythonPickle extends Unpickler {

  /**
   * Reads the one object in a file.
   *
   * @throws DataSetException naming the file, if it is no such pickle
   */
  static Object read(Path file) {
    try {
      return new PythonPickle().load(new ByteArrayInputStream(Files.readAllBytes(file)));
    } catch (IOException | RuntimeException e) {
      // A damaged pickle makes the unpickler fail in many ways: casts, indices, empty stacks.
      throw new DataSetException(
          "Cora: file %s cannot be read as a Python pickle: %s. Replace it with the file from %s"
              .formatted(file, e, Cora.FILES.base()),
          e);
    }
  }

  @Override
  protected Object dispatch(short key) throws IOException {
    switch (key) {
      case Opcodes.GLOBAL -> {
        String module = PickleUtils.readline(input);
        stack.add(constructor(module + "." + PickleUtils.readline(input)));
        return NO_RETURN_VALUE;
      }
      case Opcodes.STACK_GLOBAL, Opcodes.INST ->
          throw new PickleException("opcode %d, which Python 2 arrays do not use".formatted(key));
      case Opcodes.BUILD -> {
        Object state = stack.pop();
        if (!(stack.peek() instanceof Pickled target)) {
          throw new PickleException("state for " + stack.peek() + ", which has none");
        }
        target.setState(state);
        return NO_RETURN_VALUE;
      }
      default -> {
        return super.dispatch(key);
      }
    }
  }

  private static IObjectConstructor constructor(String name) {
    return switch (name) {
      case "numpy.core.multiarray._reconstruct" -> _ -> new PickledArray();
      case "numpy.dtype" -> arguments -> new PickledType((String) arguments[0]);
      case "scipy.sparse.csr.csr_matrix" -> _ -> new PickledCsrMatrix();
      case "collections.defaultdict" -> _ -> new HashMap<Object, Object>();
      // Named as arguments of the others, never called.
      case "numpy.ndarray", "__builtin__.list" -> _ -> new ArrayList<>();
      default -> throw new PickleException("class " + name + ", which is not expected here");
    };
  }
}
