package io.runnel.connectors.elasticsearch;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Templates that are put into the cluster: what all outputs of this connector share. */
record TemplateConfig(
    @Doc("A template, together with template_file; may hold placeholders.")
        Optional<String> templateName,
    @Doc("Its content (JSON).") Optional<String> templateFile,
    @Doc("Replaces templates that are there.") @Default("false") boolean templateOverwrite,
    @Doc("Texts in the template and what replaces them; may hold placeholders.")
        Map<String, Object> customizeTemplate,
    @Doc("More templates: name and file.") Map<String, Object> templates,
    @Doc("Uses the older interface of templates (_template).") @Default("true")
        boolean useLegacyTemplate,
    @Doc("Part of the index's name behind an alias.") @Default("default") String applicationName,
    @Doc("The date in the index's name behind an alias; may be empty.") @Default("now/d")
        String indexDatePattern,
    @Doc("Stands between the parts of that name.") @Default("-") String indexSeparator,
    @Doc("Templates are put again with each try of a chunk; only checked to be no less than 0.")
        @Default("10")
        int maxRetryPuttingTemplate,
    @Doc("Has no effect here: the start does not wait for the cluster.") @Default("true")
        boolean failOnPuttingTemplateRetryExceed,
    @Doc("Has no effect here: any failure is tried again.") @Default("true")
        boolean catchTransportExceptionOnRetry,
    @Doc("After this time it is looked again whether templates are there.")
        Optional<Duration> truncateCachesInterval) {}
