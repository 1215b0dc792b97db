package io.runnel.ruby;

import java.util.Arrays;
import java.util.List;

/** Where a value is assigned to: a variable, or several that share a list. */
sealed interface Target {
  /** A variable. */
  record Slot(int index) implements Target {}

  /** The rest of the values as a list. */
  record Rest(int index) implements Target {}

  /** {@code (a, b)}. */
  record Group(List<Target> members) implements Target {}

  static void assign(Run run, List<Target> targets, Object[] values) {
    int at = 0;
    for (int i = 0; i < targets.size(); i++) {
      Object value = at < values.length ? values[at] : null;
      switch (targets.get(i)) {
        case Slot slot -> run.slots[slot.index] = value;
        case Rest rest -> {
          int end = Math.max(at, values.length - (targets.size() - i - 1));
          run.slots[rest.index] =
              Lists.copy(
                  Arrays.asList(values)
                      .subList(Math.min(at, values.length), Math.min(end, values.length)));
          at = end - 1;
        }
        case Group group ->
            assign(
                run,
                group.members,
                value instanceof List<?> list ? list.toArray() : new Object[] {value});
      }
      at++;
    }
  }
}
