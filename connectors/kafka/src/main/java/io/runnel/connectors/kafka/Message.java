package io.runnel.connectors.kafka;

import java.util.List;
import org.apache.kafka.common.header.Header;

/**
 * What an event is sent as.
 *
 * @param topic what its field says; null where that is not asked or the field says nothing
 * @param partition the number that it must go to; null for none
 * @param partitionKey its hash selects the partition; null for none
 * @param key null for none
 * @param value the formatted record
 */
record Message(
    String topic,
    Integer partition,
    byte[] partitionKey,
    byte[] key,
    List<Header> headers,
    byte[] value) {}
