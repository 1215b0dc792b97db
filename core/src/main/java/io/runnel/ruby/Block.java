package io.runnel.ruby;

import java.util.List;

/** What is passed to a method as its block. */
sealed interface Block {
  /** Calls the block. */
  Object call(Run run, Object... values);

  /**
   * {@code { |a, (b, c)| … }}.
   *
   * @param parameters where the arguments go
   * @param from first slot that belongs to the block
   * @param to behind the last one
   */
  record Code(List<Target> parameters, Node body, int from, int to) implements Block {
    @Override
    public Object call(Run run, Object... values) {
      run.step();
      for (int i = from; i < to; i++) {
        run.slots[i] = null;
      }
      if (parameters.size() == 1 && parameters.getFirst() instanceof Target.Slot slot) {
        run.slots[slot.index()] = values.length == 0 ? null : values[0];
      } else if (!parameters.isEmpty()) {
        boolean spread = values.length == 1 && values[0] instanceof List<?>;
        Object[] arguments = spread ? ((List<?>) values[0]).toArray() : values;
        Target.assign(run, parameters, arguments);
      }
      try {
        return body.eval(run);
      } catch (Jump jump) {
        if (jump.kind() == Jump.Kind.NEXT) {
          return jump.value();
        }
        throw jump;
      }
    }
  }

  /** {@code &:name}. */
  record Named(String name) implements Block {
    @Override
    public Object call(Run run, Object... values) {
      run.step();
      Object[] rest = new Object[Math.max(0, values.length - 1)];
      System.arraycopy(values, Math.min(1, values.length), rest, 0, rest.length);
      return Methods.call(run, values.length == 0 ? null : values[0], name, rest, null);
    }
  }

  /** {@code &method(:name)}, with the functions that take one value: Integer, Float, String. */
  record Function(String name) implements Block {
    @Override
    public Object call(Run run, Object... values) {
      run.step();
      return Kernel.call(run, name, values, null);
    }
  }
}
