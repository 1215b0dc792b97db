package io.runnel.plugins.output;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.Obsolete;
import io.runnel.config.PluginSection;
import io.runnel.plugins.common.ExtractConfig;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.ParseDefaults;
import java.time.Duration;
import java.util.Optional;

/**
 * What an exec_filter is configured to, its old flat parameters ({@code in_…} for what goes into
 * the command, {@code out_…} for what comes out of it) turned into sections. A section in the file
 * wins.
 *
 * @param config the parameters as they stand
 */
public record ExecFilterSettings(
    Config config,
    PluginSection format,
    PluginSection parse,
    Optional<InjectConfig> inject,
    Optional<ExtractConfig> extract) {

  /** The section {@code <inject>} with this plugin's default: times are whole seconds. */
  @Doc("Adds the host, the worker, the tag and the time to each record.")
  public record Inject(@Inline("time_type=unixtime") InjectConfig parameters) {}

  /** Parameters. */
  @Doc("Sends records through a command and emits what it writes.")
  public record Config(
      @Doc("The command, as for a shell.") String command,
      @Doc("Part that is taken from the front of tags.")
          @Obsolete("use @label instead for event routing")
          Optional<String> removePrefix,
      @Doc("Part that is put before tags which come out of the command.")
          @Obsolete("use @label instead for event routing")
          Optional<String> addPrefix,
      @Doc("Tag of what comes out; <extract> may take it from the record.") Optional<String> tag,
      @Obsolete("use 'tag_key' in <inject>/<extract> instead") Optional<String> tagKey,
      @Obsolete("use 'time_key' in <inject>/<extract> instead") Optional<String> timeKey,
      @Obsolete("use 'time_format' in <inject>/<extract> instead") Optional<String> timeFormat,
      @Doc("Bytes that are read at once.") @Default("10240") ByteSize readBlockSize,
      @Doc("How many processes of the command run.") @Default("1") int numChildren,
      @Doc("How often a process that has ended is started again: none, inf or a number.")
          Optional<String> childRespawn,
      @Doc("Shortest time between two warnings about lines that do not parse.") @Default("0")
          Duration suppressErrorLogInterval,
      @Obsolete("use <format>") Optional<String> inFormat,
      @Obsolete("use keys in <format>") Optional<String> inKeys,
      @Obsolete("use tag_key in <inject>") Optional<String> inTagKey,
      @Obsolete("use time_key in <inject>") Optional<String> inTimeKey,
      @Obsolete("use time_format in <inject>") Optional<String> inTimeFormat,
      @Obsolete("use <parse>") Optional<String> outFormat,
      @Obsolete("use keys in <parse>") Optional<String> outKeys,
      @Obsolete("use tag_key in <extract>") Optional<String> outTagKey,
      @Obsolete("use time_key in <extract>") Optional<String> outTimeKey,
      @Obsolete("use time_format in <extract>") Optional<String> outTimeFormat,
      @Obsolete("use <parse>") Optional<String> outStreamBufferSize,
      @Obsolete("use localtime in <inject>/<extract>") Optional<Boolean> localtime,
      @Obsolete("use utc in <inject>/<extract>") Optional<Boolean> utc,
      @Obsolete("use timezone in <inject>/<extract>") Optional<String> timezone,
      @Doc("How records are written to the command.") @Default("tsv") PluginSection format,
      @Doc(
              "How the output of the command is read; estimate_current_event is false where the"
                  + " section is silent.")
          @Default("tsv")
          PluginSection parse,
      @Doc("Fields that are added before the command.") Optional<Inject> inject,
      @Doc("Fields that become tag and time behind the command.") Optional<ExtractConfig> extract,
      @Doc("Keeps only whole seconds of the time.") @Default("false") boolean timeAsInteger,
      @Doc("Seconds after which a flush is reported as slow.") @Default("20.0")
          double slowFlushLogThreshold) {}

  static ExecFilterSettings of(Config config, ConfigElement element) {
    Optional<InjectConfig> inject =
        config.inject().map(Inject::parameters).or(() -> flatInject(config, element));
    Optional<ExtractConfig> extract =
        config
            .extract()
            .map(
                section ->
                    ParseDefaults.textWhereFormatted(
                        section, element.section("extract").orElseThrow()))
            .or(() -> flatExtract(config, element));
    PluginSection format =
        config.format().present()
            ? config.format()
            : flat("format", config.inFormat(), config.inKeys(), config.format(), element);
    PluginSection parse =
        config.parse().present()
            ? config.parse()
            : flat("parse", config.outFormat(), config.outKeys(), config.parse(), element);
    if (!config.parse().present()) {
      config.outStreamBufferSize().ifPresent(s -> parse.element().set("stream_buffer_size", s));
    }
    ParseDefaults.set(parse, "estimate_current_event", "false");
    if (config.tag().isEmpty() && extract.flatMap(ExtractConfig::tagKey).isEmpty()) {
      throw new ConfigException(
          "'tag' or '<extract> tag_key </extract>' option is required on exec_filter output",
          element.place());
    }
    return new ExecFilterSettings(config, format, parse, inject, extract);
  }

  private static PluginSection flat(
      String name,
      Optional<String> type,
      Optional<String> keys,
      PluginSection fallback,
      ConfigElement owner) {
    if (type.isEmpty() && keys.isEmpty()) {
      return fallback;
    }
    ConfigElement section = new ConfigElement(name, "", owner.place());
    section.set("@type", type.orElse("tsv"));
    keys.ifPresent(text -> section.set("keys", text));
    return new PluginSection(section, type.orElse("tsv"), true);
  }

  private static Optional<InjectConfig> flatInject(Config config, ConfigElement owner) {
    ConfigElement section =
        flatTimes(
            config, "inject", config.inTagKey(), config.inTimeKey(), config.inTimeFormat(), owner);
    return section == null
        ? Optional.empty()
        : Optional.of(ConfigSpec.of(Inject.class).bind(section, false).parameters());
  }

  private static Optional<ExtractConfig> flatExtract(Config config, ConfigElement owner) {
    ConfigElement section =
        flatTimes(
            config,
            "extract",
            config.outTagKey(),
            config.outTimeKey(),
            config.outTimeFormat(),
            owner);
    return section == null
        ? Optional.empty()
        : Optional.of(ConfigSpec.of(ExtractConfig.class).bind(section, false));
  }

  /** The section made of flat parameters; null where there are none. */
  private static ConfigElement flatTimes(
      Config config,
      String name,
      Optional<String> tagKey,
      Optional<String> timeKey,
      Optional<String> timeFormat,
      ConfigElement owner) {
    ConfigElement section = new ConfigElement(name, "", owner.place());
    tagKey.or(config::tagKey).ifPresent(text -> section.set("tag_key", text));
    timeKey.or(config::timeKey).ifPresent(text -> section.set("time_key", text));
    if (section.parameters().isEmpty()) {
      return null;
    }
    timeFormat
        .or(config::timeFormat)
        .ifPresent(
            text -> {
              section.set("time_format", text);
              section.set("time_type", "string");
            });
    config.localtime().ifPresent(value -> section.set("localtime", value.toString()));
    config.utc().ifPresent(value -> section.set("utc", value.toString()));
    config.timezone().ifPresent(text -> section.set("timezone", text));
    return section;
  }

  /** How often a process may be started again; {@link Integer#MAX_VALUE} for ever. */
  int respawns(ConfigElement owner) {
    String text = config.childRespawn().orElse("none");
    return switch (text) {
      case "none", "" -> 0;
      case "inf" -> Integer.MAX_VALUE;
      default -> {
        try {
          int number = Integer.parseInt(text);
          yield number < 0 ? Integer.MAX_VALUE : number;
        } catch (NumberFormatException e) {
          throw new ConfigException(
              "child_respawn option argument invalid: none(or 0), inf(or -1) or positive number",
              owner.placeOf("child_respawn"),
              e);
        }
      }
    };
  }
}
