package io.runnel.ruby;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Gives the variables of an expression their places while it is read. */
final class Variables {
  private final Deque<Map<String, Integer>> scopes = new ArrayDeque<>();
  private int count;

  Variables() {
    scopes.push(new HashMap<>());
  }

  int count() {
    return count;
  }

  void enterBlock() {
    scopes.push(new HashMap<>());
  }

  void leaveBlock() {
    scopes.pop();
  }

  /** Place of a known variable; -1 where there is none. */
  int find(String name) {
    for (Map<String, Integer> scope : scopes) {
      Integer slot = scope.get(name);
      if (slot != null) {
        return slot;
      }
    }
    return -1;
  }

  /** Place of a variable that is assigned to. */
  int assign(String name) {
    int slot = find(name);
    return slot >= 0 ? slot : declare(name);
  }

  /** Place of a parameter of a block, which hides outer variables of that name. */
  int declare(String name) {
    scopes.peek().put(name, count);
    return count++;
  }

  void alias(String name, int slot) {
    scopes.peek().put(name, slot);
  }
}
