package io.runnel.plugins.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.log.Level;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** copy and roundrobin. */
class CopyOutputTest {
  /** Each store notes the streams that it gets here; those of type {@code bad} refuse them. */
  private final List<String> seen = new ArrayList<>();

  private final List<EventStream> streams = new ArrayList<>();
  private final TestContext context = new TestContext(new Stores());

  record NoConfig() {}

  private final class Stores implements PluginCatalog {
    @Override
    public PluginType<?, ?, ?> find(PluginKind kind, String name) {
      return PluginType.<NoConfig>output(name, NoConfig.class, this::store);
    }

    private UnbufferedOutput store(NoConfig config, OutputContext storeContext) {
      return (tag, stream) -> {
        if ("bad".equals(storeContext.element().type())) {
          throw new IllegalStateException("refused");
        }
        seen.add(storeContext.pluginId());
        streams.add(stream);
      };
    }

    @Override
    public List<String> names(PluginKind kind) {
      return List.of();
    }
  }

  private static EventStream stream() {
    EventBuilder builder = new EventBuilder();
    builder.add(EventTime.pack(1, 0), Map.of("a", 1));
    return builder.take();
  }

  private CopyOutput copy(String config) {
    return (CopyOutput) TestPlugins.output(CopyOutput.TYPE, config, context);
  }

  private static String store(String argument, String type, String id) {
    return "<store " + argument + ">\n@type " + type + "\n@id " + id + "\n</store>\n";
  }

  @Test
  void everyStoreGetsTheStreamInOrder() {
    copy(store("", "good", "one") + store("", "good", "two")).process("t", stream());
    assertThat(seen).containsExactly("one", "two");
    assertThat(streams.get(0)).isSameAs(streams.get(1));
  }

  @Test
  void copiesAreDecodedApartWhereAsked() {
    CopyOutput output =
        copy("copy_mode deep\n" + store("", "good", "one") + store("", "good", "two"));
    EventStream stream = stream();
    output.process("t", stream);
    assertThat(streams.get(0).events().getFirst().record())
        .isNotSameAs(streams.get(1).events().getFirst().record())
        .isEqualTo(stream.events().getFirst().record());
  }

  @Test
  void anErrorStopsTheStoresAfterIt() {
    CopyOutput output = copy(store("", "bad", "one") + store("", "good", "two"));
    assertThatThrownBy(() -> output.process("t", stream())).hasMessage("refused");
    assertThat(seen).isEmpty();
  }

  @Test
  void ignoredErrorsAreLogged() {
    copy(store("ignore_error", "bad", "one") + store("", "good", "two")).process("t", stream());
    assertThat(seen).containsExactly("two");
    assertThat(context.log().texts(Level.ERROR).getFirst()).startsWith("ignore emit error in one");
  }

  @Test
  void aStoreCanStandInForTheOneBefore() {
    copy(store("ignore_error", "bad", "one")
            + store("ignore_if_prev_success", "good", "two")
            + store("ignore_error ignore_if_prev_success", "good", "three"))
        .process("t", stream());
    assertThat(seen).containsExactly("two");
  }

  @Test
  void wrongStoresAreRefused() {
    assertRefused("", "'<store>' sections are required");
    assertRefused("<store>\n</store>", "Missing '@type' parameter in <store> section");
    assertRefused(
        store("ignore_if_prev_success", "good", "one"),
        "ignore_if_prev_success must specify 2nd or later <store> directives");
  }

  private void assertRefused(String config, String message) {
    assertThatThrownBy(() -> copy(config)).isInstanceOf(ConfigException.class).hasMessage(message);
  }

  @Test
  void roundrobinGivesStreamsByWeight() {
    String heavy = "<store>\n@type good\n@id heavy\nweight 2\n</store>\n";
    RoundrobinOutput output =
        (RoundrobinOutput)
            TestPlugins.output(RoundrobinOutput.TYPE, store("", "good", "light") + heavy, context);
    for (int i = 0; i < 6; i++) {
      output.process("t", stream());
    }
    assertThat(seen).hasSize(6).containsOnly("light", "heavy");
    assertThat(seen.stream().filter("heavy"::equals)).hasSize(4);
  }
}
