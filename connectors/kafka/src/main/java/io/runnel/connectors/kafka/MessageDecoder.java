package io.runnel.connectors.kafka;

import io.runnel.event.EventBuilder;
import io.runnel.event.JsonToMsgpack;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import java.nio.charset.StandardCharsets;

/** Reads the records of a message. Used by one thread. */
interface MessageDecoder {
  /**
   * Adds the records of a message with the default time.
   *
   * @throws ParseException where it cannot be read; nothing is added then
   */
  void decode(byte[] value, EventBuilder out) throws ParseException;

  /** Whether each event gets the default time. */
  default boolean isTimeless() {
    return true;
  }

  /** The decoder that the configuration names. */
  static MessageDecoder of(ReadConfig config, PluginContext context) {
    String type = config.parse().type();
    switch (type) {
      case "json", "text", "ltsv", "msgpack" -> config.parse().element().markAllUsed();
      default -> {
        Parser parser = context.parser(config.parse());
        return new Custom(parser);
      }
    }
    return switch (type) {
      case "json" -> new Json(new JsonToMsgpack());
      case "text" -> new Text(config.messageKey().getBytes(StandardCharsets.UTF_8));
      case "ltsv" -> MessageDecoder::ltsv;
      default -> MessageDecoder::msgpack;
    };
  }

  /** One object. */
  record Json(JsonToMsgpack reader) implements MessageDecoder {
    @Override
    public void decode(byte[] value, EventBuilder out) throws ParseException {
      MsgpackWriter writer = out.begin();
      int at = out.out().length();
      if (!reader.transcode(value, 0, value.length, writer)) {
        out.rollback();
        throw new ParseException(reader.error());
      }
      int first = out.out().array()[at] & 0xff;
      if (first >= 0x90 && first != 0xde && first != 0xdf || first < 0x80) {
        out.rollback();
        throw new ParseException("the message is JSON, but no object");
      }
      out.commit();
    }
  }

  /** The message as one field. */
  record Text(byte[] key) implements MessageDecoder {
    @Override
    public void decode(byte[] value, EventBuilder out) {
      MsgpackWriter writer = out.begin();
      writer.mapHeader(1);
      writer.string(key, 0, key.length);
      writer.string(value, 0, value.length);
      out.commit();
    }
  }

  /** What a parser makes of it. */
  record Custom(Parser parser) implements MessageDecoder {
    @Override
    public void decode(byte[] value, EventBuilder out) throws ParseException {
      if (parser.parse(value, 0, value.length, out) == 0) {
        throw new ParseException("pattern not matched");
      }
    }

    @Override
    public boolean isTimeless() {
      return false;
    }
  }

  private static void msgpack(byte[] value, EventBuilder out) throws ParseException {
    try {
      MsgpackReader reader = new MsgpackReader(value);
      boolean map = reader.hasMore() && reader.peekMap();
      if (map) {
        reader.skip();
      }
      if (!map || reader.hasMore()) {
        throw new ParseException("the message is not one MessagePack map");
      }
      out.begin().raw(value, 0, value.length);
      out.commit();
    } catch (MsgpackException e) {
      throw new ParseException(e.getMessage(), e);
    }
  }

  /** Fields {@code label:value} between tabs; an empty value is nil. */
  private static void ltsv(byte[] value, EventBuilder out) throws ParseException {
    String text = new String(value, StandardCharsets.UTF_8).strip();
    String[] fields = text.split("\t", -1);
    java.util.Map<String, Object> record = new java.util.LinkedHashMap<>();
    for (String field : fields) {
      int colon = field.indexOf(':');
      if (colon < 0) {
        throw new ParseException("no label in the LTSV field: " + field);
      }
      String content = field.substring(colon + 1);
      record.put(field.substring(0, colon), content.isEmpty() ? null : content);
    }
    out.begin().value(record);
    out.commit();
  }
}
