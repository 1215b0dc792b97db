package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Place;
import io.runnel.config.Problems;
import io.runnel.delivery.BufferParameters.FlushMode;
import io.runnel.plugin.BufferDefaults;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BufferSettingsTest {
  private final Problems problems = new Problems();
  private final ConfigElement output = new ConfigElement("match", "app.**", Place.NONE);

  private ConfigElement buffer(String argument, String... pairs) {
    ConfigElement section = new ConfigElement("buffer", argument, Place.NONE);
    for (int i = 0; i < pairs.length; i += 2) {
      section.set(pairs[i], pairs[i + 1]);
    }
    output.add(section);
    return section;
  }

  private BufferSettings resolve() {
    return BufferSettings.resolve(output, BufferDefaults.none(), true, problems);
  }

  private void refused(String words) {
    assertThatThrownBy(this::resolve)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(words);
    assertThat(problems.hasErrors()).isTrue();
  }

  private List<String> warnings() {
    return problems.all().stream().map(Problems.Problem::message).toList();
  }

  @Test
  void withoutASectionFluentdsDefaultsHold() {
    BufferSettings settings = resolve();
    assertThat(settings.type()).isEqualTo("memory");
    assertThat(settings.chunkKeys()).isEmpty();
    assertThat(settings.flushMode()).isEqualTo(FlushMode.INTERVAL);
    assertThat(settings.flushAtShutdown()).isTrue();
    assertThat(settings.limits().chunkBytes()).isEqualTo(8 << 20);
    assertThat(settings.limits().totalBytes()).isEqualTo(512 << 20);
    assertThat(settings.limits().queuedChunks()).isEqualTo(1);
    assertThat(settings.parameters().flushInterval()).isEqualTo(Duration.ofSeconds(60));
    assertThat(settings.parameters().retryTimeout()).isEqualTo(Duration.ofHours(72));
    assertThat(settings.slowFlushMillis()).isEqualTo(20_000);
  }

  @Test
  void fileBuffersAreLargerAndAreNotFlushedAtAStop() {
    buffer("", "@type", "file", "path", "/b");
    BufferSettings settings = resolve();
    assertThat(settings.limits().chunkBytes()).isEqualTo(256L << 20);
    assertThat(settings.limits().totalBytes()).isEqualTo(64L << 30);
    assertThat(settings.flushAtShutdown()).isFalse();
  }

  @Test
  void defaultsOfTheOutputGiveWayToTheConfiguration() {
    buffer("", "timekey", "1h");
    BufferDefaults defaults =
        BufferDefaults.of(List.of("time"), "@type", "file", "timekey", "86400", "path", "/p");
    BufferSettings settings = BufferSettings.resolve(output, defaults, true, problems);
    assertThat(settings.type()).isEqualTo("file");
    assertThat(settings.view().timekey()).contains(Duration.ofHours(1));
    assertThat(settings.view().path()).contains("/p");
    assertThat(settings.view().hasTime()).isTrue();
    assertThat(settings.flushMode()).isEqualTo(FlushMode.LAZY);
  }

  @Test
  void anEmptyListOfKeysIsNotTheDefault() {
    buffer("[]");
    BufferSettings settings =
        BufferSettings.resolve(output, BufferDefaults.of(List.of("tag")), true, problems);
    assertThat(settings.chunkKeys()).isEmpty();
  }

  @Test
  void keysAreSeparatedByCommas() {
    buffer("time, tag,k,$.a.b", "timekey", "60");
    BufferSettings settings = resolve();
    assertThat(settings.chunkKeys()).containsExactly("time", "tag", "k", "$.a.b");
    assertThat(settings.view().variables()).containsExactly("k", "$.a.b");
    assertThat(warnings()).singleElement().asString().contains("many chunk keys specified");
  }

  @Test
  void timeNeedsATimekey() {
    buffer("time");
    refused("<buffer ...> argument includes 'time', but timekey is not configured");
  }

  @Test
  void keysMustBeWellFormed() {
    buffer("a b");
    refused("chunk_keys specification includes invalid char");
  }

  @Test
  void bracketsAreNoChunkKey() {
    buffer("$['a']");
    refused("bracket notation is not allowed");
  }

  @Test
  void flushIntervalNeedsTheIntervalMode() {
    buffer("", "flush_mode", "immediate", "flush_interval", "5");
    refused(
        "'flush_interval' can't be specified when 'flush_mode' is not 'interval' explicitly:"
            + " 'immediate'");
  }

  @Test
  void flushIntervalBesideADefaultModeIsWarnedAbout() {
    buffer("time", "timekey", "60", "flush_interval", "5");
    assertThat(resolve().flushMode()).isEqualTo(FlushMode.LAZY);
    assertThat(warnings())
        .containsExactly(
            "'flush_interval' is ignored because default 'flush_mode' is not 'interval': 'lazy'");
  }

  @Test
  void queueLimitLengthSetsTheTotal() {
    buffer("", "queue_limit_length", "4", "chunk_limit_size", "1m");
    assertThat(resolve().limits().totalBytes()).isEqualTo(4 << 20);
  }

  @Test
  void aMemoryBufferThatIsNotFlushedIsWarnedAbout() {
    buffer("", "flush_at_shutdown", "false");
    resolve();
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains(
            "'flush_at_shutdown' is false, and buffer plugin 'memory' is not persistent buffer.")
        .contains("your configuration will lose buffered data at shutdown.");
  }

  @Test
  void singleFileBuffersHaveExactlyOneKey() {
    buffer("tag,k", "@type", "file_single");
    refused("2 or more chunk keys is not allowed");
  }

  @Test
  void singleFileBuffersHaveNoTimeKey() {
    buffer("time", "@type", "file_single", "timekey", "60");
    refused("chunk keys must be tag or one field");
  }

  @Test
  void unknownTypesAndParametersAreFound() {
    ConfigElement section = buffer("", "@type", "redis", "no_such", "1");
    refused("Unknown buffer plugin 'redis'");
    assertThat(section.isUsed("@type")).isTrue();
    assertThat(section.isUsed("no_such")).isFalse();
  }

  @Test
  void aSecondaryBesideRetryForeverIsForUnrecoverableErrors() {
    buffer("", "retry_forever", "true");
    output.add(new ConfigElement("secondary", "", Place.NONE));
    resolve();
    assertThat(problems.hasErrors()).isFalse();
    assertThat(warnings())
        .contains(
            "<secondary> with 'retry_forever', only unrecoverable errors are moved to secondary");
  }

  @Test
  void theTimeZoneIsChecked() {
    buffer("time", "timekey", "60", "timekey_zone", "Nowhere");
    refused("Unsupported timezone");
  }

  @Test
  void permissionsAreOctal() {
    assertThat(PosixFilePermissions.toString(BufferSettings.permissions(Optional.of("0640"))))
        .isEqualTo("rw-r-----");
    buffer("", "file_permission", "rw");
    refused("permissions must be octal digits");
  }

  @Test
  void slowFlushThresholdBelongsToTheOutput() {
    output.set("slow_flush_log_threshold", "1.5");
    assertThat(resolve().slowFlushMillis()).isEqualTo(1500);
    assertThat(output.isUsed("slow_flush_log_threshold")).isTrue();
  }
}
