package io.runnel.config;

/**
 * Reads a section into a record: the only place with reflection. The record's components are the
 * parameters and sections:
 *
 * <table>
 * <caption>component types</caption>
 * <tr><td>String, int, long, double, boolean</td><td>Fluentd's string, integer, float, bool</td></tr>
 * <tr><td>{@link java.time.Duration}</td><td>time</td></tr>
 * <tr><td>{@link ByteSize}</td><td>size</td></tr>
 * <tr><td>an enum</td><td>enum; constants in lower case, {@code _} stays</td></tr>
 * <tr><td>{@code List<String>}</td><td>array</td></tr>
 * <tr><td>{@code Map<String, Object>}</td><td>hash</td></tr>
 * <tr><td>{@link io.runnel.regexp.Regexp}</td><td>regexp</td></tr>
 * <tr><td>{@code Optional<T>} of any of these</td><td>the same with nil as default</td></tr>
 * <tr><td>a record, {@code Optional<record>}</td><td>a section, an optional one</td></tr>
 * <tr><td>{@code List<record>}</td><td>a section that may be repeated</td></tr>
 * <tr><td>{@link PluginSection}, {@code List<PluginSection>}</td><td>a section that configures another plugin</td></tr>
 * <tr><td>{@link ConfigElement}</td><td>the section itself, whatever it holds ({@code <record>})</td></tr>
 * </table>
 *
 * @param <C> the record
 */
public final class ConfigSpec<C> {
  private final Class<C> type;

  private ConfigSpec(Class<C> type) {
    this.type = type;
  }

  public static <C> ConfigSpec<C> of(Class<C> type) {
    return new ConfigSpec<>(type);
  }

  public Class<C> type() {
    return type;
  }

  /**
   * Binds a section. Every fault is added to {@code problems}.
   *
   * @param strict {@code strict_config_value}: malformed numbers and booleans are faults
   * @throws ConfigException where the record could not be made; its faults are in {@code problems}
   */
  public C bind(ConfigElement element, boolean strict, Problems problems) {
    throw new ConfigException("not bound: " + element + strict + problems);
  }
}
