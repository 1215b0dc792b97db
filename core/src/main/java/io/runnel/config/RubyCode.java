package io.runnel.config;

import java.util.Map;

/** Evaluates embedded code with the functions that Fluentd offers there. */
final class RubyCode implements EmbeddedCode {
  private final Map<String, String> environment;
  private final String workerId;

  RubyCode(Map<String, String> environment, String workerId) {
    this.environment = environment;
    this.workerId = workerId;
  }

  @Override
  public Result evaluate(String text, int from) {
    int close = text.indexOf('}', from);
    String code = close < 0 ? "" : text.substring(from, close).strip();
    if (code.equals("worker_id")) {
      return new Result(Outcome.TEXT, workerId, close + 1);
    }
    if (code.startsWith("ENV['") && code.endsWith("']")) {
      String value = environment.get(code.substring(5, code.length() - 2));
      return new Result(Outcome.TEXT, value == null ? "" : value, close + 1);
    }
    throw new ParseFault("embedded code is not supported: " + code, from, null);
  }
}
