package io.runnel.ruby;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads literals, names and calls; {@link KeywordParser} reads what a word opens. */
final class PrimaryParser {
  /** Words that are no names. */
  private static final Set<String> WORDS =
      Set.of(
          "nil", "true", "false", "and", "or", "not", "if", "unless", "else", "elsif", "end",
          "then", "do", "while", "until", "case", "when", "begin", "rescue", "ensure", "return",
          "next", "break", "self", "in");

  /** Words of Ruby that are not part of this subset. */
  private static final Set<String> UNSUPPORTED =
      Set.of(
          "def",
          "class",
          "module",
          "yield",
          "super",
          "alias",
          "undef",
          "for",
          "BEGIN",
          "END",
          "lambda",
          "proc",
          "eval",
          "instance_eval",
          "send",
          "define_method",
          "self",
          "redo",
          "retry");

  private final Scanner in;
  private final RubyParser parser;
  private final Variables variables;
  private final LiteralParser literals;
  private final KeywordParser keywords;

  /** Above 0 where {@code do} belongs to a loop. */
  private int noDo;

  PrimaryParser(Scanner in, RubyParser parser, Variables variables) {
    this.in = in;
    this.parser = parser;
    this.variables = variables;
    this.literals = new LiteralParser(in, parser::embedded);
    this.keywords = new KeywordParser(in, parser, this, variables);
  }

  Node number() {
    return literals.number();
  }

  /** Something with all its calls and indexes. */
  Node expression() {
    return postfix(primary());
  }

  private Node primary() {
    in.space();
    Node literal = literals.literal();
    if (literal != null) {
      return literal;
    }
    char c = in.peek();
    switch (c) {
      case '(' -> {
        in.at++;
        Node inner = parser.statements();
        in.expect(")");
        return inner;
      }
      case '[' -> {
        in.at++;
        return new Node.Array(arguments("]"));
      }
      case '{' -> {
        in.at++;
        return hash();
      }
      case '$' -> {
        return global();
      }
      default -> {
        if (Scanner.isWordStart(c)) {
          return word();
        }
        if (in.sees("->") || c == '@') {
          throw in.error("syntax error: `" + (c == '@' ? "@" : "->") + "' is not supported");
        }
        throw in.unexpected();
      }
    }
  }

  private Node global() {
    in.at++;
    if (in.take("~")) {
      return new Node.LastMatch(-1);
    }
    if (Scanner.isDigit(in.peek())) {
      int group = in.peek() - '0';
      in.at++;
      return new Node.LastMatch(group);
    }
    throw in.error("global variables are not supported");
  }

  private Node word() {
    int offset = in.at;
    if (in.sees("defined?")) {
      in.at += "defined?".length();
      Node tested = parser.expression();
      return new Node.Begin(
          new Node.Sequence(List.of(tested, new Node.Literal("expression"))),
          -1,
          new Node.Literal(null),
          null);
    }
    String word = in.word();
    if (UNSUPPORTED.contains(word)) {
      throw new RubyException(
          "SyntaxError", "`" + word + "' is not supported in configurations", offset);
    }
    if (WORDS.contains(word)) {
      return keywords.read(word, offset);
    }
    if (Character.isUpperCase(word.charAt(0))) {
      return constant(word, offset);
    }
    int slot = variables.find(word);
    if (slot >= 0 && in.peek() != '(') {
      return new Node.Local(slot);
    }
    if (in.peek() == '('
        || word.equals("loop")
        || Kernel.NAMES.contains(word) && commandArgument()) {
      return call(null, word, false, offset);
    }
    return new Node.Name(word, offset);
  }

  private Node constant(String first, int offset) {
    if (in.peek() == '(') {
      return call(null, first, false, offset);
    }
    StringBuilder name = new StringBuilder(first);
    while (in.sees("::") && Character.isUpperCase(in.peek(2))) {
      in.at += 2;
      name.append("::").append(in.word());
    }
    return new Node.Constant(name.toString(), offset);
  }

  /** The condition of a loop: a {@code do} behind it is the loop's. */
  Node loopCondition() {
    noDo++;
    Node condition = parser.statement();
    noDo--;
    return condition;
  }

  /** Calls and indexes behind a value. */
  Node postfix(Node first) {
    Node node = first;
    while (true) {
      if (in.peek() == '[') {
        int offset = in.at++;
        node = new Node.Call(node, "[]", arguments("]"), null, false, offset);
        continue;
      }
      int mark = in.at;
      in.lines();
      boolean dot = in.peek() == '.' && in.peek(1) != '.';
      boolean safe = in.sees("&.");
      boolean colons = in.at == mark && in.sees("::") && Scanner.isWordStart(in.peek(2));
      if (!dot && !safe && !colons) {
        in.at = mark;
        return node;
      }
      in.at += dot ? 1 : 2;
      in.lines();
      int offset = in.at;
      node = call(node, methodName(), safe, offset);
    }
  }

  private String methodName() {
    String name = in.word();
    if (name.isEmpty()) {
      throw in.unexpected();
    }
    char mark = in.peek();
    boolean marked =
        (mark == '?' || mark == '!') && in.peek(1) != '=' || mark == '?' && in.sees("?==");
    if (marked) {
      in.at++;
      return name + mark;
    }
    return name;
  }

  /** The arguments and the block of a call whose name was read. */
  private Node call(Node receiver, String name, boolean safe, int offset) {
    List<Node> arguments = List.of();
    Block[] block = new Block[1];
    if (in.peek() == '(') {
      in.at++;
      arguments = arguments(")", block);
    } else if (commandArgument()) {
      arguments = commandArguments();
    }
    if (block[0] == null) {
      block[0] = block();
    }
    if (receiver instanceof Node.Local local && name.endsWith("!") && Methods.isChanging(name)) {
      // Strings are values here: the changed one goes back into the variable.
      return new Node.Assign(
          local.slot(),
          new Node.Call(
              receiver, name.substring(0, name.length() - 1), arguments, block[0], safe, offset));
    }
    return new Node.Call(receiver, name, arguments, block[0], safe, offset);
  }

  /**
   * Whether an argument without parentheses follows. A symbol does not count: {@code a ? b :c} is a
   * ternary far more often than a call.
   */
  private boolean commandArgument() {
    char c = in.peek();
    if (c != ' ' && c != '\t') {
      return false;
    }
    int mark = in.at;
    in.space();
    char next = in.peek();
    boolean starts = next == '"' || next == '\'' || Scanner.isDigit(next) || startsName();
    in.at = mark;
    return starts;
  }

  private boolean startsName() {
    if (!Scanner.isWordStart(in.peek())) {
      return false;
    }
    int mark = in.at;
    String word = in.word();
    in.at = mark;
    return !WORDS.contains(word) || Set.of("nil", "true", "false").contains(word);
  }

  private List<Node> commandArguments() {
    List<Node> list = new ArrayList<>();
    do {
      in.space();
      list.add(parser.expression());
      in.space();
    } while (in.take(","));
    return List.copyOf(list);
  }

  private List<Node> arguments(String close) {
    Block[] block = new Block[1];
    List<Node> list = arguments(close, block);
    if (block[0] != null) {
      throw in.unexpected();
    }
    return list;
  }

  /** Arguments up to a closing bracket; labels and {@code =>} at the end make a hash. */
  private List<Node> arguments(String close, Block[] block) {
    List<Node> list = new ArrayList<>();
    List<Node> keys = new ArrayList<>();
    List<Node> values = new ArrayList<>();
    parser.enter();
    in.lines();
    while (!in.take(close)) {
      argument(list, keys, values, block);
      in.lines();
      if (!in.take(",") && !in.sees(close)) {
        throw in.unexpected();
      }
      in.lines();
    }
    parser.leave();
    if (!values.isEmpty()) {
      list.add(new Node.Hash(new ArrayList<>(keys), List.copyOf(values)));
    }
    return List.copyOf(list);
  }

  private void argument(List<Node> list, List<Node> keys, List<Node> values, Block[] block) {
    if (in.peek() == '&' && in.peek(1) != '&' && block != null) {
      in.at++;
      block[0] = passedBlock();
      return;
    }
    if (in.take("**")) {
      keys.add(null);
      values.add(parser.expression());
      return;
    }
    if (in.peek() == '*' && in.peek(1) != '*') {
      in.at++;
      list.add(new Node.Splat(parser.expression()));
      return;
    }
    Node label = label();
    if (label != null) {
      keys.add(label);
      in.lines();
      values.add(parser.expression());
      return;
    }
    Node value = parser.statement();
    in.lines();
    if (in.take("=>")) {
      in.lines();
      keys.add(value);
      values.add(parser.expression());
    } else {
      list.add(value);
    }
  }

  /** {@code &:name} or {@code &method(:name)}. */
  private Block passedBlock() {
    int offset = in.at;
    Node node = expression();
    if (node instanceof Node.Literal literal && literal.value() instanceof RubySymbol symbol) {
      return new Block.Named(symbol.name());
    }
    if (node instanceof Node.Call call
        && call.name().equals("method")
        && call.receiver() == null
        && call.arguments().size() == 1
        && call.arguments().getFirst() instanceof Node.Literal literal
        && literal.value() instanceof RubySymbol symbol) {
      return new Block.Function(symbol.name());
    }
    throw new RubyException("SyntaxError", "only &:name is supported here", offset);
  }

  /** {@code name:} or {@code "name":}; null where none stands here. */
  private Node label() {
    int mark = in.at;
    if (Scanner.isWordStart(in.peek())) {
      String name = in.word();
      if ((in.peek() == '?' || in.peek() == '!') && in.peek(1) == ':') {
        name += in.peek();
        in.at++;
      }
      if (in.peek() == ':' && in.peek(1) != ':') {
        in.at++;
        return new Node.Literal(new RubySymbol(name));
      }
    } else if (in.peek() == '"') {
      Node text = literals.literal();
      if (in.peek() == ':' && in.peek(1) != ':') {
        in.at++;
        return new Node.DynamicSymbol(text);
      }
    }
    in.at = mark;
    return null;
  }

  private Node hash() {
    List<Node> keys = new ArrayList<>();
    List<Node> values = new ArrayList<>();
    List<Node> others = new ArrayList<>();
    parser.enter();
    in.lines();
    while (!in.take("}")) {
      argument(others, keys, values, null);
      in.lines();
      if (!others.isEmpty() || !in.take(",") && !in.sees("}")) {
        throw in.unexpected();
      }
      in.lines();
    }
    parser.leave();
    return new Node.Hash(new ArrayList<>(keys), List.copyOf(values));
  }

  /** A block behind a call; null where there is none. */
  private Block block() {
    int mark = in.at;
    in.space();
    boolean brace = in.peek() == '{';
    if (!brace && (noDo > 0 || !in.seesWord("do"))) {
      in.at = mark;
      return null;
    }
    in.at += brace ? 1 : 2;
    int outer = noDo;
    noDo = 0;
    variables.enterBlock();
    int from = variables.count();
    in.lines();
    List<Target> parameters = new ArrayList<>();
    if (in.take("|")) {
      targets("|", parameters);
    } else {
      int implicit = variables.declare("_1");
      variables.alias("it", implicit);
      parameters.add(new Target.Slot(implicit));
    }
    Node body = parser.statements();
    if (brace) {
      in.expect("}");
    } else {
      keywords.end();
    }
    int to = variables.count();
    variables.leaveBlock();
    noDo = outer;
    return new Block.Code(List.copyOf(parameters), body, from, to);
  }

  private void targets(String close, List<Target> targets) {
    in.space();
    while (!in.take(close)) {
      if (in.take("(")) {
        List<Target> members = new ArrayList<>();
        parser.enter();
        targets(")", members);
        parser.leave();
        targets.add(new Target.Group(List.copyOf(members)));
      } else {
        boolean rest = in.take("*");
        String name = in.word();
        if (name.isEmpty()) {
          throw in.unexpected();
        }
        int slot = variables.declare(name);
        targets.add(rest ? new Target.Rest(slot) : new Target.Slot(slot));
      }
      in.space();
      if (!in.take(",") && !in.sees(close)) {
        throw in.unexpected();
      }
      in.space();
    }
  }
}
