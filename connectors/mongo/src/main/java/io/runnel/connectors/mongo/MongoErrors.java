package io.runnel.connectors.mongo;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.client.MongoClient;
import com.mongodb.connection.ServerDescription;
import io.runnel.plugin.UnrecoverableException;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/** What the driver's errors mean for a chunk, in words for the operator. */
final class MongoErrors {
  private static final int UNAUTHORIZED = 13;
  private static final int AUTHENTICATION_FAILED = 18;
  private static final int INVALID_NAMESPACE = 73;

  /**
   * Codes of a document's failure that have nothing to do with the document: the server stops, is
   * no primary any more, has no room, took too long.
   */
  private static final Set<Integer> PASSING =
      Set.of(
          6,
          7,
          50,
          64,
          79,
          89,
          91,
          112,
          189,
          202,
          262,
          9001,
          10058,
          10107,
          11600,
          11602,
          13435,
          13436,
          14031,
          UNAUTHORIZED);

  private MongoErrors() {}

  /** True where the same document may be taken later. */
  static boolean isPassing(int code) {
    return PASSING.contains(code);
  }

  /**
   * What to throw.
   *
   * @param what was tried: {@code insert into db.collection}
   * @throws UnrecoverableException where it will never work
   * @throws InterruptedException where the thread was interrupted
   */
  static IOException of(String what, Servers servers, MongoClient client, MongoException e)
      throws InterruptedException {
    if (e instanceof MongoInterruptedException) {
      throw new InterruptedException(what);
    }
    if (e instanceof MongoCommandException command && command.getErrorCode() == INVALID_NAMESPACE) {
      throw new UnrecoverableException("cannot " + what + ": " + e.getMessage(), e);
    }
    return new IOException(
        "cannot " + what + " at " + servers.named() + ": " + reason(client, e) + hint(e), e);
  }

  /** The servers' own errors where the driver only says that it found none. */
  private static String reason(MongoClient client, MongoException e) {
    if (!(e instanceof MongoTimeoutException)) {
      return e instanceof MongoSecurityException && e.getCause() != null
          ? e.getCause().getMessage()
          : e.getMessage();
    }
    Set<String> reasons = new LinkedHashSet<>();
    for (ServerDescription server : client.getClusterDescription().getServerDescriptions()) {
      if (server.getException() != null) {
        reasons.add(rootOf(server.getException()));
      }
    }
    return reasons.isEmpty() ? e.getMessage() : String.join("; ", reasons);
  }

  private static String rootOf(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root instanceof java.net.UnknownHostException
        ? "unknown host " + root.getMessage()
        : root.getMessage();
  }

  private static String hint(MongoException e) {
    if (e instanceof MongoSecurityException || e.getCode() == AUTHENTICATION_FAILED) {
      return " (check user, password and auth_source)";
    }
    if (e.getCode() == UNAUTHORIZED) {
      return " (the user may not do this: grant the role readWrite)";
    }
    return "";
  }
}
