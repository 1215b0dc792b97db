package io.runnel.connectors.elasticsearch;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import io.runnel.net.TlsVersion;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** How the cluster is reached: what all outputs of this connector share. */
record ConnectionConfig(
    @Doc("Host; may hold placeholders of the chunk keys.") @Default("localhost") String host,
    @Doc("Port.") @Default("9200") int port,
    @Doc("User of the basic authentication; %{…} around it is taken off.") Optional<String> user,
    @Doc("Password of the basic authentication; %{…} around it is taken off.") @Secret("")
        Optional<String> password,
    @Doc("Path in front of the interface's own, where a proxy wants one.") Optional<String> path,
    @Doc("For host, and for hosts without one.") @Default("http") Scheme scheme,
    @Doc("Several hosts with commas between them: host, host:port or URLs; replaces host and port.")
        Optional<String> hosts,
    @Doc("How long connecting, sending and waiting may take.") @Default("5")
        Duration requestTimeout,
    @Doc("Asks the cluster for its nodes from time to time and talks to those instead of hosts.")
        @Default("false")
        boolean reloadConnections,
    @Doc("Asks the cluster for its nodes after a failure.") @Default("false")
        boolean reloadOnFailure,
    @Doc("Requests between two questions for the nodes; -1: 10000.") @Default("-1") int reloadAfter,
    @Doc("How long a host that failed is left alone while others work.") @Default("60")
        Duration resurrectAfter,
    @Doc("Makes a new connection after an error; here always so.") @Default("false")
        boolean reconnectOnError,
    @Doc("false accepts any certificate.") @Default("true") boolean sslVerify,
    @Doc("Certificates of authorities to trust (PEM).") Optional<String> caFile,
    @Doc("Certificate that this side shows (PEM).") Optional<String> clientCert,
    @Doc("Its private key (PEM).") Optional<String> clientKey,
    @Doc("Passphrase of the private key.") @Secret("") Optional<String> clientKeyPass,
    @Doc("Version of TLS; 1.2 and 1.3 are used unless min and max are given.") @Default("TLSv1_2")
        TlsVersion sslVersion,
    @Doc("Lowest version of TLS, together with ssl_max_version.")
        Optional<TlsVersion> sslMinVersion,
    @Doc("Highest version of TLS, together with ssl_min_version.")
        Optional<TlsVersion> sslMaxVersion,
    @Doc("More headers of all requests.") Map<String, Object> customHeaders,
    @Doc("Compresses the requests with gzip.") @Default("no_compression")
        CompressionLevel compressionLevel,
    @Doc("Logs each request.") @Default("false") boolean withTransporterLog,
    @Doc("A Ruby class; has no effect here.") Optional<String> snifferClassName,
    @Doc("A Ruby class; has no effect here.") Optional<String> selectorClassName,
    @Doc("A Ruby library; has no effect here.") @Default("excon") HttpBackend httpBackend,
    @Doc("Has no effect here.") @Default("true") boolean httpBackendExconNonblock,
    @Doc("Has no effect here: there is no client library.") @Default("false")
        boolean validateClientVersion,
    @Doc("A Ruby library; has no effect here.") @Default("false") boolean preferOjSerializer) {
  /** {@code http_backend}. */
  enum HttpBackend {
    EXCON,
    TYPHOEUS
  }
}
