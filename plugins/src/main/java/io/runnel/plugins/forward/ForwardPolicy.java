package io.runnel.plugins.forward;

/**
 * What a server does with messages.
 *
 * @param tag replaces every tag; null for the client's
 * @param tagPrefix goes in front of the tag, with a dot; null for none
 * @param skipInvalid leaves out events without a time or a record; otherwise the message is refused
 * @param zeroIsNow in Forward mode: a time of 0 or nil is the present (it always is in Message
 *     mode)
 * @param decompressionLimit most bytes of a decompressed message
 * @param warnAbove messages of more bytes are mentioned in the log; 0 for none
 * @param answers whether options are read and acknowledgements sent
 * @param remembers whether a message that comes again is stored once
 */
public record ForwardPolicy(
    String tag,
    String tagPrefix,
    boolean skipInvalid,
    boolean zeroIsNow,
    long decompressionLimit,
    long warnAbove,
    boolean answers,
    boolean remembers) {
  String tag(String given) {
    String base = tag == null ? given : tag;
    return tagPrefix == null ? base : tagPrefix + "." + base;
  }
}
