package io.runnel.cli;

import io.runnel.event.Bytes;
import io.runnel.event.EventCursor;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackToJson;
import io.runnel.host.LocalZone;
import io.runnel.time.Strftime;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code runnel binlog cat|head|formats FILE}: prints files of MessagePack events, such as those of
 * secondary_file (fluent-binlog-reader).
 */
@Command(name = "binlog", description = "Prints files of packed events.")
final class BinlogCommand implements Callable<Integer> {
  /** What is to be done. */
  enum Verb {
    cat,
    head,
    formats
  }

  /** Forms of the output. */
  enum OutputFormat {
    out_file,
    json
  }

  @Parameters(index = "0", paramLabel = "COMMAND", description = "cat, head or formats.")
  private Verb verb;

  @Parameters(index = "1", arity = "0..1", paramLabel = "FILE", description = "The file.")
  private Path file;

  @Option(
      names = {"-n", "--count"},
      defaultValue = "5",
      description = "Events shown by head (${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = {"-f", "--format"},
      defaultValue = "out_file",
      description = "out_file or json (${DEFAULT-VALUE}).")
  private OutputFormat format;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this text.")
  private boolean help;

  @Override
  public Integer call() throws IOException {
    if (verb == Verb.formats) {
      for (OutputFormat known : OutputFormat.values()) {
        System.out.println(known);
      }
      return 0;
    }
    if (file == null) {
      System.err.println("a FILE is needed");
      return 1;
    }
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      System.err.println("No such file: " + file);
      return 1;
    }
    return print(content, verb == Verb.head ? count : Long.MAX_VALUE, System.out);
  }

  private int print(byte[] content, long limit, PrintStream out) throws IOException {
    EventCursor cursor = new EventCursor(content, 0, content.length);
    Bytes line = new Bytes();
    try {
      for (long shown = 0; shown < limit && cursor.next(); shown++) {
        line.clear();
        if (format == OutputFormat.out_file) {
          line.utf8(
              Strftime.format(
                  "%Y-%m-%dT%H:%M:%S%:z\t",
                  EventTime.seconds(cursor.time()),
                  EventTime.nanos(cursor.time()),
                  LocalZone.id()));
          line.utf8(file + "\t");
        }
        MsgpackToJson.write(cursor.bytes(), cursor.recordOffset(), cursor.recordLength(), line);
        line.write('\n');
        line.writeTo(out);
      }
      out.flush();
      return 0;
    } catch (MsgpackException e) {
      out.flush();
      System.err.println(
          file + ": no packed events from byte " + cursor.end() + " on: " + e.getMessage());
      return 1;
    }
  }
}
