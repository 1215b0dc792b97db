package io.runnel.ruby;

import io.runnel.regexp.RegexpTimeoutException;
import java.util.function.Supplier;

/**
 * A compiled expression of a subset of Ruby: what configurations embed ({@code #{…}}) and what
 * record_transformer evaluates. Immutable; may be evaluated by several threads at once.
 *
 * <p>Values are those of records (null, Boolean, Long, BigInteger, Double, String, List, Map,
 * {@link io.runnel.event.EventTime}) and, within an expression, symbols, times, ranges and so on.
 * Strings are values: a method that changes one in Ruby gives a new one here, and {@code <<} and
 * the methods with {@code !} change the variable instead.
 */
public final class RubyExpression {
  private final String source;
  private final Node node;
  private final int slots;
  private final int end;

  private RubyExpression(String source, Node node, int slots, int end) {
    this.source = source;
    this.node = node;
    this.slots = slots;
    this.end = end;
  }

  /**
   * Compiles a text that is an expression or several statements.
   *
   * @throws RubyException where it is malformed, or holds what is not supported
   */
  public static RubyExpression compile(String source) {
    Scanner in = new Scanner(source, 0);
    RubyParser parser = new RubyParser(in);
    Node node = guarded(in, parser::program);
    return new RubyExpression(source, node, parser.variables.count(), source.length());
  }

  /**
   * Compiles the code of a {@code #{…}} or {@code ${…}} within a text.
   *
   * @param from offset of the first character of the code
   * @throws RubyException where it is malformed; its offset is one in {@code text}
   */
  public static RubyExpression compileEmbedded(String text, int from) {
    Scanner in = new Scanner(text, from);
    RubyParser parser = new RubyParser(in);
    Node node = guarded(in, parser::embedded);
    String source = text.substring(from, in.at - 1);
    return new RubyExpression(source, node, parser.variables.count(), in.at);
  }

  private static Node guarded(Scanner in, Supplier<Node> parse) {
    try {
      return parse.get();
    } catch (RubyException e) {
      throw e.at(in.at);
    } catch (StackOverflowError e) {
      throw in.error("expression is nested too deep");
    }
  }

  public String source() {
    return source;
  }

  /** Offset behind the closing brace of embedded code; else the length of the source. */
  public int end() {
    return end;
  }

  /**
   * Evaluates the expression.
   *
   * @return a value that a record may hold
   * @throws RubyException with Ruby's words where it fails
   */
  public Object evaluate(RubyScope scope) {
    return Values.plain(run(scope));
  }

  /** Evaluates the expression to a text, as within a string. */
  public String evaluateText(RubyScope scope) {
    return Values.text(run(scope));
  }

  private Object run(RubyScope scope) {
    try {
      return node.eval(new Run(scope, slots));
    } catch (Jump jump) {
      return jump.value();
    } catch (RegexpTimeoutException e) {
      throw new RubyLimitException(e.getMessage());
    } catch (StackOverflowError e) {
      throw new RubyLimitException("stack level too deep");
    } catch (UnsupportedOperationException e) {
      throw new RubyException("FrozenError", "can't modify frozen value");
    }
  }

  @Override
  public String toString() {
    return source;
  }
}
