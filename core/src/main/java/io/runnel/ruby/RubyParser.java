package io.runnel.ruby;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads statements and operators; {@link PrimaryParser} reads what stands between them. There is no
 * separate lexer: whether a slash divides or opens a pattern depends on what is expected, which the
 * parser knows.
 */
final class RubyParser {
  /** Deeper nesting is refused: each level costs some frames of the stack. */
  static final int MAX_DEPTH = 100;

  private static final Set<String> STOPS =
      Set.of("end", "else", "elsif", "when", "rescue", "ensure", "then", "do");

  /** Operators from weak to strong; those of one row bind alike, from left to right. */
  private static final List<List<String>> BINARY =
      List.of(
          List.of("<=>", "===", "==", "=~", "!=", "!~"),
          List.of("<=", ">=", "<", ">"),
          List.of("|", "^"),
          List.of("&"),
          List.of("<<", ">>"),
          List.of("+", "-"),
          List.of("*", "/", "%"));

  private static final List<String> ASSIGNMENTS =
      List.of("||=", "&&=", "**=", "<<=", ">>=", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=");

  private final Scanner in;
  private final PrimaryParser primary;
  final Variables variables = new Variables();
  private int depth;

  RubyParser(Scanner in) {
    this.in = in;
    this.primary = new PrimaryParser(in, this, variables);
  }

  /** Reads a whole text. */
  Node program() {
    Node node = statements();
    if (!in.eof()) {
      throw in.unexpected();
    }
    return node;
  }

  /** Reads the code of {@code #{…}} with its closing brace. */
  Node embedded() {
    Node node = statements();
    in.expect("}");
    return node;
  }

  void enter() {
    if (++depth > MAX_DEPTH) {
      throw in.error("expression is nested deeper than " + MAX_DEPTH);
    }
  }

  void leave() {
    depth--;
  }

  /** Statements up to a closing word or bracket, which is left. */
  Node statements() {
    List<Node> list = new ArrayList<>();
    enter();
    in.terms();
    while (!atStop()) {
      list.add(statement());
      in.space();
      if (in.peek() != ';' && in.peek() != '\n' && !atStop()) {
        throw in.unexpected();
      }
      in.terms();
    }
    leave();
    return list.size() == 1 ? list.getFirst() : new Node.Sequence(List.copyOf(list));
  }

  private boolean atStop() {
    if (in.eof() || in.peek() == '}' || in.peek() == ')' || in.peek() == ']') {
      return true;
    }
    return STOPS.stream().anyMatch(in::seesWord);
  }

  Node statement() {
    Node node = multiAssignment();
    node = node == null ? logical() : node;
    while (true) {
      in.space();
      if (in.takeWord("if")) {
        node = new Node.If(logical(), node, new Node.Literal(null));
      } else if (in.takeWord("unless")) {
        node = new Node.If(logical(), new Node.Literal(null), node);
      } else if (in.takeWord("while")) {
        node = new Node.While(logical(), node, false);
      } else if (in.takeWord("until")) {
        node = new Node.While(logical(), node, true);
      } else if (in.takeWord("rescue")) {
        node = new Node.Begin(node, -1, logical(), null);
      } else {
        return node;
      }
    }
  }

  /** {@code a, b = list}; null where no such thing stands here. */
  private Node multiAssignment() {
    int start = in.at;
    List<String> names = new ArrayList<>();
    do {
      in.space();
      boolean rest = in.take("*");
      String name = in.word();
      if (name.isEmpty()) {
        in.at = start;
        return null;
      }
      names.add(rest ? "*" + name : name);
      in.space();
    } while (in.take(","));
    boolean assignment =
        in.peek() == '=' && in.peek(1) != '=' && in.peek(1) != '~' && in.peek(1) != '>';
    if (names.size() < 2 || !assignment) {
      in.at = start;
      return null;
    }
    in.at++;
    in.lines();
    Node value = expression();
    in.space();
    if (in.peek() == ',') {
      List<Node> members = new ArrayList<>(List.of(value));
      while (in.take(",")) {
        in.lines();
        members.add(expression());
        in.space();
      }
      value = new Node.Array(List.copyOf(members));
    }
    List<Target> targets = new ArrayList<>();
    for (String name : names) {
      boolean rest = name.startsWith("*");
      int slot = variables.assign(rest ? name.substring(1) : name);
      targets.add(rest ? new Target.Rest(slot) : new Target.Slot(slot));
    }
    return new Node.MultiAssign(List.copyOf(targets), value);
  }

  /** {@code and or not}. */
  Node logical() {
    Node left = negation();
    while (true) {
      in.space();
      if (in.takeWord("and")) {
        in.lines();
        left = new Node.And(left, negation());
      } else if (in.takeWord("or")) {
        in.lines();
        left = new Node.Or(left, negation());
      } else {
        return left;
      }
    }
  }

  private Node negation() {
    in.space();
    return in.takeWord("not") ? new Node.Not(negation()) : expression();
  }

  /** An expression with assignment. */
  Node expression() {
    enter();
    try {
      in.space();
      Node left = ternary();
      in.space();
      int offset = in.at;
      boolean plain =
          in.peek() == '=' && in.peek(1) != '=' && in.peek(1) != '~' && in.peek(1) != '>';
      if (plain) {
        in.at++;
        return assign(left, "", offset);
      }
      for (String operator : ASSIGNMENTS) {
        if (in.take(operator)) {
          return assign(left, operator.substring(0, operator.length() - 1), offset);
        }
      }
      return left;
    } finally {
      leave();
    }
  }

  private Node assign(Node left, String operator, int offset) {
    in.lines();
    if (left instanceof Node.Call call && call.name().equals("[]") && call.receiver() != null) {
      return new Node.IndexAssign(
          call.receiver(), call.arguments(), operator, value(), call.offset());
    }
    int slot =
        switch (left) {
          case Node.Local local -> local.slot();
          case Node.Name name -> variables.assign(name.name());
          default -> throw new RubyException("SyntaxError", "this cannot be assigned to", offset);
        };
    Node value = value();
    Node local = new Node.Local(slot);
    return switch (operator) {
      case "" -> new Node.Assign(slot, value);
      case "||" -> new Node.Or(local, new Node.Assign(slot, value));
      case "&&" -> new Node.And(local, new Node.Assign(slot, value));
      default -> new Node.Assign(slot, call(local, operator, value, offset));
    };
  }

  /** The right side of an assignment; several values make a list. */
  private Node value() {
    Node value = expression();
    in.space();
    if (in.takeWord("rescue")) {
      return new Node.Begin(value, -1, expression(), null);
    }
    return value;
  }

  private static Node call(Node left, String operator, Node right, int offset) {
    return new Node.Call(left, operator, List.of(right), null, false, offset);
  }

  Node ternary() {
    Node condition = range();
    in.space();
    if (in.peek() != '?') {
      return condition;
    }
    in.at++;
    in.lines();
    Node then = expression();
    in.lines();
    in.expect(":");
    in.lines();
    return new Node.If(condition, then, expression());
  }

  private Node range() {
    in.space();
    if (in.sees("..") && !in.eof()) {
      boolean open = in.take("...") || !in.take("..");
      return new Node.Range(null, or(), open);
    }
    Node from = or();
    in.space();
    if (!in.sees("..")) {
      return from;
    }
    boolean open = in.take("...") || !in.take("..");
    in.space();
    char next = in.peek();
    boolean endless = in.eof() || next == ')' || next == ']' || next == '\n' || next == ';';
    return new Node.Range(from, endless ? null : or(), open);
  }

  private Node or() {
    Node left = and();
    while (true) {
      in.space();
      if (!in.sees("||") || in.peek(2) == '=') {
        return left;
      }
      in.at += 2;
      in.lines();
      left = new Node.Or(left, and());
    }
  }

  private Node and() {
    Node left = binary(0);
    while (true) {
      in.space();
      if (!in.sees("&&") || in.peek(2) == '=') {
        return left;
      }
      in.at += 2;
      in.lines();
      left = new Node.And(left, binary(0));
    }
  }

  private Node binary(int row) {
    if (row == BINARY.size()) {
      return unary();
    }
    Node left = binary(row + 1);
    while (true) {
      in.space();
      String operator = operator(BINARY.get(row));
      if (operator == null) {
        return left;
      }
      int offset = in.at;
      in.at += operator.length();
      in.lines();
      Node right = binary(row + 1);
      left =
          switch (operator) {
            case "!=" -> new Node.Not(call(left, "==", right, offset));
            case "!~" -> new Node.Not(call(left, "=~", right, offset));
            case "<<" -> append(left, right, offset);
            default -> call(left, operator, right, offset);
          };
    }
  }

  /** {@code variable << text} changes the variable: strings are values here. */
  private static Node append(Node left, Node right, int offset) {
    Node call = call(left, "<<", right, offset);
    return left instanceof Node.Local local ? new Node.Assign(local.slot(), call) : call;
  }

  private String operator(List<String> operators) {
    for (String operator : operators) {
      if (!in.sees(operator)) {
        continue;
      }
      char next = in.peek(operator.length());
      boolean comparison = "<>=!".indexOf(operator.charAt(0)) >= 0 && !isShift(operator);
      boolean longer =
          !comparison && next == '='
              || operator.length() == 1 && "|&*<>".contains(operator) && next == operator.charAt(0)
              || operator.equals("&") && next == '.'
              || in.sees("<=>") && !operator.equals("<=>");
      if (!longer) {
        return operator;
      }
    }
    return null;
  }

  private static boolean isShift(String operator) {
    return operator.equals("<<") || operator.equals(">>");
  }

  private Node unary() {
    in.space();
    int offset = in.at;
    if (in.peek() == '!' && in.peek(1) != '=' && in.peek(1) != '~') {
      in.at++;
      return new Node.Not(nested());
    }
    if (in.peek() == '-' && Scanner.isDigit(in.peek(1))) {
      in.at++;
      Node number = primary.postfix(negative(primary.number()));
      return power(number, offset);
    }
    if (in.peek() == '-' || in.peek() == '+' || in.peek() == '~') {
      String name = in.peek() + "@";
      in.at++;
      return new Node.Call(nested(), name, List.of(), null, false, offset);
    }
    return power(primary.expression(), offset);
  }

  private Node nested() {
    enter();
    Node node = unary();
    leave();
    return node;
  }

  private static Node negative(Node number) {
    Object value = ((Node.Literal) number).value();
    return new Node.Literal(Numbers.negate(value));
  }

  private Node power(Node base, int offset) {
    in.space();
    if (!in.sees("**") || in.peek(2) == '=') {
      return base;
    }
    in.at += 2;
    in.lines();
    return call(base, "**", nested(), offset);
  }
}
