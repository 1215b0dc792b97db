package io.runnel.connectors.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.runnel.plugin.Input;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.EmittedError;
import io.runnel.testkit.EventSender;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.RunnelProcess;
import io.runnel.testkit.ServerProcess;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What both databases of Debian are asked; each in a class of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path temporary;
  RealDatabase database;

  /** Starts the server that the class has found. */
  void serve(Optional<RealDatabase> found, String name) {
    assumeTrue(found.isPresent(), name + " is not installed and cannot be");
    database = found.get().start();
  }

  @AfterAll
  void close() {
    if (database != null) {
      database.close();
    }
  }

  abstract String adapter();

  abstract String databaseName();

  /** The output {@code sql} in front of the server. */
  String login() {
    return "host 127.0.0.1\nport "
        + database.port()
        + "\nusername runnel\npassword "
        + RealDatabase.PASSWORD
        + "\n";
  }

  String sql(String rest) {
    return login() + "adapter " + adapter() + "\ndatabase " + databaseName() + "\n" + rest;
  }

  OutputDriver driver(PluginType<?, OutputContext, Output> type, String config, String... keys)
      throws Exception {
    return new OutputDriver(new BuiltinPlugins(), keys).start(type, config);
  }

  @Test
  void theTagChoosesTheTableAndColumnsThatRailsKnowsAreFilled() throws Exception {
    database.run("CREATE TABLE main (n INT, txt VARCHAR(20), created_at TIMESTAMP NULL)");
    database.run("CREATE TABLE web (n INT, at VARCHAR(30))");
    String config =
        sql(
            "remove_tag_prefix app.\n"
                + "<inject>\n"
                + "time_key at\n"
                + "time_type string\n"
                + "time_format %F\n"
                + "</inject>\n"
                + "<table>\n"
                + "table main\n"
                + "column_mapping 'n,text:txt'\n"
                + "</table>\n"
                + "<table web.*>\n"
                + "table web\n"
                + "column_mapping n,at\n"
                + "</table>");
    try (OutputDriver driver = driver(SqlOutput.TYPE, config, "tag")) {
      driver.write("app.web.x", Map.of("n", 1L, "text", "a"), Map.of("n", 2L));
      driver.write(
          "app.other", Map.of("n", 3L, "text", "é'\\\"\u0001"), Map.of("text", Map.of("a", 1)));
      assertThat(database.rows("SELECT n, at FROM web ORDER BY n"))
          .containsExactly("1|2017-07-14", "2|2017-07-14");
      assertThat(database.rows("SELECT n, txt FROM main WHERE created_at IS NOT NULL ORDER BY txt"))
          .containsExactlyInAnyOrder("3|é'\\\"\u0001", "null|{\"a\":1}");
    }
  }

  @Test
  void aRowThatIsRefusedGoesToTheErrorLabelAndTheOthersAreWritten() throws Exception {
    database.run("CREATE TABLE strict (n INT PRIMARY KEY, t VARCHAR(3) NOT NULL)");
    String config = sql("<table>\ntable strict\ncolumn_mapping n,t\n</table>");
    try (OutputDriver driver = driver(SqlOutput.TYPE, config, "tag")) {
      driver.write(
          "app",
          Map.of("n", 1L, "t", "a"),
          Map.of("n", 1L, "t", "twice"),
          Map.of("n", 2L, "t", "b"),
          Map.of("n", 3L),
          Map.of("n", "no number", "t", "c"),
          Map.of("n", 4L, "t", "too long"),
          Map.of("n", 5L, "t", "d"));
      assertThat(database.rows("SELECT n, t FROM strict ORDER BY n"))
          .containsExactly("1|a", "2|b", "5|d");
      List<EmittedError> errors = driver.context().emitter().errors();
      assertThat(errors).hasSize(4);
      assertThat(errors.getFirst().error()).hasMessageContaining("the database does not take it");
    }
  }

  @Test
  void withoutFallbackTheChunkIsTriedAgainAndNothingIsWritten() throws Exception {
    database.run("CREATE TABLE whole (n INT PRIMARY KEY)");
    String config = sql("enable_fallback false\n<table>\ntable whole\ncolumn_mapping n\n</table>");
    try (OutputDriver driver = driver(SqlOutput.TYPE, config, "tag")) {
      assertThatThrownBy(() -> driver.write("app", Map.of("n", 1L), Map.of("n", 1L)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot insert into " + databaseName() + ".whole at 127.0.0.1:");
      assertThat(database.rows("SELECT n FROM whole")).isEmpty();
    }
  }

  @Test
  void whatTheOperatorCanMendIsSaidAndTriedAgain() throws Exception {
    String table = "<table>\ntable missing\ncolumn_mapping n\n</table>";
    try (OutputDriver driver = driver(SqlOutput.TYPE, sql(table), "tag")) {
      assertThatThrownBy(() -> driver.write("app", Map.of("n", 1L)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("missing");
      database.run("CREATE TABLE missing (n INT)");
      driver.write("app", Map.of("n", 1L));
      driver.start(
          SqlOutput.TYPE,
          sql(table).replace("password " + RealDatabase.PASSWORD, "password not-the-one"));
      assertThatThrownBy(() -> driver.write("app", Map.of("n", 1L)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("(check username and password)")
          .hasMessageNotContaining("not-the-one");
      driver.start(SqlOutput.TYPE, sql(table).replace("host 127.0.0.1", "host nowhere.invalid"));
      assertThatThrownBy(() -> driver.write("app", Map.of("n", 1L)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("nowhere.invalid");
    }
    assertThat(database.rows("SELECT count(*) FROM missing")).containsExactly("1");
  }

  @Test
  void theInputReadsNewRowsOnceAndGoesOnWhereItStopped() throws Exception {
    database.run("CREATE TABLE feed (id INT PRIMARY KEY, v INT, made TIMESTAMP NULL, f FLOAT)");
    database.run(
        "INSERT INTO feed VALUES (1, 1, '2017-07-14 02:40:00', 1.5), (2, 1, NULL, NULL),"
            + " (3, 1, NULL, NULL), (4, 2, NULL, NULL), (5, 3, NULL, NULL)");
    Path state = temporary.resolve("state/" + adapter());
    String config =
        sql(
            "state_file "
                + state
                + "\nselect_interval 0.1\nselect_limit 2\ntag_prefix db\n"
                + "<table>\ntable feed\ntag new\nupdate_column v\ntime_column made\n"
                + "time_format %Y\n</table>");
    List<Long> read = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      try (TestContext context = new TestContext(new BuiltinPlugins())) {
        Input input = TestPlugins.input(SqlInput.TYPE, config, context);
        input.start();
        List<Emitted> events = context.emitter().await(round == 0 ? 5 : 1);
        events.forEach(event -> read.add((Long) event.record().get("id")));
        if (round == 0) {
          Emitted first =
              events.stream().filter(e -> e.record().get("id").equals(1L)).findFirst().get();
          assertThat(first.tag()).isEqualTo("db.new");
          assertThat(first.record()).containsEntry("made", "2017").containsEntry("f", 1.5);
          assertThat(first.seconds()).isBetween(1_499_900_000L, 1_500_100_000L);
        }
        Await.await(() -> stored(state).contains(read.contains(6L) ? "4" : "3"));
        input.stop();
        input.close();
      }
      database.run("INSERT INTO feed VALUES (" + (6 + round) + ", " + (4 + round) + ", NULL, 0)");
    }
    assertThat(read).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L);
  }

  private static String stored(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void allTablesAreReadByTheirKeysAndTheGemsStateIsTaken() throws Exception {
    database.run("CREATE TABLE every_one (id INT PRIMARY KEY)");
    database.run("CREATE TABLE every_two (a INT, b INT, PRIMARY KEY (a, b))");
    database.run("INSERT INTO every_one VALUES (1), (2)");
    database.run("INSERT INTO every_two VALUES (1, 2)");
    Path state =
        Files.writeString(
            temporary.resolve("gem"), "---\nlast_records:\n  every_one:\n    id: 1\n");
    String config = sql("state_file " + state + "\nselect_interval 0.1\nall_tables");
    try (TestContext context = new TestContext(new BuiltinPlugins())) {
      Input input = TestPlugins.input(SqlInput.TYPE, config, context);
      input.start();
      Await.await(
          () ->
              context.emitter().events().stream()
                  .anyMatch(e -> e.tag().equals("every_one") && e.record().get("id").equals(2L)));
      Await.await(() -> context.log().contains("Can't handle 'every_two' table. Ignoring."));
      input.stop();
      input.close();
      assertThat(context.emitter().events())
          .noneMatch(e -> e.tag().equals("every_one") && e.record().get("id").equals(1L));
    }
  }

  /** Every event that was accepted is a row, whoever was killed when. */
  @Test
  void nothingIsLostWhenServerAndDaemonAreKilled() throws Exception {
    Optional<Path> image = RunnelProcess.image();
    assumeTrue(image.isPresent(), "no image: run scripts/build-image");
    database.run("CREATE TABLE events (n INT)");
    int port = ServerProcess.freePort();
    try (RunnelProcess runnel =
            RunnelProcess.of(image.get(), temporary.resolve("runnel"), config(port));
        EventSender sender = new EventSender(port, "app")) {
      runnel.start();
      send(sender, 0);
      database.kill();
      send(sender, 1000);
      runnel.awaitLog("failed to flush the buffer");
      database.start();
      send(sender, 2000);
      runnel.kill();
      runnel.start();
      send(sender, 3000);
      Await.await(
          PATIENCE,
          () -> "missing rows\n" + runnel.log(),
          () -> database.rows("SELECT count(DISTINCT n) FROM events").equals(List.of("4000")));
      runnel.stop();
      int rows = Integer.parseInt(database.rows("SELECT count(*) FROM events").getFirst());
      System.out.println(adapter() + ": duplicates after two kills: " + (rows - 4000));
      // A transaction whose answer got lost is written again: a chunk or two at most.
      assertThat(rows).isBetween(4000, 6000);
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
      @type sql
      %s
      <table>
        table events
        column_mapping n
      </table>
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
        .formatted(port, sql(driverPath()));
  }

  /** The driver is one that is not among the connector's jars. */
  abstract String driverPath();
}
