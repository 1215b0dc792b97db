package io.runnel.connectors.webhdfs;

import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.FakeHttpServer.Answer;
import io.runnel.testkit.FakeHttpServer.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A name node and a data node that speak as Hadoop's documentation of WebHDFS says. */
final class FakeHdfs implements AutoCloseable {
  final Map<String, byte[]> files = new ConcurrentHashMap<>();
  final FakeHttpServer name;
  final FakeHttpServer data;
  volatile boolean standby;
  volatile boolean loseNextAnswer;
  volatile String user = "";

  FakeHdfs() throws IOException {
    data = new FakeHttpServer(this::dataNode);
    name = new FakeHttpServer(this::nameNode);
  }

  private static Answer exception(int status, String name, String message) {
    return new Answer(
        status,
        """
        {"RemoteException": {"exception": "%s",
          "javaClassName": "org.apache.hadoop.ipc.%s", "message": "%s"}}
        """
            .formatted(name, name, message));
  }

  private static String path(Request request) {
    return request.target().replaceAll("^/webhdfs/v1|\\?.*", "");
  }

  private static String parameter(Request request, String name) {
    for (String pair : request.target().replaceAll(".*\\?", "").split("&")) {
      if (pair.startsWith(name + "=")) {
        return pair.substring(name.length() + 1);
      }
    }
    return "";
  }

  private Answer nameNode(Request request) {
    if (standby) {
      return exception(403, "StandbyException", "Operation category READ is not supported");
    }
    if (!user.isEmpty() && !parameter(request, "user.name").equals(user)) {
      return exception(403, "AccessControlException", "Permission denied");
    }
    String path = path(request);
    switch (parameter(request, "op")) {
      case "LISTSTATUS":
        return new Answer(200, "{\"FileStatuses\":{\"FileStatus\":[]}}");
      case "GETFILESTATUS":
        return files.containsKey(path)
            ? new Answer(200, "{\"FileStatus\":{\"length\":" + files.get(path).length + "}}")
            : exception(404, "FileNotFoundException", "File does not exist: " + path);
      default:
        if (parameter(request, "data").equals("true")) {
          return dataNode(request);
        }
        return new Answer(
            307, "", Map.of("Location", "http://127.0.0.1:" + data.port() + request.target()));
    }
  }

  private Answer dataNode(Request request) {
    String path = path(request);
    boolean append = parameter(request, "op").equals("APPEND");
    if (!append && files.containsKey(path) && parameter(request, "overwrite").equals("false")) {
      return exception(403, "FileAlreadyExistsException", path);
    }
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    if (append) {
      content.writeBytes(files.get(path));
    }
    content.writeBytes(request.body());
    files.put(path, content.toByteArray());
    if (loseNextAnswer) {
      loseNextAnswer = false;
      return new Answer(502, "gone");
    }
    return new Answer(append ? 200 : 201, "");
  }

  @Override
  public void close() {
    name.close();
    data.close();
  }
}
