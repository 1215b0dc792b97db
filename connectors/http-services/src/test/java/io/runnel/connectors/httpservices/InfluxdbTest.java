package io.runnel.connectors.httpservices;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.event.Event;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.OutputDriver;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The line protocol against a server that is none; InfluxdbIT has the real one. */
class InfluxdbTest {
  private static final FakeHttpServer.Answer OK = new FakeHttpServer.Answer(204, "");
  private static final String PLACE = "host " + Bench.HOST + "\nport " + Bench.PORT + "\n";

  private Bench bench;

  @BeforeEach
  void start() throws IOException {
    bench = new Bench(OK);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private static Map<String, Object> record(Object... fields) {
    Map<String, Object> record = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      record.put((String) fields[i], fields[i + 1]);
    }
    return record;
  }

  @Test
  void anEventIsAPoint() throws Exception {
    bench.start(
        InfluxdbOutput.TYPE,
        PLACE
            + "dbname my db\nuser u\npassword p\ntag_keys host,dc\ntime_precision ms\nsequence_tag seq");
    bench
        .driver()
        .write(
            "app,x y",
            record("host", "a b", "dc", "", "n", 1, "f", 1.5, "ok", true, "s", "say \"hi\"\\"),
            record("host", "c=d", "n", 2),
            record("host", "e", "n", null),
            record("host", "e"),
            record("time", 7, "n", 3));
    assertThat(bench.request(0).target()).isEqualTo("/write?db=my%20db&precision=ms");
    assertThat(bench.request(0).headers()).containsEntry("authorization", "Basic dTpw");
    assertThat(bench.body(0).lines())
        .containsExactly(
            "app\\,x\\ y,host=a\\ b,seq=0 n=1i,f=1.5,ok=true,s=\"say \\\"hi\\\"\\\\\" 1500000000123",
            "app\\,x\\ y,host=c\\=d,seq=1 n=2i 1500000000123",
            "app\\,x\\ y,seq=0 n=3i 7");
    assertThat(bench.driver().context().emitter().errors()).hasSize(1);
  }

  @Test
  void aBadPointIsFoundAndTheOthersAreTaken() throws Exception {
    bench.start(InfluxdbOutput.TYPE, PLACE);
    bench.answerOnce(400, "{\"error\":\"partial write: field type conflict\"}");
    bench.answerOnce(204, "");
    bench.answerOnce(400, "{\"error\":\"partial write: field type conflict\"}");
    bench
        .driver()
        .write(
            bench
                .driver()
                .chunk(
                    "m",
                    new Event(OutputDriver.TIME, record("n", 1)),
                    new Event(OutputDriver.TIME, record("n", "bad"))));
    assertThat(bench.body(1)).isEqualTo("m n=1i 1500000000");
    assertThat(bench.driver().context().emitter().errors())
        .singleElement()
        .satisfies(error -> assertThat(error.record()).isEqualTo(Map.of("n", "bad")));
  }

  @Test
  void itIsADestination() throws Exception {
    Bench.contract(
        InfluxdbOutput.TYPE, PLACE + "password s3cret\nverify_ssl false", "s3cret", OK, 400);
  }
}
