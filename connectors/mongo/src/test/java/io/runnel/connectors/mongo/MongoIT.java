package io.runnel.connectors.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.EventSender;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.RunnelProcess;
import io.runnel.testkit.ServerProcess;
import io.runnel.testkit.TestCertificates;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import io.runnel.testkit.TlsProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Against mongo-java-server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MongoIT {
  private static final long TIME = EventTime.pack(1_700_000_000L, 5_000_000);
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private Path folder;
  private RealMongo mongo;
  private MongoClient client;

  @BeforeAll
  void serve(@TempDir Path temporary) throws IOException {
    folder = temporary;
    Optional<RealMongo> server = RealMongo.in(folder.resolve("mongo"));
    assumeTrue(server.isPresent(), "mongo-java-server cannot be had from Maven");
    mongo = server.get().start();
    client = mongo.client();
  }

  @AfterAll
  void close() {
    if (mongo != null) {
      client.close();
      mongo.close();
    }
  }

  private static TestContext context() {
    return new TestContext(new BuiltinPlugins()).buffer(OutputDriver.buffer("tag"));
  }

  private MongoWriter output(String config, TestContext context) {
    return (MongoWriter)
        TestPlugins.output(
            MongoOutput.TYPE, "port " + mongo.port() + "\nhost 127.0.0.1\n" + config, context);
  }

  private void write(String config, TestContext context, Chunk chunk) throws Exception {
    MongoWriter output = output(config, context);
    output.start();
    try {
      output.write(chunk);
    } finally {
      output.stop();
      output.close();
    }
  }

  @SafeVarargs
  private static MemoryChunk chunk(Map<String, ?>... records) {
    EventStream stream = TestPlugins.stream(TIME, records);
    return MemoryChunk.of("app.web", stream);
  }

  private List<Document> documents(String database, String collection) {
    return client.getDatabase(database).getCollection(collection).find().into(new ArrayList<>());
  }

  @Test
  void eventsBecomeDocumentsInTheCollectionOfTheirTag() throws Exception {
    try (TestContext context = context()) {
      write(
          "database ${tag[0]}_db\ntag_mapped\nremove_tag_prefix app",
          context,
          chunk(Map.of("n", 1L), Map.of("n", 2L)));
      List<Document> found = documents("app_db", "web");
      assertThat(found).extracting(d -> d.get("n")).containsExactly(1, 2);
      assertThat(found.getFirst().get("time")).isEqualTo(new Date(1_700_000_000_005L));
      assertThat(found.getFirst().get("_id")).isInstanceOf(ObjectId.class);
    }
  }

  @Test
  void tlsIsUsedAndTheServersAuthorityChecked() throws Exception {
    TestCertificates certificates =
        TestCertificates.in(Files.createDirectories(folder.resolve("tls")), "127.0.0.1");
    TestCertificates others =
        TestCertificates.in(Files.createDirectories(folder.resolve("others")), "127.0.0.1");
    try (TestContext context = context();
        TlsProxy proxy = new TlsProxy(certificates.context(), mongo.port())) {
      sealed(proxy, certificates, 1L, context);
      assertThatThrownBy(() -> sealed(proxy, others, 2L, context))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1:" + proxy.port())
          .hasMessageContaining("certification path");
      assertThat(documents("sealed", "c")).extracting(d -> d.get("n")).containsExactly(1);
    }
  }

  private static void sealed(TlsProxy proxy, TestCertificates trusted, long n, TestContext context)
      throws Exception {
    MongoWriter output =
        (MongoWriter)
            TestPlugins.output(
                MongoOutput.TYPE,
                "host 127.0.0.1\nport "
                    + proxy.port()
                    + "\ndatabase sealed\ncollection c\nssl true\nssl_verify true\nssl_ca_cert "
                    + trusted.authority(),
                context);
    output.start();
    try {
      output.write(chunk(Map.of("n", n)));
    } finally {
      output.stop();
      output.close();
    }
  }

  @Test
  void theSameChunkMakesNoSecondDocuments() throws Exception {
    try (TestContext context = context()) {
      for (String ordered : List.of("true", "false")) {
        String config = "database again\ncollection c" + ordered + "\nordered " + ordered;
        MemoryChunk half = chunk(Map.of("n", 1L), Map.of("n", 2L));
        MemoryChunk whole = chunk(Map.of("n", 1L), Map.of("n", 2L), Map.of("n", 3L));
        write(config, context, half);
        write(config, context, whole);
        write(config, context, whole);
        assertThat(documents("again", "c" + ordered))
            .extracting(d -> d.get("n"))
            .containsExactly(1, 2, 3);
      }
      assertThat(context.emitter().errors()).isEmpty();
    }
  }

  @Test
  void aRefusedDocumentGoesToTheErrorLabelAndTheOthersAreTaken() throws Exception {
    client
        .getDatabase("refused")
        .getCollection("u")
        .createIndex(Indexes.ascending("k"), new IndexOptions().unique(true));
    try (TestContext context = context()) {
      write(
          "database refused\ncollection u",
          context,
          chunk(Map.of("k", 1L), Map.of("k", 1L, "second", true), Map.of("k", 2L)));
      assertThat(documents("refused", "u")).extracting(d -> d.get("k")).containsExactly(1, 2);
      assertThat(context.emitter().errors()).hasSize(1);
      assertThat(context.emitter().errors().getFirst().record()).containsEntry("second", true);
      assertThat(context.emitter().errors().getFirst().error()).hasMessageContaining("E11000");
    }
  }

  @Test
  void anIdThatTheRecordBringsIsKeptAndAnotherDocumentOfThatIdIsRefused() throws Exception {
    try (TestContext context = context()) {
      String config = "database own\ncollection c\ninclude_time_key false";
      MemoryChunk chunk = chunk(Map.of("_id", "x", "n", 1L));
      write(config, context, chunk);
      write(config, context, chunk);
      assertThat(context.emitter().errors()).isEmpty();
      write(config, context, chunk(Map.of("_id", "x", "n", 2L)));
      assertThat(context.emitter().errors()).hasSize(1);
      assertThat(documents("own", "c")).containsExactly(new Document("_id", "x").append("n", 1));
    }
  }

  /** The server of the tests has no capped collections, and says so when it is asked for one. */
  @Test
  void aCappedCollectionIsAskedFor() {
    try (TestContext context = context()) {
      assertThatThrownBy(
              () ->
                  write(
                      "database made\ncollection capped\ncapped\ncapped_size 1m\ncapped_max 100",
                      context,
                      chunk(Map.of("n", 1L))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Creating capped collections is not yet implemented");
    }
  }

  @Test
  void anExpiringIndexIsMadeOnTheFieldOfTheTime() throws Exception {
    try (TestContext context = context()) {
      write(
          "database made\ncollection expires\nexpire_after 120\n<inject>\ntime_key at\n</inject>",
          context,
          chunk(Map.of("n", 1L)));
      List<Document> indexes =
          client.getDatabase("made").getCollection("expires").listIndexes().into(new ArrayList<>());
      assertThat(indexes).extracting(d -> d.get("key")).contains(new Document("at", 1));
      assertThat(documents("made", "expires").getFirst().get("at")).isInstanceOf(Date.class);
    }
  }

  @Test
  void aNameThatMongoDoesNotTakeIsNotTriedAgain() {
    try (TestContext context = context()) {
      assertThatThrownBy(() -> write("database a.b\ncollection c", context, chunk(Map.of("n", 1L))))
          .isInstanceOf(UnrecoverableException.class)
          .hasMessageContaining("cannot insert into a.b.c");
    }
  }

  @Test
  void aLoginThatIsRefusedAndAnUnknownHostAreSaid() {
    try (TestContext context = context()) {
      assertThatThrownBy(
              () ->
                  write(
                      "database a\ncollection c\nuser me\npassword not-the-password",
                      context,
                      chunk(Map.of("n", 1L))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("(check user, password and auth_source)")
          .hasMessageNotContaining("not-the-password");
      assertThatThrownBy(
              () ->
                  write(
                      "connection_string"
                          + " mongodb://nowhere.invalid/a?serverSelectionTimeoutMS=2000\n"
                          + "collection c",
                      context,
                      chunk(Map.of("n", 1L))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot insert into a.c at nowhere.invalid:27017")
          .hasMessageContaining("unknown host nowhere.invalid");
    }
  }

  @Test
  void tailReadsFromTheBeginningAndGoesOnWhereItStopped() throws Exception {
    MongoCollection<Document> collection = client.getDatabase("tail").getCollection("c");
    Path store = folder.resolve("ids/last_id");
    String config =
        """
        host 127.0.0.1
        port %d
        database tail
        collection c
        tag_key tag
        time_key at
        batch_size 2
        id_store_file %s
        """
            .formatted(mongo.port(), store);
    for (int n = 0; n < 5; n++) {
      collection.insertOne(
          new Document("n", n)
              .append("tag", "t" + n % 2)
              .append("at", new Date(1_700_000_000_005L))
              .append("ref", new ObjectId("507f1f77bcf86cd799439011")));
    }
    try (TestContext context = context()) {
      var input = TestPlugins.input(MongoTailInput.TYPE, config, context);
      input.start();
      assertThat(context.emitter().await(5)).hasSize(5);
      Await.await(
          () ->
              stored(store)
                  .equals(
                      collection
                          .find()
                          .sort(new Document("_id", -1))
                          .first()
                          .get("_id")
                          .toString()));
      input.stop();
      input.close();
      var first = context.emitter().events().getFirst();
      assertThat(first.tag()).isEqualTo("t0");
      assertThat(first.time()).isEqualTo(TIME);
      assertThat(first.record())
          .containsEntry("ref", "507f1f77bcf86cd799439011")
          .containsKey("_id_str")
          .doesNotContainKeys("_id", "tag", "at");
    }
    collection.insertOne(new Document("n", 5).append("tag", "t1"));
    try (TestContext context = context()) {
      var input = TestPlugins.input(MongoTailInput.TYPE, config, context);
      input.start();
      assertThat(context.emitter().await(1))
          .extracting(e -> e.record().get("n"))
          .containsExactly(5L);
      input.stop();
      input.close();
    }
  }

  private static String stored(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every event that was accepted is a document, once, whoever was killed when. */
  @Test
  void nothingIsLostOrDoubledWhenServerAndDaemonAreKilled() throws Exception {
    Optional<Path> image = RunnelProcess.image();
    assumeTrue(image.isPresent(), "no image: run scripts/build-image");
    int port = ServerProcess.freePort();
    MongoDatabase database = client.getDatabase("kill");
    try (RunnelProcess runnel =
            RunnelProcess.of(image.get(), folder.resolve("runnel"), config(port));
        EventSender sender = new EventSender(port, "app")) {
      runnel.start();
      send(sender, 0);
      mongo.kill();
      send(sender, 1000);
      runnel.awaitLog("failed to flush the buffer");
      mongo.start();
      send(sender, 2000);
      runnel.kill();
      runnel.start();
      send(sender, 3000);
      MongoCollection<Document> collection = database.getCollection("events");
      Await.await(
          PATIENCE,
          () -> collection.countDocuments() + " documents\n" + runnel.log(),
          () -> collection.distinct("n", Integer.class).into(new ArrayList<>()).size() == 4000);
      runnel.stop();
      assertThat(collection.countDocuments()).as("with duplicates").isEqualTo(4000);
      assertThat(runnel.log()).contains("cannot insert into kill.events at 127.0.0.1:");
    }
  }

  private static void send(EventSender sender, int from) {
    for (int n = from; n < from + 1000; n += 100) {
      sender.send(n, n + 100, each -> "{\"n\":" + each + "}");
    }
  }

  private String config(int port) {
    return """
    <source>
      @type http
      bind 127.0.0.1
      port %d
    </source>
    <match app>
      @type mongo
      connection_string mongodb://127.0.0.1:%d/kill?serverSelectionTimeoutMS=1000
      collection events
      <buffer tag>
        @type file
        path @@DIR@@/buffer
        flush_mode interval
        flush_interval 0.3
        flush_thread_interval 0.1
        retry_type periodic
        retry_wait 1s
      </buffer>
    </match>
    """
        .formatted(port, mongo.port());
  }
}
