package io.runnel.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The manifest of the DaemonSet: its parts fit together, and its configuration loads. */
class KubernetesManifestIT {
  private static final Path MANIFEST =
      Path.of(System.getProperty("runnel.basedir"), "packaging/kubernetes/runnel-daemonset.yaml");

  @TempDir Path folder;

  private final Image image = Image.built();

  private static List<Map<?, ?>> documents() throws Exception {
    List<Map<?, ?>> documents = new ArrayList<>();
    for (Object each :
        new Load(LoadSettings.builder().build()).loadAllFromString(Files.readString(MANIFEST))) {
      documents.add((Map<?, ?>) each);
    }
    return documents;
  }

  private static Map<?, ?> document(String kind) throws Exception {
    return documents().stream()
        .filter(each -> kind.equals(each.get("kind")))
        .findFirst()
        .orElseThrow();
  }

  /** A value below maps and lists. */
  private static Object at(Object value, Object... path) {
    Object found = value;
    for (Object step : path) {
      found =
          step instanceof Integer index
              ? ((List<?>) found).get(index)
              : ((Map<?, ?>) found).get(step);
    }
    return found;
  }

  @Test
  void theConfigurationLoadsWithoutAWarning() throws Exception {
    String config =
        ((String) at(document("ConfigMap"), "data", "runnel.conf"))
            .replace("/var/lib/runnel", folder.resolve("state").toString());
    Path file = Files.writeString(folder.resolve("runnel.conf"), config);
    Image.Result result = image.runneld("--dry-run", "-c", file.toString());
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output())
        .doesNotContain("[warn]")
        .contains("type=\"kubernetes_metadata\"", "finished dry run mode");
  }

  @Test
  void theRightsAreThoseOfTheFilterAndNoMore() throws Exception {
    assertThat(at(document("ClusterRole"), "rules"))
        .isEqualTo(
            List.of(
                Map.of(
                    "apiGroups", List.of(""),
                    "resources", List.of("pods", "namespaces"),
                    "verbs", List.of("get", "list", "watch"))));
    assertThat(at(document("ClusterRoleBinding"), "subjects", 0))
        .isEqualTo(Map.of("kind", "ServiceAccount", "name", "runnel", "namespace", "logging"));
    assertThat(at(document("ClusterRoleBinding"), "roleRef", "name")).isEqualTo("runnel");
    assertThat(at(document("ServiceAccount"), "metadata", "namespace")).isEqualTo("logging");
  }

  @Test
  void thePodHasWhatTheConfigurationNames() throws Exception {
    Object pod = at(document("DaemonSet"), "spec", "template", "spec");
    Object container = at(pod, "containers", 0);
    assertThat(at(pod, "serviceAccountName")).isEqualTo("runnel");
    assertThat(at(container, "env", 0, "name")).isEqualTo("K8S_NODE_NAME");
    assertThat(at(container, "env", 0, "valueFrom", "fieldRef", "fieldPath"))
        .isEqualTo("spec.nodeName");
    assertThat((List<?>) at(container, "volumeMounts"))
        .extracting(mount -> at(mount, "mountPath").toString())
        .contains("/var/log", "/var/lib/runnel", "/etc/runnel", "/tmp");
    assertThat((List<?>) at(container, "volumeMounts"))
        .extracting(mount -> at(mount, "name"))
        .isEqualTo(
            ((List<?>) at(pod, "volumes")).stream().map(volume -> at(volume, "name")).toList());
    Object security = at(container, "securityContext");
    assertThat(at(security, "readOnlyRootFilesystem")).isEqualTo(true);
    assertThat(at(security, "allowPrivilegeEscalation")).isEqualTo(false);
    assertThat(at(security, "capabilities", "drop")).isEqualTo(List.of("ALL"));
    assertThat(at(container, "resources", "limits")).asString().contains("memory");
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      assertThat(at(container, probe, "httpGet"))
          .isEqualTo(Map.of("path", "/metrics", "port", "metrics"));
    }
    assertThat(at(container, "ports", 0, "containerPort")).isEqualTo(24231);
    assertThat((String) at(document("ConfigMap"), "data", "runnel.conf")).contains("port 24231");
  }
}
