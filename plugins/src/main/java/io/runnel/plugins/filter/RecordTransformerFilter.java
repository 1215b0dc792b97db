package io.runnel.plugins.filter;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigValue;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.filter.FieldValue.Field;
import io.runnel.time.TimeFormatter;
import io.runnel.time.Zone;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adds, changes and removes fields. The values of {@code <record>} are compiled once to a plan that
 * works on packed records; only paths of {@code remove_keys} into nested values, and Ruby, decode.
 */
public final class RecordTransformerFilter implements Filter {
  public static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("record_transformer", Config.class, RecordTransformerFilter::new);

  private static final String TIME_FORMAT = "%Y-%m-%d %H:%M:%S %z";
  private static final byte[][] NO_KEYS = {};

  @Doc("Adds, changes and removes fields of each record.")
  record Config(
      @Doc("Fields that are removed; paths into the record such as $.a.b too.")
          List<String> removeKeys,
      @Doc("Fields that are kept where renew_record is true.") List<String> keepKeys,
      @Doc("Starts from an empty record.") @Default("false") boolean renewRecord,
      @Doc("Field whose value, in seconds since the epoch, becomes the time of the event.")
          Optional<String> renewTimeKey,
      @Doc("Placeholders are expressions of Ruby.") @Default("false") boolean enableRuby,
      @Doc("A value that is one placeholder keeps the type of what it stands for.") @Default("true")
          boolean autoTypecast,
      @Doc("The new fields; values may hold placeholders.") List<ConfigElement> record) {}

  private final PluginContext context;
  private final FieldValue.Fields fields;
  private final boolean renewRecord;
  private final RecordAccessor[] kept;
  private final RecordAccessor timeField;
  private final byte[][] removed;
  private final List<RecordAccessor> removedDeep = new ArrayList<>();
  private final TimeFormatter timeFormatter;

  RecordTransformerFilter(Config config, PluginContext context) {
    this.context = context;
    if (!config.keepKeys.isEmpty() && !config.renewRecord) {
      throw new ConfigException(
          "`renew_record` must be true to use `keep_keys`", context.element().placeOf("keep_keys"));
    }
    fields = plan(config);
    renewRecord = config.renewRecord;
    kept = config.keepKeys.stream().map(RecordAccessor::ofKey).toArray(RecordAccessor[]::new);
    timeField = config.renewTimeKey.map(RecordAccessor::ofKey).orElse(null);
    removed = removed(config);
    timeFormatter = TimeFormatter.of(TIME_FORMAT, Zone.of(context.zone()));
  }

  private FieldValue.Fields plan(Config config) {
    FieldPlanner planner =
        config.enableRuby
            ? new RubyPlanner(config.autoTypecast, context)
            : new FieldPlanner(config.autoTypecast, context.log());
    List<Field> list = new ArrayList<>();
    for (ConfigElement section : config.record) {
      for (Map.Entry<String, ConfigValue> entry : section.parameters().entrySet()) {
        FieldValue key = planner.key(entry.getKey());
        list.add(new Field(key, planner.parameter(entry.getValue().text())));
      }
    }
    return new FieldValue.Fields(List.copyOf(list));
  }

  private byte[][] removed(Config config) {
    List<byte[]> plain = new ArrayList<>();
    for (String key : config.removeKeys) {
      RecordAccessor field;
      try {
        field = RecordAccessor.of(key);
      } catch (IllegalArgumentException e) {
        throw new ConfigException(e.getMessage(), context.element().placeOf("remove_keys"), e);
      }
      if (field.isPlainKey()) {
        plain.add(((String) field.path().getFirst()).getBytes(StandardCharsets.UTF_8));
      } else {
        removedDeep.add(field);
      }
    }
    return plain.toArray(NO_KEYS);
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    EventCursor cursor = stream.cursor();
    TransformEvent event =
        new TransformEvent(TagValues.of(tag), context.system().hostname(), timeFormatter, cursor);
    EventBuilder out = new EventBuilder(new Bytes(stream.length() + 64 * stream.count()));
    Bytes overlay = new Bytes(256);
    Bytes base = new Bytes(256);
    while (cursor.next()) {
      event.moved();
      overlay.clear();
      try {
        fields.write(event, new MsgpackWriter(overlay));
        transform(event, overlay, base, out);
      } catch (RuntimeException e) {
        out.rollback();
        context.emitter().emitError(tag, cursor.time(), cursor.record(), e);
      }
    }
    return out.take();
  }

  private void transform(TransformEvent event, Bytes overlay, Bytes scratch, EventBuilder out) {
    MsgpackReader base;
    if (renewRecord) {
      scratch.clear();
      keep(event, new MsgpackWriter(scratch));
      base = new MsgpackReader(scratch.array(), 0, scratch.length());
    } else {
      base = event.base(scratch);
    }
    MsgpackReader added = new MsgpackReader(overlay.array(), 0, overlay.length());
    long time = timeField == null ? event.time() : time(event.time(), base, added);
    out.begin();
    out.time(time);
    int start = out.out().length();
    PackedMaps.merge(base, added, removed, removed, out.out());
    if (!removedDeep.isEmpty()) {
      Map<String, Object> record =
          new MsgpackReader(out.out().array(), start, out.out().length() - start).readRecord();
      removedDeep.forEach(field -> field.delete(record));
      out.out().setLength(start);
      out.record().value(record);
    }
    out.commit();
  }

  private void keep(TransformEvent event, MsgpackWriter writer) {
    int mark = writer.open();
    int count = 0;
    for (RecordAccessor field : kept) {
      MsgpackReader reader = event.reader();
      if (field.find(reader) >= 0) {
        writer.string(field.source());
        FieldValue.copy(reader, writer);
        count++;
      }
    }
    writer.closeMap(mark, count);
  }

  /** The time of the field that renews it, where the new record has it. */
  private long time(long old, MsgpackReader base, MsgpackReader added) {
    int baseStart = base.position();
    int addedStart = added.position();
    MsgpackReader source = timeField.find(added) >= 0 ? added : null;
    if (source == null && timeField.find(base) >= 0) {
      source = base;
    }
    long time = source == null ? old : RubyTimes.seconds(source.readValue());
    base.position(baseStart);
    added.position(addedStart);
    return time;
  }
}
