package io.runnel.ruby;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A part of a compiled expression. Immutable: one tree serves all threads. */
sealed interface Node {
  Object eval(Run run);

  /** A value that cannot be changed. */
  record Literal(Object value) implements Node {
    @Override
    public Object eval(Run run) {
      return value;
    }
  }

  /** A string with embedded code. */
  record Text(List<Node> parts) implements Node {
    @Override
    public Object eval(Run run) {
      StringBuilder out = new StringBuilder();
      for (Node part : parts) {
        out.append(Values.text(part.eval(run)));
        Limits.characters(out.length());
      }
      return out.toString();
    }
  }

  /** {@code :"…"}. */
  record DynamicSymbol(Node name) implements Node {
    @Override
    public Object eval(Run run) {
      return new RubySymbol(Values.text(name.eval(run)));
    }
  }

  /** A regular expression with embedded code; one without is a {@link Literal}. */
  record Pattern(Node source, String flags) implements Node {
    @Override
    public Object eval(Run run) {
      return RubyRegexp.compile(Values.text(source.eval(run)), flags);
    }
  }

  /** A command in backticks. */
  record Command(Node text) implements Node {
    @Override
    public Object eval(Run run) {
      return RubyHost.command(Values.text(text.eval(run)));
    }
  }

  /** {@code [a, b]}; a {@link Splat} adds all its members. */
  record Array(List<Node> members) implements Node {
    @Override
    public Object eval(Run run) {
      List<Object> list = new ArrayList<>(members.size());
      for (Node member : members) {
        if (member instanceof Splat splat) {
          list.addAll(Lists.of(splat.list.eval(run)));
        } else {
          list.add(member.eval(run));
        }
      }
      return list;
    }
  }

  /** {@code *list} in arguments and arrays. */
  record Splat(Node list) implements Node {
    @Override
    public Object eval(Run run) {
      return list.eval(run);
    }
  }

  /** {@code {a => b}}; a null key adds all of a hash ({@code **h}). */
  record Hash(List<Node> keys, List<Node> values) implements Node {
    @Override
    public Object eval(Run run) {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (int i = 0; i < keys.size(); i++) {
        Object value = values.get(i).eval(run);
        if (keys.get(i) != null) {
          map.put(keys.get(i).eval(run), value);
        } else if (value instanceof Map<?, ?> more) {
          map.putAll(more);
        }
      }
      return map;
    }
  }

  record Range(Node from, Node to, boolean open) implements Node {
    @Override
    public Object eval(Run run) {
      return new RubyRange(
          from == null ? null : from.eval(run), to == null ? null : to.eval(run), open);
    }
  }

  record Local(int slot) implements Node {
    @Override
    public Object eval(Run run) {
      return run.slots[slot];
    }
  }

  record Assign(int slot, Node value) implements Node {
    @Override
    public Object eval(Run run) {
      return run.slots[slot] = value.eval(run);
    }
  }

  /** {@code a, b = list}. */
  record MultiAssign(List<Target> targets, Node value) implements Node {
    @Override
    public Object eval(Run run) {
      Object list = value.eval(run);
      Target.assign(run, targets, list instanceof List<?> l ? l.toArray() : new Object[] {list});
      return list;
    }
  }

  /** A name that is no variable: of the scope, or a function without arguments. */
  record Name(String name, int offset) implements Node {
    @Override
    public Object eval(Run run) {
      Object value = run.scope.get(name);
      if (value != RubyScope.UNKNOWN) {
        return value;
      }
      if (Kernel.NAMES.contains(name)) {
        return Kernel.call(run, name, new Object[0], null);
      }
      List<String> known = new ArrayList<>(run.scope.names());
      known.addAll(Kernel.NAMES);
      throw new RubyException(
          "NameError",
          "undefined local variable or method `" + name + "'" + Nearest.suggestion(name, known),
          offset);
    }
  }

  record Constant(String name, int offset) implements Node {
    @Override
    public Object eval(Run run) {
      try {
        return Constants.get(run, name);
      } catch (RubyException e) {
        throw e.at(offset);
      }
    }
  }

  /** {@code $1}, {@code $~}. */
  record LastMatch(int group) implements Node {
    @Override
    public Object eval(Run run) {
      return group < 0 || run.lastMatch == null ? run.lastMatch : run.lastMatch.group(group);
    }
  }

  /**
   * A call of a method or, without receiver, of a function.
   *
   * @param block null where there is none
   * @param safe {@code &.}: nil where the receiver is nil
   */
  record Call(
      Node receiver, String name, List<Node> arguments, Block block, boolean safe, int offset)
      implements Node {
    @Override
    public Object eval(Run run) {
      Object target = receiver == null ? null : receiver.eval(run);
      if (safe && target == null) {
        return null;
      }
      Object[] values = Node.arguments(run, arguments);
      run.step();
      try {
        return receiver == null
            ? Kernel.call(run, name, values, block)
            : Methods.call(run, target, name, values, block);
      } catch (RubyException e) {
        throw e.at(offset);
      } catch (Jump jump) {
        if (block instanceof Block.Code && jump.kind() == Jump.Kind.BREAK) {
          return jump.value();
        }
        throw jump;
      }
    }
  }

  static Object[] arguments(Run run, List<Node> nodes) {
    Object[] values = new Object[nodes.size()];
    boolean splat = false;
    for (int i = 0; i < values.length; i++) {
      values[i] = nodes.get(i).eval(run);
      splat |= nodes.get(i) instanceof Splat;
    }
    if (!splat) {
      return values;
    }
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (nodes.get(i) instanceof Splat) {
        all.addAll(Lists.of(values[i]));
      } else {
        all.add(values[i]);
      }
    }
    return all.toArray();
  }

  /** {@code receiver[arguments] = value}, or with an operator {@code receiver[…] += value}. */
  record IndexAssign(Node receiver, List<Node> arguments, String operator, Node value, int offset)
      implements Node {
    @Override
    public Object eval(Run run) {
      run.step();
      try {
        Object target = receiver.eval(run);
        Object[] index = Node.arguments(run, arguments);
        Object result;
        if (operator.isEmpty()) {
          result = value.eval(run);
        } else {
          Object old = Methods.call(run, target, "[]", index, null);
          if (operator.equals("||") && Values.truthy(old)
              || operator.equals("&&") && !Values.truthy(old)) {
            return old;
          }
          Object right = value.eval(run);
          boolean logical = operator.equals("||") || operator.equals("&&");
          result = logical ? right : Methods.call(run, old, operator, new Object[] {right}, null);
        }
        Methods.put(target, index, result);
        return result;
      } catch (RubyException e) {
        throw e.at(offset);
      }
    }
  }

  record And(Node left, Node right) implements Node {
    @Override
    public Object eval(Run run) {
      Object value = left.eval(run);
      return Values.truthy(value) ? right.eval(run) : value;
    }
  }

  record Or(Node left, Node right) implements Node {
    @Override
    public Object eval(Run run) {
      Object value = left.eval(run);
      return Values.truthy(value) ? value : right.eval(run);
    }
  }

  record Not(Node value) implements Node {
    @Override
    public Object eval(Run run) {
      return !Values.truthy(value.eval(run));
    }
  }

  record If(Node condition, Node then, Node otherwise) implements Node {
    @Override
    public Object eval(Run run) {
      return Values.truthy(condition.eval(run)) ? then.eval(run) : otherwise.eval(run);
    }
  }

  /** {@code case subject when …}; without subject the conditions themselves count. */
  record Case(Node subject, List<List<Node>> conditions, List<Node> bodies, Node otherwise)
      implements Node {
    @Override
    public Object eval(Run run) {
      Object value = subject == null ? null : subject.eval(run);
      for (int i = 0; i < bodies.size(); i++) {
        for (Node condition : conditions.get(i)) {
          Object test = condition.eval(run);
          boolean hit = subject == null ? Values.truthy(test) : Methods.caseEqual(run, test, value);
          if (hit) {
            return bodies.get(i).eval(run);
          }
        }
      }
      return otherwise.eval(run);
    }
  }

  record While(Node condition, Node body, boolean until) implements Node {
    @Override
    public Object eval(Run run) {
      while (Values.truthy(condition.eval(run)) != until) {
        run.step();
        try {
          body.eval(run);
        } catch (Jump jump) {
          if (jump.kind() == Jump.Kind.BREAK) {
            return jump.value();
          }
          if (jump.kind() == Jump.Kind.RETURN) {
            throw jump;
          }
        }
      }
      return null;
    }
  }

  record Sequence(List<Node> statements) implements Node {
    @Override
    public Object eval(Run run) {
      Object value = null;
      for (Node statement : statements) {
        value = statement.eval(run);
      }
      return value;
    }
  }

  /**
   * {@code begin … rescue => e … ensure … end}.
   *
   * @param slot of the error; -1 where it has no name
   * @param rescue null where there is none
   * @param ensure null where there is none
   */
  record Begin(Node body, int slot, Node rescue, Node ensure) implements Node {
    @Override
    public Object eval(Run run) {
      try {
        return body.eval(run);
      } catch (RubyLimitException e) {
        throw e;
      } catch (RubyException e) {
        if (rescue == null) {
          throw e;
        }
        if (slot >= 0) {
          run.slots[slot] = new RubyError(e.type(), e.getMessage());
        }
        return rescue.eval(run);
      } finally {
        if (ensure != null) {
          ensure.eval(run);
        }
      }
    }
  }

  record Leave(Jump.Kind kind, Node value) implements Node {
    @Override
    public Object eval(Run run) {
      throw new Jump(kind, value.eval(run));
    }
  }
}
