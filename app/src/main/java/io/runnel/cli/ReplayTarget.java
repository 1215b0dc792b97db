package io.runnel.cli;

import io.runnel.host.Clock;
import io.runnel.net.TlsClientConfig;
import io.runnel.net.TlsContext;
import io.runnel.plugins.output.ForwardSender;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The forward server that chunks are sent to. */
final class ReplayTarget {
  @Option(
      names = "--to",
      paramLabel = "HOST:PORT",
      description = "A forward server; each message waits for its ack.")
  String address;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "For the connection and for each ack (${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  @Option(names = "--tls", description = "Use TLS; the certificate must name HOST.")
  private boolean tls;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "Trusted certificates (PEM); the machine's own where not given.")
  private Path ca;

  @Option(names = "--tls-insecure", description = "Accept any certificate.")
  private boolean insecure;

  @Option(
      names = "--shared-key-file",
      paramLabel = "FILE",
      description = "Holds the shared key of the server: command lines are for all to see.")
  private Path sharedKeyFile;

  @Option(names = "--username", paramLabel = "USER", description = "Where the server asks for one.")
  private String username = "";

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "Holds the password of USER.")
  private Path passwordFile;

  ForwardSender connect() throws IOException {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, Math.max(0, colon)).replaceAll("^\\[|\\]$", "");
    int port = -1;
    try {
      port = Integer.parseInt(address.substring(colon + 1));
    } catch (NumberFormatException e) {
      port = -1;
    }
    if (host.isEmpty() || port < 1 || port > 65_535) {
      throw new IOException("--to '" + address + "': HOST:PORT is needed, such as 10.0.0.5:24224");
    }
    Optional<ForwardSender.Login> login = Optional.empty();
    if (sharedKeyFile != null) {
      String self = InetAddress.getLocalHost().getHostName();
      String password = passwordFile == null ? "" : secret(passwordFile);
      login = Optional.of(new ForwardSender.Login(self, secret(sharedKeyFile), username, password));
    }
    int millis = Math.multiplyExact(Math.max(1, timeoutSeconds), 1000);
    return ForwardSender.connect(host, port, tlsContext(), login, millis, Clock.system());
  }

  private Optional<TlsContext> tlsContext() {
    if (!tls && ca == null && !insecure) {
      return Optional.empty();
    }
    TlsClientConfig config =
        new TlsClientConfig(
            ca == null ? List.of() : List.of(ca.toString()),
            insecure,
            !insecure,
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "TLSv1_2",
            Optional.empty(),
            Optional.empty(),
            "ALL:!aNULL:!eNULL:!SSLv2");
    return Optional.of(config.context());
  }

  private static String secret(Path file) throws IOException {
    return Files.readString(file).strip();
  }
}
