package io.relata.nn.io;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.hetero.io.FileKind;
import io.relata.hetero.io.SafeTensors;
import io.relata.nn.Layer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Saves and restores a layer's parameters and buffers under their dotted names (PyTorch: {@code
 * safetensors.torch.save_file(model.state_dict(), file)}), with the provenance of the weights as
 * free text. Files that Python wrote are read too, where names, shapes and element types agree.
 */
public final class Checkpoint {
  private static final FileKind KIND = new FileKind("checkpoint", 1);

  /** Python programs look for this key: names and shapes follow PyTorch. */
  private static final String FORMAT = "format";

  private Checkpoint() {}

  /** Saves a layer without provenance other than the version of Relata. */
  public static void save(Layer layer, Path file) {
    save(layer, file, Map.of());
  }

  /**
   * Saves a layer. A file that was there is replaced when the new one is complete and on the disk;
   * until then, and if anything goes wrong, it stays as it was.
   *
   * @param provenance free text by key, for instance seed, data, hyper-parameters
   * @throws RelataException DATA when the file cannot be written, ARGUMENT for a key that Relata
   *     reserves: {@code format} and those that begin with {@code relata.}
   */
  public static void save(Layer layer, Path file, Map<String, String> provenance) {
    for (String key : provenance.keySet()) {
      if (isReserved(key)) {
        throw RelataException.of(ErrorId.ARGUMENT, "A key of the provenance is reserved")
            .where("file " + file)
            .expected("any key but '" + FORMAT + "' and those that begin with " + FileKind.PREFIX)
            .found("'" + key + "'")
            .remedy("choose another key")
            .build();
      }
    }
    Map<String, String> metadata = new TreeMap<>(provenance);
    metadata.put(FORMAT, "pt");
    SafeTensors.save(file, layer.stateDict(), KIND.mark(metadata));
  }

  /**
   * Overwrites all parameters and buffers of a layer with those in the file; unless every one fits,
   * nothing is changed. FLOAT16 and BFLOAT16 become FLOAT32, which holds them exactly.
   *
   * @return the provenance that was saved with them
   * @throws RelataException DATA for a file that is missing, damaged, no checkpoint or of a newer
   *     version, PARAMETER for missing and unexpected names, other shapes or types, all at once
   */
  public static Map<String, String> restore(Relata relata, Path file, Layer layer) {
    try (Scope _ = relata.scope();
        SafeTensors tensors = open(file)) {
      Map<String, Tensor> state = tensors(relata, tensors);
      state.replaceAll((_, t) -> t.dtype().isHalf() ? t.to(DType.FLOAT32) : t);
      try {
        layer.loadStateDict(state);
      } catch (RelataException e) {
        if (e.id() != ErrorId.PARAMETER) {
          throw e;
        }
        throw RelataException.of(ErrorId.PARAMETER, "The checkpoint does not fit the model")
            .where("file " + file)
            .expected("the names, shapes and types of the model's state")
            .found(e.getMessage().replace("\n", "\n            "))
            .remedy("build the model as it was when saved, or read the file and rename its tensors")
            .cause(e)
            .build();
      }
      return provenance(tensors);
    }
  }

  /**
   * All tensors of a checkpoint by name, for a look or to be renamed before {@link
   * Layer#loadStateDict}.
   *
   * @throws RelataException DATA for a file that is missing, damaged, no checkpoint or of a newer
   *     version
   */
  public static Map<String, Tensor> read(Relata relata, Path file) {
    try (SafeTensors tensors = open(file)) {
      return tensors(relata, tensors);
    }
  }

  /**
   * The provenance that was saved with a checkpoint; of a file that others wrote all its metadata.
   */
  public static Map<String, String> provenance(Path file) {
    try (SafeTensors tensors = open(file)) {
      return provenance(tensors);
    }
  }

  private static SafeTensors open(Path file) {
    SafeTensors tensors = SafeTensors.open(file);
    try {
      if (FileKind.isMarked(tensors)) {
        KIND.require(tensors);
      }
    } catch (RelataException e) {
      tensors.close();
      throw e;
    }
    return tensors;
  }

  private static Map<String, Tensor> tensors(Relata relata, SafeTensors file) {
    Map<String, Tensor> state = new LinkedHashMap<>();
    file.entries().keySet().forEach(name -> state.put(name, file.tensor(relata, name)));
    return state;
  }

  private static Map<String, String> provenance(SafeTensors file) {
    Map<String, String> free = new TreeMap<>(file.metadata());
    if (FileKind.isMarked(file)) {
      free.keySet().removeIf(key -> isReserved(key) && !key.equals(FileKind.VERSION));
    }
    return free;
  }

  private static boolean isReserved(String key) {
    return key.equals(FORMAT) || key.startsWith(FileKind.PREFIX);
  }
}
