package io.relata.data.jdk;

import java.lang.classfile.Annotation;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.InnerClassInfo;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Collects the names of the classes that one class relates to. An array counts as the class of its
 * elements; primitive types are left out. Of a method's descriptor also the shape is kept.
 */
final class TargetCollector {
  private static final Pattern CLASS_NAME = Pattern.compile("L[^;]*;");

  private final Map<Relation, Set<String>> targets = new EnumMap<>(Relation.class);

  Map<Relation, Set<String>> collect(ClassModel model) {
    if (!model.flags().has(AccessFlag.INTERFACE)) {
      model.superclass().ifPresent(parent -> add(Relation.EXTENDS, parent));
    }
    model.interfaces().forEach(parent -> add(Relation.IMPLEMENTS, parent));
    model.fields().forEach(this::addField);
    model.methods().forEach(this::addMethod);
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof ClassEntry named) {
        add(Relation.REFERENCES, named);
      }
    }
    addAnnotations(model);
    enclosing(model).ifPresent(outer -> add(Relation.NESTED_IN, outer));
    return targets;
  }

  private void addField(FieldModel field) {
    add(Relation.HAS_FIELD, field.fieldTypeSymbol());
    addAnnotations(field);
  }

  private void addMethod(MethodModel method) {
    MethodTypeDesc type = method.methodTypeSymbol();
    add(Relation.RETURNS, type.returnType());
    type.parameterList().forEach(parameter -> add(Relation.TAKES, parameter));
    names(Relation.DECLARES).add(shape(type));
    method
        .findAttribute(Attributes.exceptions())
        .ifPresent(list -> list.exceptions().forEach(thrown -> add(Relation.THROWS, thrown)));
    addAnnotations(method);
  }

  private void addAnnotations(AttributedElement element) {
    element
        .findAttribute(Attributes.runtimeVisibleAnnotations())
        .ifPresent(visible -> addAnnotations(visible.annotations()));
    element
        .findAttribute(Attributes.runtimeInvisibleAnnotations())
        .ifPresent(invisible -> addAnnotations(invisible.annotations()));
  }

  private void addAnnotations(List<Annotation> annotations) {
    annotations.forEach(annotation -> add(Relation.ANNOTATED_BY, annotation.classSymbol()));
  }

  /**
   * Returns the class around this one. A member class has it in its own entry of {@code
   * InnerClasses}, a local or anonymous one in {@code EnclosingMethod}.
   */
  private static Optional<ClassEntry> enclosing(ClassModel model) {
    Optional<ClassEntry> memberOf =
        model.findAttribute(Attributes.innerClasses()).stream()
            .flatMap(attribute -> attribute.classes().stream())
            .filter(info -> info.innerClass().equals(model.thisClass()))
            .findFirst()
            .flatMap(InnerClassInfo::outerClass);
    return memberOf.or(
        () ->
            model
                .findAttribute(Attributes.enclosingMethod())
                .map(attribute -> attribute.enclosingClass()));
  }

  private void add(Relation relation, ClassEntry target) {
    add(relation, target.asSymbol());
  }

  private void add(Relation relation, ClassDesc target) {
    ClassDesc element = target;
    while (element.isArray()) {
      element = element.componentType();
    }
    if (!element.isPrimitive()) {
      String descriptor = element.descriptorString();
      names(relation).add(descriptor.substring(1, descriptor.length() - 1));
    }
  }

  private Set<String> names(Relation relation) {
    return targets.computeIfAbsent(relation, _ -> new HashSet<>());
  }

  /** Returns a method's descriptor without the names in it. */
  static String shape(MethodTypeDesc type) {
    return CLASS_NAME.matcher(type.descriptorString()).replaceAll("L");
  }
}
