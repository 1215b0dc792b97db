package io.runnel.connectors.aws;

import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/** An error that a service of Amazon answered with. */
final class AwsException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Those that are about what was sent; all others time or an operator can mend. */
  private static final Set<String> ABOUT_DATA =
      Set.of(
          "ValidationException",
          "InvalidArgumentException",
          "InvalidParameterException",
          "SerializationException",
          "InvalidKMSResourceException");

  private static final Set<String> ABOUT_KEYS =
      Set.of(
          "UnrecognizedClientException",
          "InvalidSignatureException",
          "IncompleteSignatureException",
          "MissingAuthenticationTokenException",
          "InvalidClientTokenId",
          "AccessDeniedException");

  private final String type;

  private AwsException(String type, String message) {
    super(message);
    this.type = type;
  }

  static AwsException of(String what, HttpResponse answer, Map<?, ?> body) {
    Object named = body.get("__type");
    String type = named == null ? "" : named.toString();
    type = type.substring(type.lastIndexOf('#') + 1);
    Object text = body.get("message") != null ? body.get("message") : body.get("Message");
    String hint = "";
    if (ABOUT_KEYS.contains(type)) {
      hint = " (the credentials are wrong or may not do this)";
    } else if (type.equals("ExpiredTokenException")) {
      hint = " (the credentials have expired)";
    } else if (type.equals("ResourceNotFoundException")) {
      hint = " (a name or the region is wrong)";
    }
    String reason = type.isEmpty() ? answer.toString() : type + ": " + text;
    return new AwsException(
        type, what + " answered " + (type.isEmpty() ? "" : answer.status() + " ") + reason + hint);
  }

  /** The service's name for it; empty where it gave none. */
  String type() {
    return type;
  }

  /** True where the same request never succeeds. */
  boolean isAboutData() {
    return ABOUT_DATA.contains(type);
  }
}
