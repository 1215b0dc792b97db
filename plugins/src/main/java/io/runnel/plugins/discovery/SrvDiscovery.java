package io.runnel.plugins.discovery;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import io.runnel.plugin.PluginContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.naming.Context;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

/**
 * Servers from DNS SRV records ({@code _service._proto.hostname}, RFC 2782), asked for again at an
 * interval. Of several priorities the lowest number is used, the others stand by.
 */
final class SrvDiscovery implements ServiceDiscovery {
  @Doc("Servers from DNS SRV records.")
  record Config(
      @Doc("Service part of the name, without underscore.") String service,
      @Doc("Protocol part of the name, without underscore.") @Default("tcp") String proto,
      @Doc("Domain whose records are asked for.") String hostname,
      @Doc("DNS server to ask, host or host:port; the system's where absent.")
          Optional<String> dnsServerHost,
      @Doc("Seconds between questions.") @Default("60") int interval,
      @Doc("Resolves the targets of the records to addresses.") @Default("true") boolean dnsLookup,
      @Doc("Key that both sides know.") @Secret("") Optional<String> sharedKey,
      @Doc("User for authentication.") @Default("") String username,
      @Doc("Password of the user.") @Secret("") @Default("") String password) {}

  /** One SRV record. */
  record Srv(int priority, int weight, int port, String target) {
    /** Parses {@code "0 5 5060 sip.example.com."}. */
    static Srv parse(String text) throws NamingException {
      String[] parts = text.trim().split(" +");
      if (parts.length != 4) {
        throw new NamingException("no SRV record: " + text);
      }
      String target =
          parts[3].endsWith(".") ? parts[3].substring(0, parts[3].length() - 1) : parts[3];
      try {
        return new Srv(
            Integer.parseInt(parts[0]),
            Integer.parseInt(parts[1]),
            Integer.parseInt(parts[2]),
            target);
      } catch (NumberFormatException e) {
        throw new NamingException("no SRV record: " + text);
      }
    }
  }

  private final PluginContext context;
  private final Config config;
  private final Refresh refresh;
  private List<Service> services;

  private SrvDiscovery(PluginContext context, Config config) {
    this.context = context;
    this.config = config;
    this.refresh =
        new Refresh(
            context,
            "sd_srv",
            config.interval() * 1_000_000_000L,
            () -> Optional.of(ask()).filter(found -> !found.isEmpty()));
  }

  static SrvDiscovery of(ConfigElement element, PluginContext context) {
    Config config = Sections.bind(Config.class, element, context);
    if (config.interval() <= 0) {
      throw new ConfigException("interval must be positive", element.placeOf("interval"));
    }
    return new SrvDiscovery(context, config);
  }

  @Override
  public List<Service> services() {
    if (services == null) {
      services = ask();
    }
    return services;
  }

  @Override
  public void start(Consumer<List<Service>> changed) {
    refresh.start(services(), changed);
  }

  @Override
  public void stop() {
    refresh.stop();
  }

  /** Empty where the question failed: that is logged, and what was known stays in use. */
  private List<Service> ask() {
    String name = "_" + config.service() + "._" + config.proto() + "." + config.hostname();
    try {
      return services(query(name));
    } catch (NamingException | UnknownHostException e) {
      context.log().error("sd_srv: cannot get the SRV records", e, "target", name);
      return List.of();
    }
  }

  // BanJNDI: the DNS provider alone is asked, which makes no objects; it wants a Hashtable
  @SuppressWarnings({"BanJNDI", "JdkObsolete"})
  private List<Srv> query(String name) throws NamingException {
    Hashtable<String, String> settings = new Hashtable<>();
    settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
    settings.put(Context.PROVIDER_URL, "dns://" + config.dnsServerHost().orElse(""));
    InitialDirContext dns = new InitialDirContext(settings);
    try {
      Attribute attribute = dns.getAttributes(name, new String[] {"SRV"}).get("SRV");
      List<Srv> records = new ArrayList<>();
      if (attribute != null) {
        for (NamingEnumeration<?> all = attribute.getAll(); all.hasMore(); ) {
          records.add(Srv.parse(all.next().toString()));
        }
      }
      records.sort(Comparator.comparingInt(Srv::priority).thenComparing(Srv::target));
      return records;
    } finally {
      dns.close();
    }
  }

  private List<Service> services(List<Srv> records) throws UnknownHostException {
    List<Service> result = new ArrayList<>();
    for (Srv record : records) {
      String host =
          config.dnsLookup()
              ? InetAddress.getByName(record.target()).getHostAddress()
              : record.target();
      result.add(
          new Service(
              host,
              record.port(),
              Optional.of(record.target()),
              record.weight(),
              record.priority() != records.getFirst().priority(),
              config.username(),
              config.password(),
              config.sharedKey()));
    }
    return result;
  }
}
