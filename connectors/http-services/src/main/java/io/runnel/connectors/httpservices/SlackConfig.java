package io.runnel.connectors.httpservices;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import io.runnel.plugins.common.InjectConfig;
import java.util.List;
import java.util.Optional;

@Doc("Posts events to channels of Slack, as one message for each channel and flush.")
record SlackConfig(
    @Doc("URL of an incoming webhook; this, slackbot_url or token is needed.") @Secret
        Optional<String> webhookUrl,
    @Doc("URL of Slackbot's remote control, with its token.") @Secret Optional<String> slackbotUrl,
    @Doc("Token of the web interface.") @Secret Optional<String> token,
    @Doc("URL of the web interface.") @Default("https://slack.com/api/") String apiUrl,
    @Doc("Name that the messages come from.") Optional<String> username,
    @Doc("Color of the messages, such as good or #439FE0.") Optional<String> color,
    @Doc("Posts as the token's user.") Optional<Boolean> asUser,
    @Doc("Emoji beside the messages; or icon_url.") Optional<String> iconEmoji,
    @Doc("Picture beside the messages; or icon_emoji.") Optional<String> iconUrl,
    @Doc("Messages have Slack's markup.") @Default("true") boolean mrkdwn,
    @Doc("Names of channels and users become links.") @Default("true") boolean linkNames,
    @Doc("How messages are read: none or full.") Optional<String> parse,
    @Doc("Makes a channel that is not there (token only).") @Default("false")
        boolean autoChannelsCreate,
    @Doc("URL of a proxy.") Optional<String> httpsProxy,
    @Doc("Channel, without its #; %s stands for the values of channel_keys.") String channel,
    @Doc("Fields for the channel.") List<String> channelKeys,
    @Doc("Title of an attachment for each tag, of its first event; %s stands for values.")
        Optional<String> title,
    @Doc("Fields for the title.") List<String> titleKeys,
    @Doc("Message; %s stands for the values of message_keys.") @Default("%s") String message,
    @Doc("Fields for the message; tag and time are there too.") @Default("message")
        List<String> messageKeys,
    @Doc("Puts messages into the texts of notifications too.") @Default("false")
        boolean verboseFallback,
    @Doc("Names and form of tag and time; %H:%M:%S by default.") Optional<InjectConfig> inject) {
  static final String TIME_FORMAT = "%H:%M:%S";

  static final InjectConfig NO_INJECT =
      new InjectConfig(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          InjectConfig.InjectTimeType.STRING,
          Optional.empty(),
          true,
          false,
          Optional.empty(),
          List.of());
}
