package io.runnel.plugins.output;

import io.runnel.log.Log;
import java.util.ArrayList;
import java.util.List;

/**
 * Which node gets the next chunk: in turn by weight, among the regular nodes, and standby nodes in
 * place of regular ones that are lost, until their weight is made up for. Safe for use by several
 * threads at once.
 */
final class ForwardNodes {
  private final Log log;
  private volatile List<ForwardNode> nodes = List.of();
  private volatile WeightedRoundRobin<ForwardNode> turns =
      new WeightedRoundRobin<>(List.of(), List.of());
  private List<ForwardNode> standbys = List.of(); // those in use, so that each is logged once

  ForwardNodes(Log log) {
    this.log = log;
  }

  List<ForwardNode> all() {
    return nodes;
  }

  synchronized void set(List<ForwardNode> newNodes) {
    nodes = List.copyOf(newNodes);
    rebuild();
  }

  /** To be called when a node was lost or has come back. */
  synchronized void rebuild() {
    List<ForwardNode> active = new ArrayList<>();
    long lost = 0;
    for (ForwardNode node : nodes) {
      if (!node.service().standby()) {
        active.add(node);
        lost += node.isAvailable() ? 0 : node.service().weight();
      }
    }
    List<ForwardNode> used = new ArrayList<>();
    for (ForwardNode node : nodes) {
      if (lost > 0 && node.service().standby() && node.isAvailable()) {
        used.add(node);
        lost -= node.service().weight();
      }
    }
    active.addAll(used);
    turns =
        new WeightedRoundRobin<>(
            active, active.stream().map(node -> node.service().weight()).toList());
    for (ForwardNode node : used) {
      if (!standbys.contains(node)) {
        log.warn(
            "using standby node " + node.service().host() + ":" + node.service().port(),
            "weight",
            node.service().weight());
      }
    }
    standbys = used;
  }

  /** The nodes that may get a chunk, in the order in which they are to be tried. */
  List<ForwardNode> candidates() {
    return turns.nextThenOthers().stream().filter(ForwardNode::isAvailable).toList();
  }
}
