package io.runnel.plugins.contrib;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.Injector;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Changes records and emits them with another tag (the output of record-modifier). */
public final class RecordModifierOutput implements UnbufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("record_modifier", Config.class, RecordModifierOutput::new)
          .legacy(LegacyParameters.INJECT);

  @Doc("Adds, replaces and removes fields of each record, and emits it with another tag.")
  record Config(
      @Doc("The new tag; ${…} is Ruby.") String tag,
      @Inline RecordModifier.Config modifier,
      Optional<InjectConfig> inject) {}

  private final Template tag;
  private final OutputContext context;
  private final RecordModifier modifier;
  private final Injector injector;

  RecordModifierOutput(Config config, OutputContext context) {
    this.context = context;
    this.modifier = new RecordModifier(config.modifier, context);
    this.tag = modifier.template(config.tag);
    this.injector = Injector.of(config.inject, context);
  }

  @Override
  public void process(String oldTag, EventStream stream) {
    Map<String, EventBuilder> byTag = new LinkedHashMap<>();
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      Map<String, Object> record = cursor.record();
      try {
        String newTag = modifier.text(tag, oldTag, cursor.time(), record);
        byTag.computeIfAbsent(newTag, name -> new EventBuilder()).add(cursor.time(), record);
      } catch (RuntimeException e) {
        context.emitter().emitError(oldTag, cursor.time(), record, e);
      }
    }
    byTag.forEach((newTag, events) -> emit(oldTag, newTag, events.take()));
  }

  private void emit(String oldTag, String newTag, EventStream stream) {
    EventStream modified = modifier.modify(oldTag, stream);
    if (!injector.isEmpty()) {
      modified = injected(oldTag, modified);
    }
    if (!modified.isEmpty()) {
      context.emitter().emit(newTag, modified);
    }
  }

  private EventStream injected(String oldTag, EventStream stream) {
    EventBuilder out = new EventBuilder();
    Bytes record = new Bytes();
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      record.clear();
      injector.inject(
          oldTag,
          cursor.time(),
          cursor.bytes(),
          cursor.recordOffset(),
          cursor.recordLength(),
          record);
      out.add(cursor.time(), record.array(), 0, record.length());
    }
    return out.take();
  }
}
