package io.runnel.manager;

import io.runnel.manager.Resource.Destination;
import io.runnel.manager.Resource.PathKind;
import io.runnel.manager.Resource.PathUse;
import io.runnel.manager.Resource.Port;
import io.runnel.manager.Resource.Tail;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds what two configurations, or two sections of one, both want for themselves. */
public final class Clashes {
  private final List<Finding> findings = new ArrayList<>();

  private Clashes() {}

  /** All clashes within and between the configurations, in their order. */
  public static List<Finding> between(List<InstanceConfig> configs) {
    Clashes clashes = new Clashes();
    for (int i = 0; i < configs.size(); i++) {
      clashes.within(configs.get(i));
      for (int j = i + 1; j < configs.size(); j++) {
        clashes.across(configs.get(i), configs.get(j));
      }
    }
    return clashes.findings;
  }

  private void within(InstanceConfig config) {
    List<Resource> all = config.resources();
    for (int i = 0; i < all.size(); i++) {
      for (int j = i + 1; j < all.size(); j++) {
        Resource one = all.get(i);
        Resource two = all.get(j);
        if (!one.slot().equals(two.slot())) {
          compare(config, one, config, two);
        }
      }
    }
  }

  private void across(InstanceConfig one, InstanceConfig two) {
    for (Resource a : one.resources()) {
      for (Resource b : two.resources()) {
        compare(one, a, two, b);
      }
    }
    tails(one, two);
  }

  private void compare(InstanceConfig one, Resource a, InstanceConfig two, Resource b) {
    if (a instanceof Port p && b instanceof Port q) {
      if (portsClash(p, q)) {
        String what =
            p.address().equals(q.address())
                ? p.text() + " is used twice"
                : p.text() + " and " + q.text() + " are the same port";
        add("port", what, one, a, two, b, "give one of them another port");
      }
    } else if (a instanceof PathUse p && b instanceof PathUse q) {
      paths(one, p, two, q);
    }
  }

  static boolean portsClash(Port one, Port two) {
    return one.protocol() == two.protocol()
        && one.number() == two.number()
        && Addresses.overlap(one.address(), two.address());
  }

  private void paths(InstanceConfig one, PathUse a, InstanceConfig two, PathUse b) {
    boolean directories = isDirectory(a.kind());
    if (directories != isDirectory(b.kind())) {
      return;
    }
    if (!directories) {
      if (RealPaths.canonical(a.path()).equals(RealPaths.canonical(b.path()))) {
        add("path", a.text() + " is used twice", one, a, two, b, "give one of them another path");
      }
      return;
    }
    if (a.kind() != b.kind() && one == two) {
      return; // an instance's own buffers lie inside its root_dir
    }
    String p = RealPaths.buffer(a.path());
    String q = RealPaths.buffer(b.path());
    if (p.equals(q)) {
      add("path", a.text() + " is used twice", one, a, two, b, "give one of them another path");
    } else if (one != two && (RealPaths.isInside(p, q) || RealPaths.isInside(q, p))) {
      boolean inner = RealPaths.isInside(p, q);
      String what = (inner ? a.text() : b.text()) + " lies inside " + (inner ? b.text() : a.text());
      add("path", what, one, a, two, b, "keep the directories of instances apart");
    }
  }

  static boolean isDirectory(PathKind kind) {
    return kind == PathKind.BUFFER || kind == PathKind.ROOT_DIR;
  }

  /** One pair is enough: the remedy is the same for all of them. */
  private void tails(InstanceConfig one, InstanceConfig two) {
    Optional<Destination> shared = sharedDestination(one, two);
    if (shared.isEmpty()) {
      return;
    }
    for (Resource a : one.resources()) {
      for (Resource b : two.resources()) {
        if (a instanceof Tail p && b instanceof Tail q) {
          Optional<String> file = TailOverlap.of(p, q);
          if (file.isPresent()) {
            String what =
                file.get()
                    + " is tailed by both, and both send to "
                    + shared.get().target()
                    + ": its lines arrive twice";
            add("tail", what, one, a, two, b, "read it in one of them only");
            return;
          }
        }
      }
    }
  }

  private static Optional<Destination> sharedDestination(InstanceConfig one, InstanceConfig two) {
    Set<String> targets = new HashSet<>();
    for (Resource resource : one.resources()) {
      if (resource instanceof Destination d) {
        targets.add(d.target());
      }
    }
    return two.resources().stream()
        .filter(Destination.class::isInstance)
        .map(Destination.class::cast)
        .filter(d -> targets.contains(d.target()))
        .findFirst();
  }

  private void add(
      String kind,
      String what,
      InstanceConfig one,
      Resource a,
      InstanceConfig two,
      Resource b,
      String hint) {
    List<Finding.Side> sides =
        List.of(
            new Finding.Side(one.label(), a.place(), a.user(), 0),
            new Finding.Side(two.label(), b.place(), b.user(), 0));
    Finding finding = new Finding(kind, true, what, sides, hint, "");
    if (!findings.contains(finding)) {
      findings.add(finding);
    }
  }
}
