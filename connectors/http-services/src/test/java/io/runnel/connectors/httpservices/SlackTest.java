package io.runnel.connectors.httpservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.log.Level;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.testkit.FakeHttpServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlackTest {
  private static final FakeHttpServer.Answer OK = new FakeHttpServer.Answer(200, "ok");
  private static final String HOOK = "webhook_url " + Bench.ANY + "/services/s3cret\n";

  private Bench bench;

  @BeforeEach
  void start() throws IOException {
    bench = new Bench(OK);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void oneMessageForEachChannel() throws Exception {
    bench.start(
        SlackOutput.TYPE,
        HOOK
            + "channel %s-logs\nchannel_keys team\nmessage \"[%s %s] 100%% %s\"\n"
            + "message_keys tag,time,message\nusername bot\nicon_emoji :x:\nparse full\nutc true");
    bench
        .driver()
        .write(
            "app",
            Map.of("team", "a", "message", "one & <two>"),
            Map.of("team", "b", "message", "x"),
            Map.of("team", "a", "message", "three"));
    assertThat(bench.request(0).target()).isEqualTo("/services/s3cret");
    assertThat(bench.json(0))
        .isEqualTo(
            Map.of(
                "channel", "#a-logs",
                "text", "[app 02:40:00] 100% one &amp; &lt;two&gt;\n[app 02:40:00] 100% three\n",
                "username", "bot",
                "icon_emoji", ":x:",
                "mrkdwn", true,
                "link_names", true,
                "parse", "full"));
    assertThat(((Map<?, ?>) bench.json(1)).get("channel")).isEqualTo("#b-logs");
  }

  @Test
  void colorsAndTitlesAreAttachments() throws Exception {
    bench.start(SlackOutput.TYPE, HOOK + "channel #c\ncolor good\nmrkdwn false\nlink_names false");
    bench.driver().write("app", Map.of("message", "m"));
    assertThat(bench.json(0))
        .isEqualTo(
            Map.of(
                "channel",
                "#c",
                "attachments",
                List.of(Map.of("fallback", "m\n", "text", "m\n", "color", "good"))));
    bench.start(
        SlackOutput.TYPE,
        HOOK + "channel c\ntitle T %s\ntitle_keys tag\nverbose_fallback true\nicon_url http://i/");
    bench.driver().write("app", Map.of("message", "m"), Map.of("message", "n"));
    assertThat(bench.json(1))
        .isEqualTo(
            Map.of(
                "channel",
                "#c",
                "icon_url",
                "http://i/",
                "mrkdwn",
                true,
                "link_names",
                true,
                "attachments",
                List.of(
                    Map.of(
                        "fallback", "T app m\nn\n",
                        "fields", List.of(Map.of("title", "T app", "value", "m\nn\n")),
                        "mrkdwn_in", List.of("text", "fields")))));
  }

  @Test
  void namesAndFormOfTagAndTimeCanBeGiven() throws Exception {
    bench.start(
        SlackOutput.TYPE,
        HOOK
            + "channel c\nmessage %s %s %s\nmessage_keys tg,tm,none\n"
            + "<inject>\ntag_key tg\ntime_key tm\ntime_format %Y\nutc true\n</inject>");
    bench.driver().write("app", Map.of("a", 1));
    assertThat(((Map<?, ?>) bench.json(0)).get("text")).isEqualTo("app 2017 \n");
    assertThat(bench.driver().context().log().texts(Level.WARN))
        .anyMatch(text -> text.contains("the specified key 'none' not found"));
  }

  @Test
  void slackbotTakesText() throws Exception {
    bench.start(
        SlackOutput.TYPE,
        "slackbot_url " + Bench.ANY + "/hooks/slackbot?token=t\nchannel c\nusername u");
    bench.driver().write("app", Map.of("message", "m"));
    assertThat(bench.request(0).target()).isEqualTo("/hooks/slackbot?token=t&channel=%23c");
    assertThat(bench.body(0)).isEqualTo("m\n");
    assertThat(bench.driver().context().log().texts(Level.WARN))
        .anyMatch(text -> text.contains("`username` parameter are not available for Slackbot"));
    bench.answerOnce(200, "channel_not_found");
    assertThatThrownBy(() -> bench.driver().write("app", Map.of("message", "m")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("channel_not_found");
  }

  @Test
  void theWebInterfaceMakesChannels() throws Exception {
    bench.start(
        SlackOutput.TYPE,
        "token s3cret\napi_url "
            + Bench.ANY
            + "/api/\nchannel c\nas_user true\nauto_channels_create true\ncolor good");
    bench.answerOnce(200, "{\"ok\":false,\"error\":\"channel_not_found\"}");
    bench.answerOnce(200, "{\"ok\":true}");
    bench.answerOnce(200, "{\"ok\":true}");
    bench.driver().write("app", Map.of("message", "m"));
    assertThat(bench.request(0).target()).isEqualTo("/api/chat.postMessage");
    assertThat(bench.body(0))
        .contains("channel=%23c")
        .contains("as_user=true")
        .contains("token=s3cret")
        .contains("attachments=%5B%7B");
    assertThat(bench.request(1).target()).isEqualTo("/api/conversations.create");
    assertThat(bench.body(1)).contains("name=c");
    assertThat(bench.request(2).target()).isEqualTo("/api/chat.postMessage");
    bench.answerOnce(200, "{\"ok\":false,\"error\":\"invalid_auth\"}");
    assertThatThrownBy(() -> bench.driver().write("app", Map.of("message", "m")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("invalid_auth (the credentials are wrong");
    bench.answerOnce(200, "{\"ok\":false,\"error\":\"msg_too_long\"}");
    assertThatThrownBy(() -> bench.driver().write("app", Map.of("message", "m")))
        .isInstanceOf(UnrecoverableException.class);
  }

  @Test
  void itIsADestination() throws Exception {
    Bench.contract(SlackOutput.TYPE, HOOK + "channel c", "s3cret", OK, 400);
  }

  @Test
  void wrongConfigurations() {
    for (Map.Entry<String, String> each :
        Map.of(
                "channel c",
                "One of `webhook_url` or `slackbot_url`, or `token` is required",
                HOOK + "channel c\nmessage %s %s",
                "`message`  and `message_keys`".replace("  ", " "),
                HOOK + "channel c\nmessage %d",
                "`message` and `message_keys`",
                HOOK + "channel c\nparse some",
                "`parse` must be either of",
                HOOK + "channel c\nauto_channels_create true",
                "`token` parameter is required",
                HOOK + "channel c\nicon_emoji a\nicon_url b",
                "either of `icon_emoji` or `icon_url`",
                HOOK + "channel c\nas_user true\nusername b",
                "cannot be specified when `as_user`")
            .entrySet()) {
      assertThatThrownBy(() -> bench.start(SlackOutput.TYPE, each.getKey()))
          .as(each.getKey())
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(each.getValue());
    }
  }
}
