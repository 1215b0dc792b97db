package io.runnel.connectors.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import io.runnel.event.Bytes;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.Chunk;
import java.io.IOException;

/** Publishes the events of a chunk that were not confirmed before. Used by one thread. */
final class MessagePublisher {
  private final Channel channel;
  private final String exchange;
  private final String routingKey;
  private final AMQP.BasicProperties.Builder properties;
  private final Headers headers;
  private final Confirms confirms;
  private int index;

  MessagePublisher(
      Channel channel,
      String exchange,
      String routingKey,
      AMQP.BasicProperties.Builder properties,
      Headers headers,
      Confirms confirms) {
    this.channel = channel;
    this.exchange = exchange;
    this.routingKey = routingKey;
    this.properties = properties;
    this.headers = headers;
    this.confirms = confirms;
  }

  void publish(Chunk chunk) throws IOException {
    IOException[] failure = {null};
    chunk.eachStream(
        stream -> {
          if (failure[0] == null) {
            try {
              publish(chunk.tag(), stream);
            } catch (IOException e) {
              failure[0] = e;
            }
          }
        });
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  private void publish(String tag, EventStream stream) throws IOException {
    Bytes json = new Bytes(256);
    for (EventCursor cursor = stream.cursor(); cursor.next(); index++) {
      if (confirms.isDone(index)) {
        continue;
      }
      json.setLength(0);
      MsgpackToJson.write(cursor.bytes(), cursor.recordOffset(), cursor.recordLength(), json);
      AMQP.BasicProperties own =
          properties.headers(headers.of(tag, cursor.time(), cursor.record())).build();
      confirms.sent(channel.getNextPublishSeqNo(), index);
      channel.basicPublish(exchange, routingKey, own, json.toByteArray());
    }
  }
}
