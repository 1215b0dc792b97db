package io.runnel.connectors.httpservices;

import io.runnel.config.ConfigElement;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Name;
import io.runnel.config.PluginSection;
import io.runnel.config.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

@Doc("Sends events to Splunk's HTTP Event Collector.")
record SplunkConfig(
    @Doc("http or https.") @Default("https") Scheme protocol,
    @Doc("Host of the collector; this or full_url is needed.") @Default("") String hecHost,
    @Doc("Its port.") @Default("8088") int hecPort,
    @Doc("Path of its interface.") @Default("services/collector") String hecEndpoint,
    @Doc("URL in front of that path, instead of protocol, host and port.") @Default("")
        String fullUrl,
    @Doc("The token.") @Secret String hecToken,
    @Doc("Not used: a connection that the server has closed is noticed.") @Default("5")
        int idleTimeout,
    @Doc("Wait for the answer; 60 s where absent.") Optional<Duration> readTimeout,
    @Doc("Wait for a connection; 60 s where absent.") Optional<Duration> openTimeout,
    @Doc("A file with this client's certificate (PEM).") Optional<String> clientCert,
    @Doc("Its private key.") Optional<String> clientKey,
    @Doc("A file with certificates of authorities to trust (PEM).") Optional<String> caFile,
    @Doc("A folder with certificates of authorities to trust (PEM).") Optional<String> caPath,
    @Doc("Ciphers that are allowed, OpenSSL's names.") List<String> sslCiphers,
    @Doc("Not used: TLS is 1.2 or newer.") @Default("true") boolean requireSslMinVersion,
    @Doc("Accepts any certificate.") @Default("false") boolean insecureSsl,
    @Doc("event or metric.") @Default("event") DataType dataType,
    @Doc("Index; may hold ${tag}.") Optional<String> index,
    @Doc("The field with the index; dots lead into maps.") Optional<String> indexKey,
    @Doc("Host of the events; this machine's name where absent. May hold ${tag}.")
        Optional<String> host,
    @Doc("The field with the host.") Optional<String> hostKey,
    @Doc("Source of the events; may hold ${tag}.") Optional<String> source,
    @Doc("The field with the source.") Optional<String> sourceKey,
    @Doc("Source type; may hold ${tag}.") Optional<String> sourcetype,
    @Doc("The field with the source type.") Optional<String> sourcetypeKey,
    @Doc("The field with Splunk's time of the event; the event's own where absent.")
        Optional<String> timeKey,
    @Doc("Each field of a record is a metric; false where metric_name_key is given.")
        @Default("true")
        boolean metricsFromEvent,
    @Doc("The field with a metric's name.") Optional<String> metricNameKey,
    @Doc("The field with its value.") Optional<String> metricValueKey,
    @Doc("Leaves the fields of the …_key parameters in the record.") @Default("false")
        boolean keepKeys,
    @Doc("Compresses the bodies.") @Default("false") boolean gzipCompression,
    @Doc("Name of the application, in a header.") @Default("hec_plugin_gem") String appName,
    @Doc("Its version.") @Default("runnel") String appVersion,
    @Doc("More headers.") Map<String, String> customHeaders,
    @Doc("Fields that are indexed, or a metric's dimensions: a name, and a field where it differs.")
        Optional<ConfigElement> fields,
    @Doc("What the collector refuses (4xx) leaves the buffer; false tries it again.")
        @Default("true")
        @Name("consume_chunk_on_4xx_errors")
        boolean consumeChunkOn4xxErrors,
    @Doc("How an event is written; json sends it as an object.") @Default("json")
        PluginSection format,
    @Doc("Replaces bytes that are no UTF-8.") @Default("true") boolean coerceToUtf8,
    @Doc("… by this.") @Default(" ") String nonUtf8ReplacementString) {
  enum Scheme {
    HTTP,
    HTTPS
  }

  enum DataType {
    EVENT,
    METRIC
  }
}
