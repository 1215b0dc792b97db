package io.runnel.connectors.redis;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Obsolete;
import io.runnel.config.Secret;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.Injector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;

/**
 * The output {@code redis}: each event as a hash of its own.
 *
 * <p>Its key is made of the tag, the time slice and a number. The gem counts from 0 in each chunk,
 * so a second chunk of the same slice overwrites the first. Here a chunk reserves its numbers: a
 * hash beside the data remembers for a day which chunk begins where, so one that is sent again
 * meets its own keys.
 */
final class RedisOutput implements BufferedOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("redis", Config.class, RedisOutput::new)
          .legacy(LegacyParameters.BUFFER, LegacyParameters.INJECT)
          .buffered(
              BufferDefaults.of(List.of("tag", "time"), "timekey", "60", "chunk_limit_size", "8m"));

  private static final int CONNECT_MILLIS = 5000;
  private static final String RESERVED = "runnel:reserved:";

  /** Gives a chunk its first number; the same again where it has one. */
  private static final String RESERVE =
      "local first = redis.call('HGET', KEYS[1], ARGV[1]) "
          + "if first then return tonumber(first) end "
          + "first = redis.call('HINCRBY', KEYS[1], 'next', ARGV[2]) - ARGV[2] "
          + "redis.call('HSET', KEYS[1], ARGV[1], first) "
          + "redis.call('EXPIRE', KEYS[1], 86400) "
          + "return first";

  @Doc("Writes each event as a hash of Redis.")
  record Config(
      @Doc("The server's host.") @Default("localhost") String host,
      @Doc("The server's port.") @Default("6379") int port,
      @Doc("Number of the database.") @Default("0") int dbNumber,
      @Doc("The password.") @Secret Optional<String> password,
      @Doc("First part of the keys; may hold placeholders of the chunk keys.") @Default("${tag}")
          String insertKeyPrefix,
      @Doc("Second part of the keys: the time slice in letters of strftime.") @Default("%s")
          String strftimeFormat,
      @Doc("The keys are insert_key_prefix alone, so an event changes the one before it.")
          @Default("false")
          boolean allowDuplicateKey,
      @Doc("Seconds after which a key is forgotten; 0 and less for never.") @Default("-1") long ttl,
      @Doc("Not used any more.") @Obsolete("add or remove the namespace in insert_key_prefix")
          Optional<String> namespace,
      @Doc("Fields that are added to each record.") Optional<InjectConfig> inject) {}

  private final Config config;
  private final OutputContext context;
  private final Server server;
  private final Injector injector;

  RedisOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    if (!context.buffer().hasTag()) {
      throw new ConfigException("'tag' in chunk_keys is required.", context.element().place());
    }
    if (!context.buffer().hasTime()) {
      throw new ConfigException("'time' in chunk_keys is required.", context.element().place());
    }
    server = new Server(config.host, config.port, config.dbNumber, config.password, CONNECT_MILLIS);
    injector = Injector.of(config.inject, context);
  }

  @Override
  public void close() {
    server.close();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    String prefix = chunk.expand(config.insertKeyPrefix);
    List<String> parts = new ArrayList<>(List.of(prefix, chunk.expand(config.strftimeFormat)));
    if (context.workers() > 1) {
      parts.add(Integer.toString(context.workerId()));
    }
    String identifier = String.join(".", parts);
    ChunkTransaction[] done = {null};
    IOException[] unreadable = {null};
    server.use(
        connection -> {
          long first = config.allowDuplicateKey ? 0 : reserve(connection, identifier, chunk);
          done[0] = new ChunkTransaction(connection);
          try {
            done[0].run(
                chunk,
                (index, event) ->
                    commands(
                        config.allowDuplicateKey ? prefix : identifier + "." + (first + index),
                        chunk.tag(),
                        event),
                List.of());
          } catch (IOException e) {
            unreadable[0] = e;
          }
        });
    if (unreadable[0] != null) {
      throw unreadable[0];
    }
    done[0].report(chunk.tag(), context.emitter());
  }

  private static long reserve(Connection connection, String identifier, Chunk chunk) {
    Command eval =
        Command.of(
            Protocol.Command.EVAL,
            RESERVE,
            1,
            RESERVED + identifier,
            chunk.hexId(),
            chunk.records());
    connection.sendCommand(eval.name(), eval.arguments());
    return connection.getIntegerReply();
  }

  private List<Command> commands(String key, String tag, Event event) {
    Map<String, Object> record =
        injector.isEmpty()
            ? event.record()
            : injector.inject(tag, EventStream.of(event)).events().getFirst().record();
    if (record.isEmpty()) {
      throw new IllegalArgumentException("the record has no fields");
    }
    Object[] arguments = new Object[1 + 2 * record.size()];
    int i = 0;
    arguments[i++] = key;
    for (Map.Entry<String, Object> field : record.entrySet()) {
      arguments[i++] = field.getKey();
      arguments[i++] = field.getValue();
    }
    Command set = Command.of(Protocol.Command.HMSET, arguments);
    return config.ttl > 0
        ? List.of(set, Command.of(Protocol.Command.EXPIRE, key, config.ttl))
        : List.of(set);
  }
}
