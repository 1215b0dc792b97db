package io.runnel.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Checks of a whole configuration that need no plugin, and the report of what nobody has used. */
public final class ConfigChecks {
  private static final List<String> ROOT_SECTIONS =
      List.of("source", "match", "filter", "label", "worker", "system");
  private static final Set<String> WORKER_SECTIONS = Set.of("source", "match", "filter", "label");

  private final Problems problems;
  private final int workers;
  private final Map<String, List<Owner>> ids = new HashMap<>();
  private final Map<String, List<Owner>> labels = new HashMap<>();
  private final List<Owner> labelUses = new ArrayList<>();
  private final Map<Path, ConfigElement> positionFiles = new HashMap<>();

  /**
   * A name with the workers that see it.
   *
   * @param workers empty for all
   */
  private record Owner(String name, Place place, Set<Integer> workers) {
    boolean meets(Owner other) {
      return workers.isEmpty()
          || other.workers.isEmpty()
          || workers.stream().anyMatch(other.workers::contains);
    }
  }

  private ConfigChecks(Problems problems, int workers) {
    this.problems = problems;
    this.workers = workers;
  }

  /**
   * Checks what stands at the top: names of sections, {@code @type}, duplicate {@code @id}, labels,
   * and the ranges of {@code <worker>}.
   *
   * @param workers number of workers from the command line; 0 to take it from {@code <system>}
   */
  public static void root(ConfigElement root, int workers, Problems problems) {
    int count = workers > 0 ? workers : workersOf(root);
    new ConfigChecks(problems, count).run(root);
  }

  private static int workersOf(ConfigElement root) {
    String text = root.section("system").map(system -> system.peek("workers")).orElse(null);
    Number number = text == null ? 1 : ValueParser.integer("workers", text, false);
    return Math.clamp(number.longValue(), 1, 1024);
  }

  private void run(ConfigElement root) {
    List<ConfigElement> systems = root.sections("system");
    if (systems.size() > 1) {
      problems.error(
          "<system> is duplicated. <system> should be only one",
          systems.get(1).place(),
          "the first one is at " + systems.getFirst().place());
    }
    root.parameters()
        .forEach(
            (key, value) -> {
              if (!root.isUsed(key)) {
                problems.warn(
                    "parameter '" + key + "' in <ROOT> is not used.",
                    value.place(),
                    "parameters belong into a section");
              }
            });
    Set<Integer> ranges = new TreeSet<>();
    for (ConfigElement section : root.sections()) {
      switch (section.name()) {
        case "system" -> {}
        case "worker" -> worker(section, ranges);
        default -> section(section, Set.of(), root);
      }
    }
    resolveLabels();
  }

  private void section(ConfigElement section, Set<Integer> inWorkers, ConfigElement parent) {
    switch (section.name()) {
      case "source", "match", "filter" -> plugin(section, inWorkers);
      case "label" -> label(section, inWorkers);
      default ->
          problems.warn(
              "section <" + section.name() + "> is not used in " + parent,
              section.place(),
              Suggestions.hint(section.name(), ROOT_SECTIONS));
    }
  }

  private void plugin(ConfigElement section, Set<Integer> inWorkers) {
    String type = section.peek(section.has("@type") ? "@type" : "type");
    if (type == null || type.isEmpty()) {
      problems.error(
          "Missing '@type' parameter on <" + section.name() + "> directive", section.place(), null);
    }
    if ("tail".equals(type) && section.peek("pos_file") != null) {
      positionFile(section);
    }
    collect(section, inWorkers);
  }

  /**
   * Two tails cannot share a pos_file, in different workers neither: each would overwrite the
   * other's positions.
   */
  private void positionFile(ConfigElement section) {
    String name = section.peek("pos_file");
    Path path;
    try {
      path = Path.of(name).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      return; // opening it says so
    }
    ConfigElement other = positionFiles.putIfAbsent(path, section);
    if (other != null) {
      String id = other.peek("@id");
      problems.error(
          "Other 'in_tail' plugin already use same pos_file path: plugin_id = "
              + (id == null ? "(none)" : id)
              + ", pos_file path = "
              + name,
          section.placeOf("pos_file"),
          "the other one is at " + other.place());
    }
  }

  /** Collects ids and uses of labels from a plugin's section and what it holds. */
  private void collect(ConfigElement section, Set<Integer> inWorkers) {
    if (section.name().equals("record")) {
      return;
    }
    String idKey = section.has("@id") ? "@id" : "id";
    boolean top = WORKER_SECTIONS.contains(section.name()) || section.name().equals("store");
    String id = idKey.equals("@id") || top ? section.peek(idKey) : null;
    if (id != null && !id.isEmpty()) {
      id(new Owner(id, section.placeOf(idKey), inWorkers));
    }
    String label = section.peek("@label");
    if (label != null && !label.isEmpty() && !label.equals("@ROOT")) {
      labelUses.add(new Owner(label, section.placeOf("@label"), inWorkers));
    }
    section.sections().forEach(child -> collect(child, inWorkers));
  }

  private void id(Owner id) {
    List<Owner> same = ids.computeIfAbsent(id.name(), ignored -> new ArrayList<>());
    for (Owner other : same) {
      if (other.meets(id)) {
        problems.error(
            "Duplicated plugin id `" + id.name() + "`. Check whole configuration and fix it.",
            id.place(),
            "the same @id is at " + other.place());
        break;
      }
    }
    same.add(id);
  }

  private void label(ConfigElement section, Set<Integer> inWorkers) {
    String name = section.argument();
    if (name.isEmpty()) {
      problems.error("Missing symbol argument on <label> directive", section.place(), null);
      return;
    }
    if (name.equals("@ROOT")) {
      problems.error(
          "@ROOT for <label> is not permitted, reserved for getting root router",
          section.place(),
          null);
    }
    Owner label = new Owner(name, section.place(), inWorkers);
    List<Owner> same = labels.computeIfAbsent(name, ignored -> new ArrayList<>());
    for (Owner other : same) {
      if (other.meets(label)) {
        problems.error(
            "Section <label " + name + "> appears twice",
            section.place(),
            "the first one is at " + other.place());
        break;
      }
    }
    same.add(label);
    if (section.sections("match").isEmpty()) {
      problems.error(
          "Missing <match> sections in <label " + name + "> section", section.place(), null);
    }
    for (ConfigElement child : section.sections()) {
      if (child.name().equals("match") || child.name().equals("filter")) {
        plugin(child, inWorkers);
      } else {
        problems.warn(
            "section <" + child.name() + "> is not used in " + section,
            child.place(),
            Suggestions.hint(child.name(), List.of("match", "filter")));
      }
    }
  }

  private void resolveLabels() {
    for (Owner use : labelUses) {
      List<Owner> defined = labels.getOrDefault(use.name(), List.of());
      if (defined.stream().noneMatch(use::meets)) {
        problems.error(
            use.name() + " label not found",
            use.place(),
            Suggestions.hint(use.name(), labels.keySet()));
      }
    }
  }

  private void worker(ConfigElement section, Set<Integer> ranges) {
    Set<Integer> target = new TreeSet<>();
    try {
      target.addAll(workerIds(section, workers));
    } catch (ConfigException e) {
      problems.error(e);
    }
    if (section.argument().indexOf('-') > 0) {
      Set<Integer> collided = new TreeSet<>(target);
      collided.retainAll(ranges);
      if (!collided.isEmpty()) {
        problems.error(
            "specified worker_id<"
                + String.join(", ", collided.stream().map(String::valueOf).toList())
                + "> collisions is detected on <worker> directive.",
            section.place(),
            null);
      }
      ranges.addAll(target);
    }
    for (ConfigElement child : section.sections()) {
      if (WORKER_SECTIONS.contains(child.name())) {
        section(child, target, section);
      } else {
        problems.error(
            "<worker> section cannot have <" + child.name() + "> directive", child.place(), null);
      }
    }
  }

  /**
   * The workers that a {@code <worker N>} or {@code <worker N-M>} is for.
   *
   * @param workers number of workers
   * @throws ConfigException where the argument is malformed or out of range
   */
  public static List<Integer> workerIds(ConfigElement section, int workers) {
    String argument = section.argument().strip();
    if (argument.isEmpty()) {
      throw new ConfigException("Missing worker id on <worker> directive", section.place());
    }
    int dash = argument.indexOf('-', 1);
    int first = workerId(dash < 0 ? argument : argument.substring(0, dash), workers, section);
    int last = dash < 0 ? first : workerId(argument.substring(dash + 1), workers, section);
    if (first > last) {
      throw new ConfigException(
          "greater first_worker_id<"
              + first
              + "> than last_worker_id<"
              + last
              + "> specified by <worker> directive is not allowed. Available multi worker assign"
              + " syntax is <smaller_worker_id>-<greater_worker_id>",
          section.place());
    }
    List<Integer> ids = new ArrayList<>();
    for (int id = first; id <= last; id++) {
      ids.add(id);
    }
    return ids;
  }

  private static int workerId(String text, int workers, ConfigElement section) {
    int id;
    try {
      id = Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      id = -1;
    }
    if (id < 0 || id >= workers) {
      throw new ConfigException(
          "worker id "
              + text.strip()
              + " specified by <worker> directive is not allowed. Available worker id is between 0"
              + " and "
              + (workers - 1),
          section.place());
    }
    return id;
  }

  /**
   * The same with a description that is made only where something is unused: at most starts nothing
   * is.
   */
  public static void unused(
      ConfigElement element, Supplier<SectionDescription> known, Problems problems) {
    if (hasUnused(element)) {
      unused(element, known.get(), problems);
    }
  }

  private static boolean hasUnused(ConfigElement element) {
    return element.parameters().keySet().stream().anyMatch(key -> !element.isUsed(key))
        || element.sections().stream()
            .anyMatch(section -> !section.isSectionUsed() || hasUnused(section));
  }

  /**
   * Warns of parameters and sections that nobody has read, after everything is configured.
   *
   * @param element the section that the plugin was made of (after {@link CompatParameters})
   * @param known what the plugin knows; null where that is not known
   */
  public static void unused(ConfigElement element, SectionDescription known, Problems problems) {
    element
        .parameters()
        .forEach(
            (key, value) -> {
              if (!element.isUsed(key)) {
                problems.warn(
                    "parameter '" + key + "' in " + element + " is not used.",
                    value.place(),
                    hint(key, known));
              }
            });
    String plugin = element.peek("@type");
    for (ConfigElement section : element.sections()) {
      SectionDescription inner = ConfigDump.section(known, section.name());
      if (section.isSectionUsed()) {
        unused(section, inner != null && !inner.plugin() && !inner.free() ? inner : null, problems);
      } else {
        problems.warn(
            "section <"
                + section.name()
                + "> is not used in "
                + element
                + (plugin == null ? "" : " of " + plugin + " plugin"),
            section.place(),
            known == null
                ? null
                : Suggestions.hint(
                    section.name(),
                    known.sections().stream().map(SectionDescription::name).toList()));
      }
    }
  }

  private static String hint(String key, SectionDescription known) {
    if (known == null) {
      return null;
    }
    List<String> names = new ArrayList<>();
    for (ParameterDescription parameter : known.parameters()) {
      names.add(parameter.name());
      names.addAll(parameter.aliases());
    }
    return Suggestions.hint(key, names);
  }
}
