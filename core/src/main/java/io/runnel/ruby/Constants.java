package io.runnel.ruby;

import io.runnel.event.EventTime;
import io.runnel.time.FreeForm;
import io.runnel.time.Zone;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Classes and modules: {@code JSON Time ENV Socket File …}. */
final class Constants {
  private static final Set<String> KNOWN =
      Set.of(
          "JSON",
          "Yajl",
          "Time",
          "DateTime",
          "Date",
          "Socket",
          "File",
          "IO",
          "SecureRandom",
          "Math",
          "Digest::MD5",
          "Digest::SHA1",
          "Digest::SHA256",
          "Digest::SHA512",
          "Base64",
          "Process",
          "Random",
          "Regexp",
          "Hash",
          "Array",
          "String",
          "Integer",
          "Float",
          "Numeric",
          "Symbol",
          "NilClass",
          "TrueClass",
          "FalseClass",
          "Object",
          "StandardError",
          "Exception",
          "ArgumentError",
          "TypeError",
          "RuntimeError",
          "NoMethodError",
          "NameError",
          "KeyError",
          "IndexError",
          "RangeError",
          "ZeroDivisionError",
          "JSON::ParserError",
          "MatchData",
          "Range",
          "IPSocket",
          "Enumerable",
          "Comparable",
          "Encoding::UTF_8",
          "Fluent::EventTime",
          "Kernel",
          "Fluent::Engine");

  private Constants() {}

  static Object get(Run run, String name) {
    return switch (name) {
      case "ENV" -> Collections.unmodifiableMap(run.scope.host().environment());
      case "Float::INFINITY" -> Double.POSITIVE_INFINITY;
      case "Float::NAN" -> Double.NaN;
      case "Math::PI" -> Math.PI;
      case "File::SEPARATOR" -> "/";
      case "RUBY_VERSION" -> "3.4.0";
      default -> {
        if (KNOWN.contains(name)) {
          yield new RubyConstant(name);
        }
        throw new RubyException(
            "NameError", "uninitialized constant " + name + Nearest.suggestion(name, KNOWN));
      }
    };
  }

  static Object call(Run run, String constant, String name, Object[] a, Block block) {
    return switch (constant) {
      case "JSON", "Yajl" -> json(name, a);
      case "Time", "DateTime", "Date" -> time(run, name, a);
      case "Fluent::EventTime", "Fluent::Engine" ->
          name.equals("now") ? run.scope.host().now() : Methods.NONE;
      case "Socket" -> name.equals("gethostname") ? RubyHost.hostname() : Methods.NONE;
      case "IPSocket" ->
          name.equals("getaddress")
              ? RubyHost.address(Values.string(Methods.arg(a, 0)))
              : Methods.NONE;
      case "File", "IO" -> file(run, name, a, block);
      case "SecureRandom", "Random" -> random(name, a);
      case "Math" -> math(name, a);
      case "Digest::MD5" -> digest("MD5", name, a);
      case "Digest::SHA1" -> digest("SHA-1", name, a);
      case "Digest::SHA256" -> digest("SHA-256", name, a);
      case "Digest::SHA512" -> digest("SHA-512", name, a);
      case "Base64" -> base64(name, a);
      case "Process" -> name.equals("pid") ? ProcessHandle.current().pid() : Methods.NONE;
      case "Regexp" -> regexp(name, a);
      case "Hash" -> name.equals("new") ? new DefaultHash(Methods.arg(a, 0, null)) : Methods.NONE;
      case "Array" -> name.equals("new") ? filled(run, a, block) : Methods.NONE;
      case "String" -> name.equals("new") ? Values.text(Methods.arg(a, 0, "")) : Methods.NONE;
      default -> Methods.NONE;
    };
  }

  private static Object json(String name, Object[] a) {
    return switch (name) {
      case "parse", "load" ->
          JsonText.parse(Values.string(Methods.arg(a, 0)), Methods.arg(a, 1, null));
      case "generate", "dump", "pretty_generate" -> JsonText.generate(Methods.arg(a, 0));
      default -> Methods.NONE;
    };
  }

  private static Object time(Run run, String name, Object[] a) {
    Zone zone = run.scope.host().zone();
    return switch (name) {
      case "now" -> run.scope.host().now();
      case "today" -> TimeMethods.call(run.scope.host().now(), "to_date", new Object[0]);
      case "new", "local", "mktime" -> a.length == 0 ? run.scope.host().now() : of(a, zone);
      case "utc", "gm" -> of(a, Zone.UTC);
      case "at" -> at(a, zone);
      case "parse", "iso8601", "xmlschema", "rfc2822", "httpdate", "rfc3339" -> {
        String text = Values.string(Methods.arg(a, 0));
        FreeForm found = FreeForm.parse(text, zone, run.scope.host().now().seconds());
        if (found == null) {
          throw RubyException.argument("no time information in " + Values.inspect(text));
        }
        yield new RubyTime(found.seconds(), found.nanos(), found.zone());
      }
      case "strptime" -> {
        String text = Values.string(Methods.arg(a, 0));
        String format = Values.string(Methods.arg(a, 1));
        FreeForm found = FreeForm.strptime(text, format, zone, run.scope.host().now().seconds());
        if (found == null) {
          throw RubyException.argument(
              "invalid date or strptime format - `" + text + "' `" + format + "'");
        }
        yield new RubyTime(found.seconds(), found.nanos(), found.zone());
      }
      default -> Methods.NONE;
    };
  }

  private static RubyTime at(Object[] a, Zone zone) {
    Object first = Methods.arg(a, 0);
    RubyTime time =
        Values.isInteger(first)
            ? new RubyTime(Values.integer(first), 0, zone)
            : first instanceof RubyTime same
                ? same
                : first instanceof EventTime event
                    ? new RubyTime(event.seconds(), event.nanos(), zone)
                    : RubyTime.of(Values.real(first), zone);
    if (a.length < 2 || !(a[1] instanceof Number)) {
      return time;
    }
    double unit =
        switch (Values.text(Methods.arg(a, 2, "microsecond"))) {
          case "millisecond" -> 1e-3;
          case "nsec", "nanosecond" -> 1e-9;
          default -> 1e-6;
        };
    return time.plus(Values.real(a[1]) * unit);
  }

  private static RubyTime of(Object[] a, Zone zone) {
    int[] parts = {1970, 1, 1, 0, 0, 0};
    for (int i = 0; i < Math.min(parts.length, a.length); i++) {
      parts[i] =
          Values.isText(a[i]) ? Values.small(Kernel.integer(a[i], null)) : Values.small(a[i]);
    }
    try {
      LocalDateTime local =
          LocalDateTime.of(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
      Zone own = a.length > 6 ? TimeMethods.zone(a[6]) : zone;
      return new RubyTime(own.toEpoch(local.toEpochSecond(ZoneOffset.UTC)), 0, own);
    } catch (DateTimeException e) {
      throw RubyException.argument("argument out of range");
    }
  }

  private static Object file(Run run, String name, Object[] a, Block block) {
    String path = Values.string(Methods.arg(a, 0));
    Path target;
    try {
      target = Path.of(path);
    } catch (InvalidPathException e) {
      throw RubyException.argument("string contains null byte");
    }
    return switch (name) {
      case "read", "binread" -> RubyHost.read(path);
      case "readlines", "foreach" -> Texts.lines(RubyHost.read(path));
      case "open", "new" -> {
        RubyHost.read(path);
        RubyFile file = new RubyFile(path);
        yield block == null ? file : block.call(run, file);
      }
      case "exist?", "exists?" -> Files.exists(target);
      case "file?" -> Files.isRegularFile(target);
      case "directory?" -> Files.isDirectory(target);
      case "readable?" -> Files.isReadable(target);
      case "basename" -> basename(path, Methods.arg(a, 1, null));
      case "dirname" -> dirname(path);
      case "extname" -> extname(basename(path, null));
      case "join" -> joined(a);
      case "expand_path", "absolute_path", "realpath" ->
          (a.length > 1 ? Path.of(Values.string(a[1])).resolve(path) : target)
              .toAbsolutePath()
              .normalize()
              .toString();
      default -> Methods.NONE;
    };
  }

  private static String basename(String path, Object suffix) {
    String trimmed =
        path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    String base = trimmed.substring(trimmed.lastIndexOf('/') + 1);
    if (suffix == null) {
      return base;
    }
    String end = Values.string(suffix).equals(".*") ? extname(base) : Values.string(suffix);
    boolean cut = !end.isEmpty() && base.endsWith(end) && base.length() > end.length();
    return cut ? base.substring(0, base.length() - end.length()) : base;
  }

  private static String dirname(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash);
  }

  private static String extname(String base) {
    int dot = base.lastIndexOf('.');
    return dot <= 0 || dot == base.length() - 1 ? "" : base.substring(dot);
  }

  private static String joined(Object[] a) {
    List<String> parts = new ArrayList<>();
    for (Object part : a) {
      parts.add(Values.string(part));
    }
    return String.join("/", parts).replaceAll("/{2,}", "/");
  }

  static Object ofFile(Run run, RubyFile self, String name, Object[] a, Block block) {
    return switch (name) {
      case "read" -> RubyHost.read(self.path());
      case "readlines", "each_line" -> {
        List<Object> lines = Texts.lines(RubyHost.read(self.path()));
        yield block == null ? lines : ArrayMethods.call(run, lines, "each", a, block);
      }
      case "gets", "readline" -> {
        List<Object> lines = Texts.lines(RubyHost.read(self.path()));
        yield lines.isEmpty() ? null : lines.getFirst();
      }
      case "path" -> self.path();
      case "close" -> null;
      case "size" -> Values.length(RubyHost.read(self.path()));
      default -> Methods.NONE;
    };
  }

  private static Object random(String name, Object[] a) {
    SecureRandom random = new SecureRandom();
    return switch (name) {
      case "uuid" -> UUID.randomUUID().toString();
      case "hex", "alphanumeric", "base64", "urlsafe_base64" -> {
        long count = Values.integer(Methods.arg(a, 0, 16L));
        Limits.characters(count * 2);
        byte[] bytes = new byte[(int) Math.max(0, count)];
        random.nextBytes(bytes);
        String hex = HexFormat.of().formatHex(bytes);
        yield name.equals("alphanumeric") ? hex.substring(0, bytes.length) : hex;
      }
      case "random_number", "rand" -> Kernel.random(Methods.arg(a, 0, null));
      default -> Methods.NONE;
    };
  }

  private static Object math(String name, Object[] a) {
    double x = Values.real(Methods.arg(a, 0));
    return switch (name) {
      case "sqrt" -> Math.sqrt(x);
      case "log" -> a.length > 1 ? Math.log(x) / Math.log(Values.real(a[1])) : Math.log(x);
      case "log2" -> Math.log(x) / Math.log(2);
      case "log10" -> Math.log10(x);
      case "exp" -> Math.exp(x);
      case "sin" -> Math.sin(x);
      case "cos" -> Math.cos(x);
      case "pow" -> Math.pow(x, Values.real(Methods.arg(a, 1)));
      default -> Methods.NONE;
    };
  }

  private static Object digest(String algorithm, String name, Object[] a) {
    if (!name.equals("hexdigest") && !name.equals("base64digest")) {
      return Methods.NONE;
    }
    byte[] text = Values.string(Methods.arg(a, 0)).getBytes(StandardCharsets.UTF_8);
    try {
      byte[] sum = MessageDigest.getInstance(algorithm).digest(text);
      return name.equals("hexdigest")
          ? HexFormat.of().formatHex(sum)
          : Base64.getEncoder().encodeToString(sum);
    } catch (NoSuchAlgorithmException e) {
      throw new RubyException("NotImplementedError", algorithm + " is not available");
    }
  }

  private static Object base64(String name, Object[] a) {
    String text = Values.string(Methods.arg(a, 0));
    return switch (name) {
      case "encode64" -> Packing.encode64(text);
      case "strict_encode64" -> Packing.encode(text);
      case "urlsafe_encode64" -> Packing.encode(text).replace('+', '-').replace('/', '_');
      case "decode64", "strict_decode64" -> Packing.decode(text);
      case "urlsafe_decode64" -> Packing.decode(text.replace('-', '+').replace('_', '/'));
      default -> Methods.NONE;
    };
  }

  private static Object regexp(String name, Object[] a) {
    return switch (name) {
      case "new", "compile" -> {
        Object options = Methods.arg(a, 1, null);
        Object source = Methods.arg(a, 0);
        yield source instanceof RubyRegexp
            ? source
            : RubyRegexp.compile(Values.string(source), Boolean.TRUE.equals(options) ? "i" : "");
      }
      case "escape", "quote" -> RubyRegexp.escape(Values.string(Methods.arg(a, 0)));
      case "union" -> {
        List<String> parts = new ArrayList<>();
        for (Object part : a.length == 1 ? Lists.of(a[0]) : List.of(a)) {
          parts.add(
              part instanceof RubyRegexp regexp
                  ? regexp.regexp().source()
                  : RubyRegexp.escape(Values.string(part)));
        }
        yield RubyRegexp.compile(String.join("|", parts), "");
      }
      default -> Methods.NONE;
    };
  }

  private static List<Object> filled(Run run, Object[] a, Block block) {
    long size = Values.integer(Methods.arg(a, 0, 0L));
    Limits.members(size);
    List<Object> out = new ArrayList<>();
    for (long i = 0; i < size; i++) {
      out.add(block == null ? Methods.arg(a, 1, null) : block.call(run, i));
    }
    return out;
  }
}
