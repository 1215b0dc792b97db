package io.runnel.connectors.amqp;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import io.runnel.net.TlsContext;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** Makes connections, and words of what goes wrong with them. Immutable. */
final class Broker {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int ANSWER_MILLIS = 20_000;

  private final BrokerConfig config;
  private final ConnectionFactory factory = new ConnectionFactory();
  private final String connectionName;

  /**
   * @param connectionName what the broker's lists show
   * @throws io.runnel.config.ConfigException where a certificate cannot be read
   */
  Broker(BrokerConfig config, String connectionName) {
    this.config = config;
    this.connectionName = connectionName;
    factory.setUsername(config.user());
    factory.setPassword(config.pass());
    factory.setVirtualHost(config.vhost());
    factory.setPort(config.port());
    factory.setRequestedHeartbeat(config.heartbeat());
    factory.setConnectionTimeout(CONNECT_MILLIS);
    factory.setHandshakeTimeout(ANSWER_MILLIS);
    factory.setChannelRpcTimeout(ANSWER_MILLIS);
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    factory.setClientProperties(Map.of("product", "runnel"));
    config
        .tlsConfig()
        .ifPresent(
            tls -> {
              TlsContext context = tls.context();
              factory.useSslProtocol(context.context());
              if (context.verifyHostname()) {
                factory.enableHostnameVerification();
              }
            });
  }

  Connection connect() throws IOException, TimeoutException {
    List<Address> addresses = new ArrayList<>();
    config.allHosts().forEach(host -> addresses.add(new Address(host, config.port())));
    return factory.newConnection(addresses, connectionName);
  }

  /** For messages. */
  String named() {
    return String.join(",", config.allHosts()) + ":" + config.port();
  }

  /**
   * What to throw, or to log.
   *
   * @param what was tried
   */
  IOException failure(String what, Exception e) {
    String text = "cannot " + what + " at " + named() + ": " + reason(e);
    boolean login =
        e instanceof AuthenticationFailureException
            || e instanceof PossibleAuthenticationFailureException;
    return new IOException(login ? text + " (check user, pass and vhost)" : text, e);
  }

  private static String reason(Throwable error) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof UnknownHostException) {
        return "unknown host " + each.getMessage();
      }
      if (each instanceof ShutdownSignalException closed
          && !(each instanceof AlreadyClosedException)) {
        return closed.getReason() == null ? closed.getMessage() : replyText(closed);
      }
    }
    return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
  }

  /** {@code NOT_FOUND - no exchange 'x' in vhost '/'} out of what the client makes of it. */
  private static String replyText(ShutdownSignalException closed) {
    String text = closed.getReason().toString();
    int from = text.indexOf("reply-text=");
    int to = text.indexOf(", class-id");
    return from >= 0 && to > from ? text.substring(from + "reply-text=".length(), to) : text;
  }
}
