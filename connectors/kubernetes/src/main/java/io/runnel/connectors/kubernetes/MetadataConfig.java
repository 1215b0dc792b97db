package io.runnel.connectors.kubernetes;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Name;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

@Doc("Adds what Kubernetes knows of the pod and the namespace that a record comes from.")
record MetadataConfig(
    @Doc(
            "URL of the API server; https://KUBERNETES_SERVICE_HOST:KUBERNETES_SERVICE_PORT/api of"
                + " the environment where absent.")
        Optional<String> kubernetesUrl,
    @Doc("Pods and namespaces that are kept in memory at most.") @Default("1000") int cacheSize,
    @Doc("Seconds that they are kept; negative for ever.") @Default("3600") int cacheTtl,
    @Doc("Not used: what is not found is asked for again after some seconds.") @Default("true")
        boolean ignoreNil,
    @Doc("Follows the changes of pods and namespaces.") @Default("true") boolean watch,
    @Doc("Version of the API.") @Default("v1") @Name("apiVersion") String apiVersion,
    @Doc("Certificate that this side shows (PEM).") Optional<String> clientCert,
    @Doc("Its private key (PEM).") Optional<String> clientKey,
    @Doc("Certificates of authorities to trust (PEM); ca.crt of secret_dir where absent.")
        Optional<String> caFile,
    @Doc("Whether the server's certificate is verified.") @Default("true") boolean verifySsl,
    @Doc("Seconds that a connection may take.") @Default("3") int openTimeout,
    @Doc("Seconds that an answer may take.") @Default("10") int readTimeout,
    @Doc(
            "Finds namespace, pod_name, container_name and docker_id or pod_uuid, groups of these"
                + " names, in the tag.")
        @Default(MetadataConfig.TAG)
        String tagToKubernetesNameRegexp,
    @Doc("A file with a token, read for each request; token of secret_dir where absent.")
        Optional<String> bearerTokenFile,
    @Doc("Folder of the service account.") @Default("/var/run/secrets/kubernetes.io/serviceaccount")
        String secretDir,
    @Doc("Adds the annotations whose names match one of these expressions.") @Default("")
        List<String> annotationMatch,
    @Doc("Seconds between two lines of statistics in the log; 0 for none.") @Default("30")
        int statsInterval,
    @Doc("Gives records whose namespace is not known another one, so that nobody reads them by it.")
        @Default("true")
        boolean allowOrphans,
    @Doc("That namespace's name.") @Default(".orphaned") String orphanedNamespaceName,
    @Doc("That namespace's id.") @Default("orphaned") String orphanedNamespaceId,
    @Doc("Takes the names from the fields kubernetes and docker of the record, where it has them.")
        @Default("true")
        boolean lookupFromK8sField,
    @Doc("Not used: a certificate of ca_file is trusted whether it is a root or not.")
        @Default("false")
        boolean sslPartialChain,
    @Doc("Leaves out all labels.") @Default("false") boolean skipLabels,
    @Doc("Leaves out the labels of pods.") @Default("false") boolean skipPodLabels,
    @Doc("Leaves out the labels of namespaces.") @Default("false") boolean skipNamespaceLabels,
    @Doc("Leaves out image and image id of the container.") @Default("false")
        boolean skipContainerMetadata,
    @Doc("Leaves out master_url.") @Default("false") boolean skipMasterUrl,
    @Doc("Asks for nothing about namespaces.") @Default("false") boolean skipNamespaceMetadata,
    @Doc("Adds kind and name of what owns the pod.") @Default("false")
        boolean includeOwnerrefsMetadata,
    @Doc("Not used: for the gem's own tests.") Optional<String> testApiAdapter,
    @Doc("Seconds after a failed watch until the next, at first.") @Default("1")
        int watchRetryInterval,
    @Doc("Each further wait is so many times as long.") @Default("2")
        int watchRetryExponentialBackoffBase,
    @Doc("After so many failures in a row they are logged as errors; the watch is tried on.")
        @Default("10")
        int watchRetryMaxTimes,
    @Doc(
            "Takes the names from CONTAINER_NAME of the journal (older gem); where absent, if it is there.")
        Optional<Boolean> useJournal,
    @Doc("Finds the names in CONTAINER_NAME.") @Default(MetadataConfig.CONTAINER)
        String containerNameToKubernetesRegexp,
    @Doc("Replaces dots in the names of labels and annotations (older gem).") @Default("false")
        boolean deDot,
    @Doc("By what.") @Default("_") String deDotSeparator,
    @Doc("Replaces slashes in the names of labels and annotations (older gem).") @Default("false")
        boolean deSlash,
    @Doc("By what.") @Default("__") String deSlashSeparator) {
  private static final String POD =
      "(?<pod_name>[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)";

  static final String TAG =
      "((var\\.log\\.pods)\\.(?<namespace>[^_]+)_"
          + POD
          + "_(?<pod_uuid>[a-z0-9-]*)\\.(?<container_name>.+)\\..*\\.log$"
          + "|(var\\.log\\.containers)\\."
          + POD
          + "_(?<namespace>[^_]+)_(?<container_name>.+)-(?<docker_id>[a-z0-9]{64})\\.log$)";

  static final String CONTAINER =
      "^(?<name_prefix>[^_]+)_(?<container_name>[^\\._]+)(\\.(?<container_hash>[^_]+))?"
          + "_(?<pod_name>[^_]+)_(?<namespace>[^_]+)_[^_]+_[^_]+$";

  Duration open() {
    return Duration.ofSeconds(Math.max(1, openTimeout));
  }

  Duration read() {
    return Duration.ofSeconds(Math.max(1, readTimeout));
  }
}
