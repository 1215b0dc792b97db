package io.runnel.plugins.filter;

import io.runnel.config.ConfigException;
import io.runnel.config.Doc;
import io.runnel.event.Bytes;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.MsgpackReader;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.KeptEvents;
import io.runnel.regexp.Regexp;
import java.util.List;

/**
 * Keeps or drops events by what their fields match. The conditions are tried in Fluentd's order:
 * all of regexp-and, one of regexp-or, not all of exclude-and, none of exclude-or.
 */
public final class GrepFilter implements Filter {
  public static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("grep", Config.class, GrepFilter::new);

  @Doc("A field and what it must or must not match.")
  record Condition(
      @Doc("The field; a path into the record such as $.a.b too.") String key,
      @Doc("The regular expression.") Regexp pattern) {}

  @Doc("Conditions that are taken together.")
  record Group(
      @Doc("What is kept.") List<Condition> regexp,
      @Doc("What is dropped.") List<Condition> exclude) {}

  @Doc(
      "Keeps or drops events by what their fields match. The parameters regexp1 to regexp20 and"
          + " exclude1 to exclude20 of old versions, a field and a pattern each, are read too.")
  record Config(
      @Doc("Keeps events that match; several must all match.") List<Condition> regexp,
      @Doc("Drops events that match; one of several is enough.") List<Condition> exclude,
      @Doc("Conditions that must all hold.") List<Group> and,
      @Doc("Conditions of which one must hold.") List<Group> or) {}

  private final PluginContext context;
  private final GrepConditions conditions;

  GrepFilter(Config config, PluginContext context) {
    this.context = context;
    this.conditions = new GrepConditions();
    try {
      conditions.addLegacy(context);
      announce(config);
      config.regexp.forEach(c -> conditions.regexpAnd("Duplicate key: ", c.key, c.pattern));
      config.exclude.forEach(c -> conditions.excludeOr("Duplicate key: ", c.key, c.pattern));
      for (Group group : config.and) {
        check(group, "and");
        String fault = "Duplicate key in <and>: ";
        group.regexp.forEach(c -> conditions.regexpAnd(fault, c.key, c.pattern));
        group.exclude.forEach(c -> conditions.excludeAnd(fault, c.key, c.pattern));
      }
      for (Group group : config.or) {
        check(group, "or");
        String fault = "Duplicate key in <or>: ";
        group.regexp.forEach(c -> conditions.regexpOr(fault, c.key, c.pattern));
        group.exclude.forEach(c -> conditions.excludeOr(fault, c.key, c.pattern));
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage(), context.element().place(), e);
    }
  }

  private void announce(Config config) {
    if (config.regexp.size() > 1) {
      context.log().info("Top level multiple <regexp> is interpreted as 'and' condition");
    }
    if (config.exclude.size() > 1) {
      context.log().info("Top level multiple <exclude> is interpreted as 'or' condition");
    }
  }

  private static void check(Group group, String name) {
    if (!group.regexp.isEmpty() && !group.exclude.isEmpty()) {
      throw new IllegalArgumentException(
          "Do not specify both <regexp> and <exclude> in <" + name + ">");
    }
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    MsgpackReader reader = new MsgpackReader(new byte[0]);
    Bytes scratch = new Bytes(0);
    KeptEvents kept = new KeptEvents(stream);
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      kept.add(cursor, keeps(cursor, reader, scratch));
    }
    return kept.take();
  }

  private boolean keeps(EventCursor cursor, MsgpackReader reader, Bytes scratch) {
    try {
      return conditions.keeps(cursor, reader, scratch);
    } catch (RubyFault e) {
      // Fluentd's rule: what cannot be looked at goes on
      context.log().warn("failed to grep events", e);
      return true;
    }
  }
}
