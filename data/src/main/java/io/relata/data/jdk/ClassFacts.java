package io.relata.data.jdk;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one class file says: its name, the classes it relates to, and its features.
 *
 * @param module name of the module whose folder it lies in
 * @param name binary name with slashes, {@code java/util/Map$Entry}
 * @param targets names of the classes and shapes it relates to, by relation; also such as are in no
 *     module
 * @param nestHost name of the nest's host, if it is another class
 * @param features one value a {@link ClassFeature}
 */
record ClassFacts(
    String module,
    String name,
    Map<Relation, Set<String>> targets,
    Optional<String> nestHost,
    float[] features) {

  /**
   * Takes the facts from a class.
   *
   * @throws IllegalArgumentException if the class file is malformed; parts are parsed only when
   *     used
   */
  static ClassFacts of(String module, ClassModel model) {
    return new ClassFacts(
        module,
        model.thisClass().asInternalName(),
        new TargetCollector().collect(model),
        model.findAttribute(Attributes.nestHost()).map(host -> host.nestHost().asInternalName()),
        FeatureCounter.count(model));
  }
}
