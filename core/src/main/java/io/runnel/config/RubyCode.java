package io.runnel.config;

import io.runnel.host.Clock;
import io.runnel.ruby.RubyException;
import io.runnel.ruby.RubyExpression;
import io.runnel.ruby.RubyHost;
import io.runnel.ruby.RubyScope;
import io.runnel.time.Zone;
import java.util.List;
import java.util.Map;

/** Evaluates embedded code with the names that Fluentd offers there. */
final class RubyCode implements EmbeddedCode, RubyScope {
  private static final List<String> NAMES =
      List.of("hostname", "worker_id", "use_nil", "use_default");

  private final Map<String, String> environment;
  private final String workerId;
  private RubyHost host;

  RubyCode(Map<String, String> environment, String workerId) {
    this.environment = environment;
    this.workerId = workerId;
  }

  @Override
  public Object get(String name) {
    return switch (name) {
      case "hostname" -> RubyHost.hostname();
      case "worker_id" -> workerId;
      case "use_nil" -> throw new UseNil();
      case "use_default" -> throw new UseDefault();
      default -> UNKNOWN;
    };
  }

  @Override
  public List<String> names() {
    return NAMES;
  }

  @Override
  public RubyHost host() {
    if (host == null) {
      host = new RubyHost(environment, Clock.system(), Zone.local());
    }
    return host;
  }

  @Override
  public Result evaluate(String text, int from) {
    RubyExpression code;
    try {
      code = RubyExpression.compileEmbedded(text, from);
    } catch (RubyException e) {
      throw new ParseFault(e.getMessage(), e.offset() < 0 ? from : e.offset(), hint(e));
    }
    try {
      return new Result(Outcome.TEXT, code.evaluateText(this), code.end());
    } catch (UseNil e) {
      return new Result(Outcome.NIL, null, code.end());
    } catch (UseDefault e) {
      return new Result(Outcome.DEFAULT, null, code.end());
    } catch (RubyException e) {
      int offset = e.offset() < 0 ? from : e.offset();
      throw new ParseFault(e.getMessage() + " in #{" + code.source() + "}", offset, hint(e));
    }
  }

  private static String hint(RubyException e) {
    return e.type().equals("SyntaxError")
        ? "embedded code is a subset of Ruby, see the documentation"
        : e.type();
  }
}
