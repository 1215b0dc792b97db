package io.runnel.connectors.kafka;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackReader;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.Formatter;
import io.runnel.plugins.common.FieldText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code output_data_type attr:a,b}: the values of these fields, with a separator between them. */
record AttributeFormatter(List<RecordAccessor> fields, byte[] separator) implements Formatter {
  /**
   * @param names with commas between them
   * @param separator SPACE, COMMA or SOH; else a tab
   */
  static AttributeFormatter of(String names, String separator, boolean tag, boolean time) {
    List<RecordAccessor> fields = new ArrayList<>();
    if (tag) {
      fields.add(RecordAccessor.ofKey("tag"));
    }
    if (time) {
      fields.add(RecordAccessor.ofKey("time"));
    }
    for (String name : names.split(",")) {
      if (!name.isBlank()) {
        fields.add(RecordAccessor.ofKey(name.strip()));
      }
    }
    String between =
        switch (separator.toUpperCase(Locale.ROOT)) {
          case "SPACE" -> " ";
          case "COMMA" -> ",";
          case "SOH" -> "\u0001";
          default -> "\t";
        };
    return new AttributeFormatter(List.copyOf(fields), between.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out) {
    for (int i = 0; i < fields.size(); i++) {
      if (i > 0) {
        out.write(separator);
      }
      MsgpackReader reader = new MsgpackReader(record, offset, length);
      if (fields.get(i).find(reader) >= 0) {
        FieldText.write(reader, out);
      }
    }
  }

  @Override
  public String type() {
    return "attr";
  }
}
