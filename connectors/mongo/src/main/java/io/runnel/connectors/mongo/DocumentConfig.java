package io.runnel.connectors.mongo;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import java.util.List;
import java.util.Optional;

/** How a record becomes a document. */
record DocumentConfig(
    @Doc("What stands in place of a dot in keys; dots stay where it is not given.")
        Optional<String> replaceDotInKeyWith,
    @Doc("What stands in place of a dollar sign in front of keys.")
        Optional<String> replaceDollarInKeyWith,
    @Doc("Fields that become dates: seconds or milliseconds since the epoch, or text.")
        List<String> dateKeys,
    @Doc("Text in date_keys may hold a number.") @Default("false") boolean parseStringNumberDate,
    @Doc("Fields with 24 hexadecimal digits that become ObjectIds.") List<String> objectIdKeys) {}
