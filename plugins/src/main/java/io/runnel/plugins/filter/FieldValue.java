package io.runnel.plugins.filter;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import java.util.List;

/** What a value of {@code <record>} becomes: a plan that is made once and run for each event. */
interface FieldValue {
  /** Writes the value for an event. */
  void write(TransformEvent event, MsgpackWriter out);

  /** A value that is the same for all events. */
  record Constant(byte[] packed) implements FieldValue {
    static Constant of(Object value) {
      Bytes out = new Bytes(32);
      new MsgpackWriter(out).value(value);
      return new Constant(out.toByteArray());
    }

    @Override
    public void write(TransformEvent event, MsgpackWriter out) {
      out.raw(packed, 0, packed.length);
    }
  }

  /** A placeholder that stands alone and keeps the type of its value. */
  record Single(Placeholder placeholder) implements FieldValue {
    @Override
    public void write(TransformEvent event, MsgpackWriter out) {
      placeholder.write(event, out);
    }
  }

  /** Placeholders inside text. */
  record Text(List<Placeholder> parts) implements FieldValue {
    @Override
    public void write(TransformEvent event, MsgpackWriter out) {
      Bytes text = new Bytes(64);
      for (Placeholder part : parts) {
        part.append(event, text);
      }
      out.string(text.array(), 0, text.length());
    }
  }

  /** A map whose keys are texts. */
  record Fields(List<Field> fields) implements FieldValue {
    @Override
    public void write(TransformEvent event, MsgpackWriter out) {
      out.mapHeader(fields.size());
      for (Field field : fields) {
        field.key.write(event, out);
        field.value.write(event, out);
      }
    }
  }

  /** A key and its value. */
  record Field(FieldValue key, FieldValue value) {}

  /** A list. */
  record Items(List<FieldValue> items) implements FieldValue {
    @Override
    public void write(TransformEvent event, MsgpackWriter out) {
      out.arrayHeader(items.size());
      for (FieldValue item : items) {
        item.write(event, out);
      }
    }
  }

  /** Copies the value before which a reader stands. */
  static void copy(MsgpackReader reader, MsgpackWriter out) {
    int start = reader.position();
    reader.skip();
    out.raw(reader.buffer(), start, reader.position() - start);
  }
}
