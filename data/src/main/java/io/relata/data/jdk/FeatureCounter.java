package io.relata.data.jdk;

import static io.relata.data.jdk.ClassFeature.*;

import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.DoubleEntry;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.FloatEntry;
import java.lang.classfile.constantpool.IntegerEntry;
import java.lang.classfile.constantpool.InterfaceMethodRefEntry;
import java.lang.classfile.constantpool.InvokeDynamicEntry;
import java.lang.classfile.constantpool.LongEntry;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;

/** Counts the {@linkplain ClassFeature features} of one class. */
final class FeatureCounter {
  private static final ClassFeature[] FEATURES = ClassFeature.values();

  private final double[] counts = new double[FEATURES.length];

  private FeatureCounter() {}

  /** Returns one value a feature, in the order of the enum. */
  static float[] count(ClassModel model) {
    FeatureCounter counter = new FeatureCounter();
    counter.countClass(model);
    model.fields().forEach(counter::countField);
    model.methods().forEach(counter::countMethod);
    model.constantPool().forEach(counter::countConstant);
    return counter.scaled();
  }

  private void countClass(ClassModel model) {
    var flags = model.flags();
    addIf(flags.has(AccessFlag.PUBLIC), IS_PUBLIC);
    addIf(flags.has(AccessFlag.FINAL), IS_FINAL);
    addIf(flags.has(AccessFlag.ABSTRACT), IS_ABSTRACT);
    addIf(flags.has(AccessFlag.INTERFACE), IS_INTERFACE);
    addIf(flags.has(AccessFlag.ANNOTATION), IS_ANNOTATION);
    addIf(flags.has(AccessFlag.ENUM), IS_ENUM);
    addIf(flags.has(AccessFlag.SYNTHETIC), IS_SYNTHETIC);
    addIf(model.findAttribute(Attributes.deprecated()).isPresent(), IS_DEPRECATED);
    addIf(model.findAttribute(Attributes.signature()).isPresent(), IS_GENERIC);
    add(INTERFACES, model.interfaces().size());
    model
        .findAttribute(Attributes.record())
        .ifPresent(
            fields -> {
              add(IS_RECORD, 1);
              add(RECORD_COMPONENTS, fields.components().size());
            });
    model
        .findAttribute(Attributes.permittedSubclasses())
        .ifPresent(
            permits -> {
              add(IS_SEALED, 1);
              add(PERMITTED_SUBCLASSES, permits.permittedSubclasses().size());
            });
    model
        .findAttribute(Attributes.nestMembers())
        .ifPresent(nest -> add(NEST_MEMBERS, nest.nestMembers().size()));
    model
        .findAttribute(Attributes.innerClasses())
        .ifPresent(inner -> add(INNER_CLASSES, inner.classes().size()));
    model
        .findAttribute(Attributes.bootstrapMethods())
        .ifPresent(methods -> add(BOOTSTRAP_METHODS, methods.bootstrapMethodsSize()));
    countAnnotations(model);
  }

  private void countField(FieldModel field) {
    var flags = field.flags();
    add(FIELDS, 1);
    addIf(flags.has(AccessFlag.STATIC), STATIC_FIELDS);
    addIf(flags.has(AccessFlag.FINAL), FINAL_FIELDS);
    addIf(flags.has(AccessFlag.PRIVATE), PRIVATE_FIELDS);
    addIf(field.findAttribute(Attributes.constantValue()).isPresent(), CONSTANT_FIELDS);
    addIf(field.fieldTypeSymbol().isPrimitive(), PRIMITIVE_FIELDS);
    addIf(field.fieldTypeSymbol().isArray(), ARRAY_FIELDS);
    countAnnotations(field);
  }

  private void countMethod(MethodModel method) {
    var flags = method.flags();
    add(METHODS, 1);
    addIf(method.methodName().equalsString("<init>"), CONSTRUCTORS);
    addIf(flags.has(AccessFlag.PUBLIC), PUBLIC_METHODS);
    addIf(flags.has(AccessFlag.PRIVATE), PRIVATE_METHODS);
    addIf(flags.has(AccessFlag.STATIC), STATIC_METHODS);
    addIf(flags.has(AccessFlag.FINAL), FINAL_METHODS);
    addIf(flags.has(AccessFlag.ABSTRACT), ABSTRACT_METHODS);
    addIf(flags.has(AccessFlag.NATIVE), NATIVE_METHODS);
    addIf(flags.has(AccessFlag.SYNCHRONIZED), SYNCHRONIZED_METHODS);
    addIf(flags.has(AccessFlag.SYNTHETIC), SYNTHETIC_METHODS);
    addIf(flags.has(AccessFlag.VARARGS), VARARGS_METHODS);
    addIf(method.findAttribute(Attributes.signature()).isPresent(), GENERIC_METHODS);
    addIf(method.findAttribute(Attributes.exceptions()).isPresent(), THROWING_METHODS);
    countDescriptor(method.methodTypeSymbol());
    method
        .findAttribute(Attributes.code())
        .ifPresent(
            code -> {
              add(CODE_BYTES, code.codeLength());
              max(LARGEST_CODE_BYTES, code.codeLength());
              max(LARGEST_STACK, code.maxStack());
              max(LARGEST_LOCALS, code.maxLocals());
              add(EXCEPTION_HANDLERS, code.exceptionHandlers().size());
            });
    countAnnotations(method);
  }

  private void countDescriptor(MethodTypeDesc type) {
    add(PARAMETERS, type.parameterCount());
    max(MOST_PARAMETERS, type.parameterCount());
    for (ClassDesc parameter : type.parameterList()) {
      addIf(parameter.isPrimitive(), SHARE_PRIMITIVE_PARAMETERS);
      addIf(parameter.isArray(), SHARE_ARRAY_PARAMETERS);
    }
    ClassDesc result = type.returnType();
    if (result.isPrimitive()) {
      add(
          switch (result.descriptorString()) {
            case "V" -> SHARE_RETURNING_VOID;
            case "Z" -> SHARE_RETURNING_BOOLEAN;
            default -> SHARE_RETURNING_OTHER_PRIMITIVE;
          },
          1);
    }
    addIf(result.isArray(), SHARE_RETURNING_ARRAY);
  }

  private void countConstant(PoolEntry entry) {
    add(CONSTANT_POOL, 1);
    switch (entry) {
      case ClassEntry _ -> add(CONSTANT_CLASSES, 1);
      case StringEntry _ -> add(CONSTANT_STRINGS, 1);
      case IntegerEntry _ -> add(CONSTANT_INTS, 1);
      case LongEntry _ -> add(CONSTANT_LONGS, 1);
      case FloatEntry _, DoubleEntry _ -> add(CONSTANT_FLOATS, 1);
      case FieldRefEntry _ -> add(CONSTANT_FIELD_REFERENCES, 1);
      case MethodRefEntry _ -> add(CONSTANT_METHOD_REFERENCES, 1);
      case InterfaceMethodRefEntry _ -> add(CONSTANT_INTERFACE_METHOD_REFERENCES, 1);
      case MethodHandleEntry _ -> add(CONSTANT_METHOD_HANDLES, 1);
      case InvokeDynamicEntry _ -> add(CONSTANT_DYNAMIC_CALLS, 1);
      default -> {} // Names, descriptors and the like: only counted as a part of the pool.
    }
  }

  private void countAnnotations(AttributedElement element) {
    element
        .findAttribute(Attributes.runtimeVisibleAnnotations())
        .ifPresent(visible -> add(ANNOTATIONS, visible.annotations().size()));
    element
        .findAttribute(Attributes.runtimeInvisibleAnnotations())
        .ifPresent(invisible -> add(ANNOTATIONS, invisible.annotations().size()));
  }

  private float[] scaled() {
    float[] scaled = new float[FEATURES.length];
    for (ClassFeature feature : FEATURES) {
      double count = counts[feature.ordinal()];
      scaled[feature.ordinal()] =
          switch (feature) {
            case SHARE_PRIMITIVE_PARAMETERS, SHARE_ARRAY_PARAMETERS -> share(count, PARAMETERS);
            case SHARE_RETURNING_VOID,
                SHARE_RETURNING_BOOLEAN,
                SHARE_RETURNING_OTHER_PRIMITIVE,
                SHARE_RETURNING_ARRAY ->
                share(count, METHODS);
            default ->
                feature.name().startsWith("IS_") ? (float) count : (float) StrictMath.log1p(count);
          };
    }
    return scaled;
  }

  private float share(double part, ClassFeature whole) {
    double all = counts[whole.ordinal()];
    return all == 0 ? 0 : (float) (part / all);
  }

  private void addIf(boolean holds, ClassFeature feature) {
    if (holds) {
      add(feature, 1);
    }
  }

  private void add(ClassFeature feature, int amount) {
    counts[feature.ordinal()] += amount;
  }

  private void max(ClassFeature feature, int amount) {
    counts[feature.ordinal()] = Math.max(counts[feature.ordinal()], amount);
  }
}
