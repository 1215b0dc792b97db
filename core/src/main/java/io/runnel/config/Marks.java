package io.runnel.config;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The annotations of a class, its fields and record components, read from its class file (JVMS
 * 4.7.16, 4.7.30). Reflection would make a proxy class for each kind of annotation, which costs a
 * collector more at start than all the rest of its configuration. Values are strings and lists of
 * strings; other kinds are passed over.
 */
final class Marks {
  private static final String VISIBLE = "RuntimeVisibleAnnotations";

  /** Annotations of the class itself have this name. */
  private static final String SELF = "";

  /** Member, then the annotation's class, to its value. */
  private final Map<String, Map<String, Object>> members = new HashMap<>();

  private Object[] pool;

  private Marks() {}

  /**
   * @throws IllegalStateException where the class file cannot be read
   */
  static Marks of(Class<?> type) {
    String name = type.getName();
    String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
    try (InputStream in = type.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("no class file of " + name);
      }
      Marks marks = new Marks();
      marks.read(new DataInputStream(new ByteArrayInputStream(in.readAllBytes())));
      return marks;
    } catch (IOException e) {
      throw new IllegalStateException("class file of " + name + " cannot be read", e);
    }
  }

  /** Whether a component or field has an annotation. */
  boolean has(String member, Class<? extends Annotation> annotation) {
    return value(member, annotation) != null;
  }

  /** The text of an annotation; null where it is absent. */
  String text(String member, Class<? extends Annotation> annotation) {
    return value(member, annotation) instanceof String s ? s : null;
  }

  /** The list of an annotation; null where it is absent. */
  List<String> list(String member, Class<? extends Annotation> annotation) {
    Object value = value(member, annotation);
    if (value instanceof List<?> list) {
      return list.stream().map(String.class::cast).toList();
    }
    return value == null ? null : List.of();
  }

  /** The text of an annotation of the class itself; null where it is absent. */
  String ofClass(Class<? extends Annotation> annotation) {
    return text(SELF, annotation);
  }

  private Object value(String member, Class<? extends Annotation> annotation) {
    return members.getOrDefault(member, Map.of()).get(annotation.getName());
  }

  private void read(DataInputStream in) throws IOException {
    in.skipNBytes(8);
    pool(in);
    in.skipNBytes(6);
    in.skipNBytes(2L * in.readUnsignedShort());
    for (int kind = 0; kind < 2; kind++) {
      for (int count = in.readUnsignedShort(); count > 0; count--) {
        in.skipNBytes(2);
        String name = text(in);
        in.skipNBytes(2);
        attributes(in, kind == 0 ? name : null);
      }
    }
    attributes(in, SELF);
  }

  private void pool(DataInputStream in) throws IOException {
    pool = new Object[in.readUnsignedShort()];
    for (int i = 1; i < pool.length; i++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case 1 -> pool[i] = in.readUTF();
        case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
        case 5, 6 -> {
          in.skipNBytes(8);
          i++;
        }
        case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
        case 15 -> in.skipNBytes(3);
        default -> throw new IOException("constant of kind " + tag);
      }
    }
  }

  private String text(DataInputStream in) throws IOException {
    return (String) pool[in.readUnsignedShort()];
  }

  /**
   * @param member whose attributes these are; null for methods, whose annotations do not count
   */
  private void attributes(DataInputStream in, String member) throws IOException {
    for (int count = in.readUnsignedShort(); count > 0; count--) {
      String name = text(in);
      int length = in.readInt();
      if (member != null && name.equals(VISIBLE)) {
        annotations(in, member);
      } else if (SELF.equals(member) && name.equals("Record")) {
        for (int i = in.readUnsignedShort(); i > 0; i--) {
          String component = text(in);
          in.skipNBytes(2);
          attributes(in, component);
        }
      } else {
        in.skipNBytes(length);
      }
    }
  }

  private void annotations(DataInputStream in, String member) throws IOException {
    for (int count = in.readUnsignedShort(); count > 0; count--) {
      String descriptor = text(in);
      String annotation = descriptor.substring(1, descriptor.length() - 1).replace('/', '.');
      Object value = SELF;
      for (int pairs = in.readUnsignedShort(); pairs > 0; pairs--) {
        boolean wanted = text(in).equals("value");
        Object element = element(in);
        value = wanted && element != null ? element : value;
      }
      members.computeIfAbsent(member, ignored -> new HashMap<>()).put(annotation, value);
    }
  }

  /** A value; null for those that are neither text nor list. */
  private Object element(DataInputStream in) throws IOException {
    int tag = in.readUnsignedByte();
    switch (tag) {
      case 's' -> {
        return text(in);
      }
      case '[' -> {
        List<Object> list = new ArrayList<>();
        for (int count = in.readUnsignedShort(); count > 0; count--) {
          list.add(element(in));
        }
        return list;
      }
      case 'e' -> in.skipNBytes(4);
      case '@' -> {
        in.skipNBytes(2);
        for (int pairs = in.readUnsignedShort(); pairs > 0; pairs--) {
          in.skipNBytes(2);
          element(in);
        }
      }
      default -> in.skipNBytes(2);
    }
    return null;
  }
}
