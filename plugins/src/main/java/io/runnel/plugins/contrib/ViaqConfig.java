package io.runnel.plugins.contrib;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import java.util.List;
import java.util.Optional;

/** The parameters of the filter viaq_data_model. */
final class ViaqConfig {
  private ViaqConfig() {}

  /** {@code type} of a formatter. */
  enum RecordKind {
    SYS_JOURNAL,
    K8S_JOURNAL,
    SYS_VAR_LOG,
    K8S_JSON_FILE
  }

  /** {@code name_type}. */
  enum NameType {
    OPERATIONS_FULL,
    PROJECT_FULL,
    OPERATIONS_PREFIX,
    PROJECT_PREFIX,
    AUDIT_FULL,
    AUDIT_PREFIX,
    STATIC,
    STRUCTURED;

    /** True where the name ends with the day. */
    boolean isFull() {
      return this == OPERATIONS_FULL || this == PROJECT_FULL || this == AUDIT_FULL;
    }
  }

  /** {@code pipeline_type}. */
  enum PipelineType {
    COLLECTOR,
    NORMALIZER
  }

  @Doc("How the records of some tags are brought into the data model; the first that matches.")
  record Formatter(
      @Doc("false leaves the records of these tags as they are.") @Default("true") boolean enabled,
      @Doc("Where the records come from: the journal, /var/log, or files of containers.")
          RecordKind type,
      @Doc("Patterns of tags, with spaces between.") String tag,
      @Doc("Fields that are removed at the end.") List<String> removeKeys,
      @Doc("Takes events of Kubernetes apart; as the filter says where it is absent.")
          Optional<Boolean> processKubernetesEvents) {}

  @Doc("A level for the messages that match; ten at most are tried, in their order.")
  record Level(@Doc("The level.") String name, @Doc("The regular expression.") String match) {}

  @Doc("The name of the index for some tags; the first that matches.")
  record IndexName(
      @Doc("false gives the records of these tags no name.") @Default("true") boolean enabled,
      @Doc("Patterns of tags, with spaces between.") String tag,
      @Doc("How the name is made.") NameType nameType,
      @Doc("The name, for static, and for structured where there is no other.") @Default("")
          String staticIndexName,
      @Doc(
              "An annotation PREFIX/CONTAINER of the pod holds the middle of the name, for"
                  + " structured.")
          Optional<String> structuredTypeAnnotationPrefix,
      @Doc("The field, with dots, that holds the middle of the name, for structured.")
          Optional<String> structuredTypeKey,
      @Doc("The middle of the name, for structured.") Optional<String> structuredTypeName) {}

  @Doc("Brings records into ViaQ's data model, as OpenShift's collector does.")
  record Config(
      @Doc("Fields that belong to the data model.") List<String> defaultKeepFields,
      @Doc("More of them.") List<String> extraKeepFields,
      @Doc("Fields that stay where they are empty; they belong to the data model too.")
          @Default("message")
          List<String> keepEmptyFields,
      @Doc("Moves all other fields into one.") @Default("false") boolean useUndefined,
      @Doc("The name of that one.") @Default("undefined") String undefinedName,
      @Doc("Turns the other fields into texts.") @Default("false") boolean undefinedToString,
      @Doc("Stands in place of the dots in the names of the other fields; UNUSED: they stay.")
          @Default("UNUSED")
          String undefinedDotReplaceChar,
      @Doc("More fields than these are put into one, as JSON text; -1: no limit.") @Default("-1")
          int undefinedMaxNumFields,
      @Doc("Renames the field with the time.") @Default("true") boolean renameTime,
      @Doc("Renames it where there is none of the new name.") @Default("false")
          boolean renameTimeIfMissing,
      @Doc("The field with the time.") @Default("time") String srcTimeName,
      @Doc("Its new name.") @Default("@timestamp") String destTimeName,
      @Doc("Formatters.") List<Formatter> formatter,
      @Doc("Levels.") List<Level> level,
      @Doc("The key in pipeline_metadata.") @Default("collector") PipelineType pipelineType,
      @Doc("Names of indices.") List<IndexName> elasticsearchIndexName,
      @Doc("The field for names with a day.") @Default("viaq_index_name")
          String elasticsearchIndexNameField,
      @Doc("The field for other names.") @Default("viaq_index_prefix")
          String elasticsearchIndexPrefixField,
      @Doc("Takes events of Kubernetes apart.") @Default("true") boolean processKubernetesEvents,
      @Doc("The name for records of a project without its name or id.") @Default(".orphaned")
          String orphanedNamespaceName,
      @Doc("Removes empty fields.") @Default("true") boolean enablePruneEmptyFields,
      @Doc("Numbers the records in openshift.sequence and adds openshift.cluster_id.")
          @Default("false")
          boolean enableOpenshiftModel,
      @Doc("Adds kubernetes.flat_labels: the labels as texts KEY=VALUE.") @Default("false")
          boolean enableFlattenLabels,
      @Doc("Removes kubernetes.labels.") @Default("false") boolean enablePruneLabels,
      @Doc("Labels that stay all the same.") List<String> pruneLabelsExclusions) {}
}
