package io.runnel.dist.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.dist.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A collector of the built image in the foreground (or another program with Fluentd's command
 * line); what it prints goes to a file.
 */
final class Collector implements AutoCloseable {
  /** All events go to the standard output as one line each: tag, a tab, the record. */
  static final String PRINTED =
      """
      <match fluent.**>
        @type null
      </match>
      <match **>
        @type stdout
        <format>
          @type out_file
          output_time false
        </format>
      </match>
      """;

  private final Process process;
  private final Path output;

  private Collector(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  static Collector start(Image image, Path folder, String config) throws Exception {
    return start(image.runneld(), folder, "runnel", config);
  }

  /** Starts a program that knows Fluentd's options and waits until it says that it runs. */
  static Collector start(String program, Path folder, String name, String config) throws Exception {
    Path file = Files.writeString(folder.resolve(name + ".conf"), config);
    Path output = folder.resolve(name + ".out");
    Process process =
        new ProcessBuilder(program, "-c", file.toString(), "--no-supervisor")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .start();
    Collector collector = new Collector(process, output);
    collector.await("worker is now running");
    return collector;
  }

  String output() {
    try {
      return Files.exists(output) ? Files.readString(output) : "";
    } catch (IOException e) {
      return "";
    }
  }

  /** Waits for a text in what was printed. */
  void await(String text) throws InterruptedException {
    Image.await(
        text,
        () -> {
          assertThat(output().contains(text) || process.isAlive()).as(output()).isTrue();
          return output().contains(text);
        });
  }

  /** The lines printed for a tag, in the form of {@link #PRINTED}. */
  List<String> records(String tag) {
    return output()
        .lines()
        .filter(line -> line.startsWith(tag + "\t"))
        .map(line -> line.substring(tag.length() + 1))
        .toList();
  }

  /** Waits for as many records of a tag. */
  List<String> records(String tag, int count) throws InterruptedException {
    Image.await(count + " records of " + tag + " in " + output, () -> records(tag).size() >= count);
    return records(tag);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
