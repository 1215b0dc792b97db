package io.runnel.host;

/**
 * Who may take how much of the heap. What is not given out here is for what passes through: events
 * are copied once or twice on their way, and every thread needs a little.
 *
 * @param buffers contents of memory buffers
 * @param receiving messages and bodies that have not come whole, and what is unpacked from them, of
 *     all inputs together
 */
public record ProcessMemory(BufferMemory buffers, MemoryBudget receiving) {
  /** Two fifths of the heap for memory buffers, a fifth for what is being received. */
  public static ProcessMemory ofHeap() {
    long heap = Runtime.getRuntime().maxMemory();
    return new ProcessMemory(new BufferMemory(heap / 5 * 2), new MemoryBudget(heap / 5));
  }
}
