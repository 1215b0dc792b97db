package io.runnel.engine;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigElement;
import io.runnel.config.Place;
import io.runnel.delivery.Delivery;
import io.runnel.log.Log;
import io.runnel.route.Router;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The part of a pipeline that source-only mode adds: for each label that inputs emit to, a router
 * that takes all tags to a {@code buffer} output, which keeps the events in files while the mode
 * lasts and then sends them to the label. The owner's thread rules are those of {@link Pipeline}.
 */
final class SourceOnlyRoutes {
  private record Held(RouterEmitter emitter, Router router) {}

  private final PipelineBuilder builder;
  private final SystemConfig system;
  private final Labels labels;
  private final ErrorStream errors;
  private final SourceOnlyFolder folder;
  private final Map<String, Router> routers = new LinkedHashMap<>();
  private final Map<String, Registered> outputs = new LinkedHashMap<>();
  private final List<Held> emitters = new ArrayList<>();
  private SourceOnly phase;
  private Place place = Place.NONE;

  SourceOnlyRoutes(
      PipelineBuilder builder,
      SystemConfig system,
      Labels labels,
      ErrorStream errors,
      SourceOnly phase) {
    this.builder = builder;
    this.system = system;
    this.labels = labels;
    this.errors = errors;
    this.phase = phase;
    this.folder = SourceOnlyFolder.of(system, builder.services().settings(), System.getenv());
  }

  /** Where faults of the buffer are shown: at its section. */
  void configuredIn(ConfigElement root) {
    root.sections("system").stream()
        .flatMap(system -> system.sections("source_only_buffer").stream())
        .findFirst()
        .ifPresent(section -> place = section.place());
  }

  boolean isHolding() {
    return phase == SourceOnly.HOLDING;
  }

  List<Registered> outputs() {
    return List.copyOf(outputs.values());
  }

  /** An input of the configuration: while the mode lasts, its events stay here. */
  void hold(RouterEmitter emitter, Router router) {
    if (isHolding()) {
      emitters.add(new Held(emitter, router));
      emitter.redirect(router(router.label()));
    }
  }

  /** To be called when all labels are known: looks also for what an earlier run has left. */
  void complete() {
    if (isHolding() && labels.find(Labels.ERROR) != null) {
      errors.errorLabel(router(Labels.ERROR)); // its outputs do not run
    }
    for (Router label : labels.all()) {
      if (folder.hasChunks(label.label())) {
        router(label.label());
      }
    }
  }

  private Router router(String label) {
    Router known = routers.get(label);
    if (known != null) {
      return known;
    }
    Router made = new Router(label, errors.events(label.equals(Labels.ERROR)));
    routers.put(label, made);
    outputs.put(label, builder.extra(match(label), made));
    return made;
  }

  /** What a user would write to have the same. */
  private ConfigElement match(String label) {
    ConfigElement match = new ConfigElement("match", "**", place);
    match.set("@type", "buffer");
    match.set("@id", "source_only_buffer" + (label.equals(Labels.ROOT) ? "" : label));
    match.set("@label", label);
    ConfigElement buffer = new ConfigElement("buffer", "", place);
    buffer.set("path", folder.of(label).toString());
    buffer.set("flush_at_shutdown", "false");
    system.sourceOnlyBuffer().ifPresent(section -> parameters(section, buffer));
    if (!buffer.has("overflow_action")) {
      buffer.set("overflow_action", "drop_oldest_chunk");
    }
    match.add(buffer);
    return match;
  }

  private static void parameters(SystemConfig.SourceOnlyBuffer section, ConfigElement buffer) {
    buffer.set("flush_thread_count", Integer.toString(section.flushThreadCount()));
    buffer.set("overflow_action", section.overflowAction().name().toLowerCase(Locale.ROOT));
    section
        .flushInterval()
        .ifPresent(time -> buffer.set("flush_interval", time.toMillis() / 1000.0 + "s"));
    section.chunkLimitSize().map(ByteSize::bytes).ifPresent(n -> bytes(buffer, "chunk", n));
    section.totalLimitSize().map(ByteSize::bytes).ifPresent(n -> bytes(buffer, "total", n));
    section
        .compress()
        .ifPresent(how -> buffer.set("compress", how.name().toLowerCase(Locale.ROOT)));
  }

  private static void bytes(ConfigElement buffer, String which, long bytes) {
    buffer.set(which + "_limit_size", Long.toString(bytes));
  }

  /** Opens the buffers: from now on events are taken, and kept. */
  void start(Log log) throws Exception {
    if (isHolding()) {
      log.info(
          "with-source-only: the emitted data will be stored in the buffer files under "
              + folder.base()
              + ". You can send SIGWINCH to the supervisor process to cancel with-source-only mode"
              + " and process data.");
    } else if (!outputs.isEmpty()) {
      log.info(
          "with-source-only: an earlier run has left buffer files; they are sent on now",
          "path",
          folder.base().toString());
    }
    for (Registered output : outputs.values()) {
      output.plugin().start();
      output.delivery().startHeld();
    }
  }

  /** The other plugins run: lets events go their own way, and those that were kept follow. */
  void release(Log log) {
    errors.errorLabel(labels.find(Labels.ERROR));
    emitters.forEach(held -> held.emitter().redirect(held.router()));
    if (isHolding()) {
      log.info("starts the loading agent for with-source-only");
    }
    phase = SourceOnly.REPLAYING;
    outputs.values().forEach(output -> output.delivery().release());
  }

  /** Closes the buffers, and removes the folders of those that are empty. */
  void close(Log log) {
    for (Map.Entry<String, Registered> each : outputs.entrySet()) {
      Delivery delivery = each.getValue().delivery();
      delivery.close(() -> removeIfEmpty(delivery, log));
      each.getValue().plugin().close();
    }
  }

  private void removeIfEmpty(Delivery delivery, Log log) {
    if (!delivery.isEmpty() || delivery.bufferPath() == null) {
      return;
    }
    try {
      folder.remove(delivery.bufferPath());
    } catch (IOException e) {
      log.warn("failed to remove the buffer directory: " + delivery.bufferPath(), e);
    }
  }
}
