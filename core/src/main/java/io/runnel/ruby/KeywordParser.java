package io.runnel.ruby;

import java.util.ArrayList;
import java.util.List;

/** Reads the constructs that a word opens, such as {@code if}, {@code case} and {@code begin}. */
final class KeywordParser {
  private final Scanner in;
  private final RubyParser parser;
  private final PrimaryParser primary;
  private final Variables variables;

  KeywordParser(Scanner in, RubyParser parser, PrimaryParser primary, Variables variables) {
    this.in = in;
    this.parser = parser;
    this.primary = primary;
    this.variables = variables;
  }

  /** What a word opens that was read. */
  Node read(String word, int offset) {
    return switch (word) {
      case "nil" -> new Node.Literal(null);
      case "true" -> new Node.Literal(true);
      case "false" -> new Node.Literal(false);
      case "if" -> conditional();
      case "unless" -> unless();
      case "case" -> choice();
      case "while" -> loop(false);
      case "until" -> loop(true);
      case "begin" -> begin();
      case "return" -> new Node.Leave(Jump.Kind.RETURN, leaving());
      case "next" -> new Node.Leave(Jump.Kind.NEXT, leaving());
      case "break" -> new Node.Leave(Jump.Kind.BREAK, leaving());
      case "not" -> new Node.Not(parser.expression());
      default ->
          throw new RubyException("SyntaxError", "syntax error, unexpected `" + word + "'", offset);
    };
  }

  private Node leaving() {
    in.space();
    boolean nothing =
        in.eof()
            || "\n;})".indexOf(in.peek()) >= 0
            || in.seesWord("if")
            || in.seesWord("unless")
            || in.seesWord("end");
    return nothing ? new Node.Literal(null) : parser.expression();
  }

  private void then() {
    in.space();
    if (in.peek() == ';' || in.peek() == '\n') {
      in.terms();
    }
    in.takeWord("then");
  }

  private Node conditional() {
    Node condition = parser.statement();
    then();
    Node body = parser.statements();
    Node otherwise = new Node.Literal(null);
    if (in.takeWord("elsif")) {
      parser.enter();
      otherwise = conditional();
      parser.leave();
      return new Node.If(condition, body, otherwise);
    }
    if (in.takeWord("else")) {
      otherwise = parser.statements();
    }
    end();
    return new Node.If(condition, body, otherwise);
  }

  /** The word that closes a construct. */
  void end() {
    if (!in.takeWord("end")) {
      throw in.unexpected();
    }
  }

  private Node unless() {
    Node condition = parser.statement();
    then();
    Node body = parser.statements();
    Node otherwise = new Node.Literal(null);
    if (in.takeWord("else")) {
      otherwise = parser.statements();
    }
    end();
    return new Node.If(condition, otherwise, body);
  }

  private Node choice() {
    in.space();
    boolean bare = in.peek() == '\n' || in.peek() == ';' || in.seesWord("when");
    Node subject = bare ? null : parser.statement();
    in.terms();
    List<List<Node>> conditions = new ArrayList<>();
    List<Node> bodies = new ArrayList<>();
    while (in.takeWord("when")) {
      List<Node> tests = new ArrayList<>();
      do {
        in.lines();
        tests.add(parser.expression());
        in.space();
      } while (in.take(","));
      then();
      conditions.add(List.copyOf(tests));
      bodies.add(parser.statements());
    }
    Node otherwise = new Node.Literal(null);
    if (in.takeWord("else")) {
      otherwise = parser.statements();
    }
    end();
    return new Node.Case(subject, List.copyOf(conditions), List.copyOf(bodies), otherwise);
  }

  private Node loop(boolean until) {
    Node condition = primary.loopCondition();
    in.space();
    in.takeWord("do");
    Node body = parser.statements();
    end();
    return new Node.While(condition, body, until);
  }

  private Node begin() {
    Node body = parser.statements();
    int slot = -1;
    Node rescue = null;
    Node ensure = null;
    if (in.takeWord("rescue")) {
      in.space();
      while (Character.isUpperCase(in.peek())) {
        // All errors are one kind here: the class is read and not looked at.
        in.word();
        while (in.take("::")) {
          in.word();
        }
        in.space();
        in.take(",");
        in.space();
      }
      if (in.take("=>")) {
        in.space();
        slot = variables.assign(in.word());
      }
      then();
      rescue = parser.statements();
    }
    if (in.takeWord("ensure")) {
      ensure = parser.statements();
    }
    end();
    return new Node.Begin(body, slot, rescue, ensure);
  }
}
