package io.runnel.connectors.elasticsearch;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import java.util.Map;
import java.util.Optional;

/** Index lifecycles and aliases, which Elasticsearch alone has. */
record LifecycleConfig(
    @Doc("Manages the indices by a lifecycle policy; needs template_name and template_file.")
        @Default("false")
        boolean enableIlm,
    @Doc("The policy; may hold placeholders.") @Default("logstash-policy") String ilmPolicyId,
    @Doc("Its content; a common one where empty.") Map<String, Object> ilmPolicy,
    @Doc("Policies by their ids, instead of ilm_policy.") Map<String, Object> ilmPolicies,
    @Doc("Replaces a policy that is there.") @Default("false") boolean ilmPolicyOverwrite,
    @Doc("Makes an index behind an alias, that can be rolled over.") Optional<String> rolloverIndex,
    @Doc("The alias; may hold placeholders.") Optional<String> deflectorAlias,
    @Doc("Not used any more.") Optional<String> indexPrefix) {
  boolean rollsOver() {
    return rolloverIndex.isPresent() && !rolloverIndex.get().equals("false");
  }
}
