package io.runnel.connectors.webhdfs;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Obsolete;
import io.runnel.config.PluginSection;
import io.runnel.plugins.common.InjectConfig;
import java.util.Optional;

@Doc("Writes events into files of Hadoop's HDFS, over WebHDFS or HttpFS.")
record WebhdfsConfig(
    @Doc("The name node's, or the gateway's host.") Optional<String> host,
    @Doc("Its port.") @Default("50070") int port,
    @Doc("The name node as host:port, in place of host and port.") Optional<String> namenode,
    @Doc("The name node that takes over, as host:port.") Optional<String> standbyNamenode,
    @Doc("Has no effect: the start does not wait for the name node.") @Default("false")
        boolean ignoreStartCheckError,
    @Doc(
            "The file's path; may hold placeholders of the chunk keys and strftime letters, and"
                + " ${chunk_id}, %{uuid_flush}.")
        String path,
    @Doc("The user whose files they are.") Optional<String> username,
    @Doc("The server is an HttpFS gateway.") @Default("false") boolean httpfs,
    @Doc("Seconds that a connection may take.") @Default("30") int openTimeout,
    @Doc("Seconds to wait for an answer.") @Default("60") int readTimeout,
    @Doc("Has no effect: the buffer tries again.") @Default("false") boolean retryKnownErrors,
    @Doc("Has no effect, as retry_known_errors.") Optional<Integer> retryInterval,
    @Doc("Has no effect, as retry_known_errors.") Optional<Integer> retryTimes,
    @Doc("After so many failures in a row the standby name node is tried.") @Default("11")
        int failuresBeforeUseStandby,
    @Doc("Ends each event with a line end.") @Default("true") boolean endWithNewline,
    @Doc("Appends to a file that is there; else each chunk is a file, and path holds ${chunk_id}.")
        @Default("true")
        boolean append,
    @Doc("Connects with TLS.") @Default("false") boolean ssl,
    @Doc("Certificates of authorities to trust (PEM).") Optional<String> sslCaFile,
    @Doc("peer checks the server's certificate.") @Default("none") VerifyMode sslVerifyMode,
    @Doc("Refused: Kerberos is not supported.") @Default("false") boolean kerberos,
    @Doc("Refused, as kerberos.") Optional<String> kerberosKeytab,
    @Doc("Refused, as kerberos.") @Default("false") boolean renewKerberosDelegationToken,
    @Doc("How files are compressed: text, gzip or zstd.") @Default("text") String compress,
    @Doc("What stands behind the path; that of the compression where it is not given.")
        Optional<String> extension,
    @Doc("How events are written; times are UTC unless it says otherwise.") @Default("out_file")
        PluginSection format,
    @Doc("Fields that are added to each record.") Optional<InjectConfig> inject,
    @Doc("Refused: the form of 0.12.")
        @Obsolete("use <format> instead: json, ltsv, or tsv with keys")
        Optional<String> outputDataType) {

  /** {@code ssl_verify_mode}. */
  enum VerifyMode {
    NONE,
    PEER
  }
}
