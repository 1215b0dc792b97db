package io.runnel.cli;

import io.runnel.manager.Finding;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shows findings to people and to programs. */
final class Findings {
  private Findings() {}

  static void print(List<Finding> findings, PrintStream out) {
    for (Finding finding : findings) {
      if (finding.kind().equals("config")) {
        out.print(finding.excerpt().isEmpty() ? finding.message() + "\n" : finding.excerpt());
        continue;
      }
      out.println((finding.fatal() ? "clash: " : "warning: ") + finding.message());
      for (Finding.Side side : finding.sides()) {
        out.println("  --> " + side.text());
      }
      if (finding.hint() != null) {
        out.println("  hint: " + finding.hint());
      }
    }
  }

  static List<Object> json(List<Finding> findings) {
    List<Object> all = new ArrayList<>();
    for (Finding finding : findings) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("kind", finding.kind());
      one.put("severity", finding.fatal() ? "error" : "warning");
      one.put("message", finding.message());
      one.put("hint", finding.hint());
      List<Object> sides = new ArrayList<>();
      for (Finding.Side side : finding.sides()) {
        Map<String, Object> each = new LinkedHashMap<>();
        boolean process = side.pid() != 0;
        each.put(process ? "process" : "instance", side.owner());
        if (process) {
          each.put("pid", side.pid());
        } else {
          each.put("file", side.place().file());
          each.put("line", side.place().line());
          each.put("section", side.user());
        }
        sides.add(each);
      }
      one.put("sides", sides);
      all.add(one);
    }
    return all;
  }
}
