package io.runnel.manager;

import io.runnel.config.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds in the settings of an instance ({@code /etc/default}) what would fail its start. */
final class SettingsCheck {
  /** How dash and bash begin a message about a script. */
  private static final Pattern SHELL_FAULT = Pattern.compile("^.*?: (?:line )?(\\d+): +(.*)$");

  private SettingsCheck() {}

  static List<Finding> of(String label, Path file) throws IOException {
    List<Finding> findings = new ArrayList<>();
    if (!Files.isRegularFile(file)) {
      return findings; // all of them have defaults
    }
    String fault = syntaxFault(file);
    if (!fault.isEmpty()) {
      Matcher shell = SHELL_FAULT.matcher(fault);
      boolean known = shell.matches();
      Place place = new Place(file.toString(), known ? Integer.parseInt(shell.group(1)) : 0, 0);
      findings.add(finding(label, known ? shell.group(2) : fault, place));
    }
    DefaultsFile defaults = DefaultsFile.read(file);
    String user = defaults.get("RUNNEL_USER");
    if (!user.isEmpty() && !user.contains("$") && !isUser(file, user)) {
      findings.add(finding(label, "no such user: " + user, defaults.place("RUNNEL_USER")));
    }
    return findings;
  }

  /** What the shell that will read the file says of it; empty where it is content. */
  private static String syntaxFault(Path file) throws IOException {
    Process shell =
        new ProcessBuilder("sh", "-n", file.toString())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return said.lines().findFirst().orElse("");
  }

  private static boolean isUser(Path file, String user) {
    try {
      file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static Finding finding(String label, String message, Place place) {
    String where = place.line() == 0 ? place.file() : place.file() + ":" + place.line();
    String excerpt = "error: " + message + "\n  --> " + where + "\n";
    List<Finding.Side> sides = List.of(new Finding.Side(label, place, "", 0));
    return new Finding("config", true, message, sides, null, excerpt);
  }
}
