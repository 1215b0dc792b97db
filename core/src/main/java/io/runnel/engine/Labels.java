package io.runnel.engine;

import io.runnel.route.Router;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The routers of a worker by label; the root is one of them. */
final class Labels {
  static final String ROOT = "@ROOT";
  static final String ERROR = "@ERROR";
  static final String FLUENT_LOG = "@FLUENT_LOG";

  private final Map<String, Router> routers = new LinkedHashMap<>();
  private final ErrorStream errors;

  Labels(ErrorStream errors) {
    this.errors = errors;
    add(ROOT);
  }

  Router add(String name) {
    Router router = new Router(name, errors.events(name.equals(ERROR)));
    routers.put(name, router);
    if (name.equals(ERROR)) {
      errors.errorLabel(router);
    }
    return router;
  }

  Collection<Router> all() {
    return routers.values();
  }

  Router root() {
    return routers.get(ROOT);
  }

  /** Null where there is no such label. */
  Router find(String name) {
    return routers.get(name);
  }
}
