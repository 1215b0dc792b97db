package io.runnel.ruby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.event.EventTime;
import io.runnel.host.Clock;
import io.runnel.time.Zone;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RubyExpressionTest {
  private final Map<String, Object> record = new LinkedHashMap<>();

  RubyExpressionTest() {
    record.put("m", "hello world");
    record.put("n", "5");
    record.put("i", 42L);
    record.put("l", new ArrayList<>(List.of("a", "b")));
    record.put("o", new LinkedHashMap<>(Map.of("k", "v")));
    record.put("f", 1.25);
    record.put("s", "  pad ");
    record.put("nil", null);
    record.put("et", new EventTime(1_700_000_000, 5));
  }

  private final class Scope implements RubyScope {
    @Override
    public Object get(String name) {
      return switch (name) {
        case "record" -> record;
        case "tag" -> "app.web.f";
        case "tag_parts" -> new ArrayList<>(List.of("app", "web", "f"));
        case "tag_suffix" -> new ArrayList<>(List.of("app.web.f", "web.f", "f"));
        case "time" -> new RubyTime(1_700_000_000, 250_000_000, Zone.UTC);
        case "hostname" -> "h1";
        case "use_nil" -> throw new UseNil();
        default -> UNKNOWN;
      };
    }

    @Override
    public Collection<String> names() {
      return List.of("record", "tag", "tag_parts", "time", "hostname");
    }

    @Override
    public RubyHost host() {
      return new RubyHost(Map.of("X", "x1", "N", "7"), Clock.system(), Zone.UTC);
    }
  }

  private Object eval(String source) {
    return RubyExpression.compile(source).evaluate(new Scope());
  }

  /** Each line is an expression and what its inspect gives in Ruby 3.2. */
  private void agrees(String table) {
    List<String> wrong = new ArrayList<>();
    for (String line : table.split("\n")) {
      int arrow = line.lastIndexOf(" ## ");
      if (arrow < 0) {
        continue;
      }
      String source = line.substring(0, arrow).strip();
      String value;
      try {
        value = Values.inspect(eval(source));
      } catch (RubyException e) {
        value = e.getMessage() + " @" + e.offset();
      }
      if (!value.equals(line.substring(arrow + 4).strip())) {
        wrong.add(source + " gives " + value);
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void evaluatesWhatRealConfigurationsHold() {
    agrees(
        """
        record["m"].upcase ## "HELLO WORLD"
        record["n"].to_i + 1 ## 6
        record["n"].to_i > 3 ? "big" : "small" ## "big"
        record["m"].gsub(/o/, "0") ## "hell0 w0rld"
        record["l"].join("-") ## "a-b"
        record["m"].split(" ") ## ["hello", "world"]
        record.dig("o", "k") ## "v"
        record["nope"].nil? ? "none" : record["nope"] ## "none"
        record["nope"] || "default" ## "default"
        record['a'] || record['b'] || record['m'] ## "hello world"
        record["m"].length ## 11
        record.keys.size ## 9
        record["m"][0, 5] ## "hello"
        record["f"] * 2 ## 2.5
        record["s"].strip ## "pad"
        record["n"].to_s + "x" ## "5x"
        record.has_key?("m") ## true
        tag_parts[1] + "." + tag_parts[0] ## "web.app"
        tag_parts[1..-1].join('.') ## "web.f"
        tag_parts[-1] ## "f"
        tag_suffix[1].gsub(/\\.f$/, '') ## "web"
        record["m"].include?("wor") ## true
        Time.at(1700000000).utc.iso8601 ## "2023-11-14T22:13:20Z"
        time.strftime("%Y-%m-%dT%H:%M:%S.%L%z") ## "2023-11-14T22:13:20.250+0000"
        time.strftime('%F') ## "2023-11-14"
        time.to_i ## 1700000000
        time.to_f ## 1700000000.25
        time.hour ## 22
        (record["m"].match(/(?<x>w..)/) or Hash.new(''))[:x] ## "wor"
        (record["m"].match(/(?<x>zzz)/) or Hash.new(''))[:x] ## ""
        record.dig("o","k").split(";")[0] ## "v"
        record["m"][/(\\w+) (\\w+)/m,2] ## "world"
        require 'json'; record["o"].to_json ## "{\\"k\\":\\"v\\"}"
        if record["i"] > 40; "hi"; elsif record["i"] > 10; "mid"; else "lo"; end ## "hi"
        "<#{record["n"]}> and <#{"x#{1 + 1}"}>" ## "<5> and <x2>"
        record["l"].map { |x| x.upcase }.reject(&:empty?).first ## "A"
        ENV["X"] ## "x1"
        ENV['Y'] || 'd' ## "d"
        ENV.fetch('Y', 'd') ## "d"
        ENV['X'] ? ENV['X'] : 'lit' ## "x1"
        ENV['N'].to_i + 24224 ## 24231
        ENV['X'] == 'x1' ? 'a' : 'b' ## "a"
        hostname.split('.').first ## "h1"
        60 * 60 ## 3600
        record["et"].to_i ## 1700000000
        JSON.parse('{"a": [1, 2.5, null]}')["a"] ## [1, 2.5, nil]
        x = record["m"]; y = x.sub("hello", "bye"); y + "!" ## "bye world!"
        record["i"].to_s.rjust(5, "0") ## "00042"
        record["nope"]&.upcase ## nil
        record["nope"].to_s.empty? ## true
        record.merge({"z" => 1}).size ## 10
        record.to_s.length > 10 ## true
        record["m"] =~ /world/ ## 6
        record["m"] !~ /zzz/ ## true
        record.select { |k, v| v.is_a?(Integer) } ## {"i"=>42}
        tag.split('.')[1..2].join("_") ## "web_f"
        """);
  }

  @Test
  void computesAsRubyDoes() {
    agrees(
        """
        7 / 2 ## 3
        -7 / 2 ## -4
        -7 % 3 ## 2
        7.0 / 2 ## 3.5
        2 ** 10 ## 1024
        2 ** 100 ## 1267650600228229401496703205376
        2 ** -1 ## 0.5
        -2 ** 2 ## 4
        9223372036854775807 + 1 ## 9223372036854775808
        1_000 + 0x10 + 0b11 ## 1019
        1.0e3 ## 1000.0
        10.fdiv(4) ## 2.5
        3.7.to_i ## 3
        3.14159.round(2) ## 3.14
        2.5.round ## 3
        1234.round(-2) ## 1200
        -3.7.floor ## -4
        3.2.ceil ## 4
        5.between?(1, 10) ## true
        1 <=> 2 ## -1
        1 == 1.0 ## true
        !true ## false
        not true ## false
        nil.to_a ## []
        nil.to_s ## ""
        true & false ## false
        1 < 2 && 2 < 3 ## true
        1 + 2 * 3 - 4 ## 3
        (1 + 2) * 3 ## 9
        10 - 2 - 3 ## 5
        255.to_s(16) ## "ff"
        "ff".hex ## 255
        "12abc".to_i ## 12
        "1.5e3x".to_f ## 1500.0
        Integer("42") ## 42
        Float("1.5") ## 1.5
        String(5) ## "5"
        5.clamp(1, 3) ## 3
        1e20.to_s ## "1.0e+20"
        0.1 + 0.2 ## 0.30000000000000004
        65.chr ## "A"
        3.times.map { |i| i * 2 } ## [0, 2, 4]
        """);
  }

  @Test
  void handlesStrings() {
    agrees(
        """
        "abc"[1] ## "b"
        "abc"[-2..] ## "bc"
        "abc"[0...-1] ## "ab"
        "abc"[5] ## nil
        "héllo".length ## 5
        "héllo".upcase ## "HÉLLO"
        "a-b_c".tr("-_", "  ") ## "a b c"
        "hello".tr('a-y', 'b-z') ## "ifmmp"
        "hello".delete("l") ## "heo"
        "aaabbb".squeeze ## "ab"
        "hello".count("l") ## 2
        "a,b,,".split(",") ## ["a", "b"]
        "a,b,,".split(",", -1) ## ["a", "b", "", ""]
        "a1b2".split(/\\d/) ## ["a", "b"]
        " a  b ".split ## ["a", "b"]
        "abc".split("") ## ["a", "b", "c"]
        "k=v".partition("=") ## ["k", "=", "v"]
        "2023-11-14".match(/(\\d+)-(\\d+)/)[1] ## "2023"
        "2023-11".gsub(/(\\d+)-(\\d+)/, '\\2/\\1') ## "11/2023"
        "cat".gsub(/[aeiou]/, 'a' => 'o') ## "cot"
        "cat".gsub(/[a-c]/) { |m| m.upcase } ## "CAt"
        "John Smith".gsub(/(?<f>\\w+) (?<l>\\w+)/, '\\k<l> \\k<f>') ## "Smith John"
        "a.b".gsub(".", "-") ## "a-b"
        "abc".sub(/b/) { $~[0] * 2 } ## "abbc"
        "x1y22".scan(/\\d+/) ## ["1", "22"]
        "a1b2".scan(/([a-z])(\\d)/) ## [["a", "1"], ["b", "2"]]
        "abc".start_with?("ab", "x") ## true
        "abc".end_with?("c") ## true
        "abc".index("c") ## 2
        "abc".center(7, "*") ## "**abc**"
        "abc".ljust(5) + "|" ## "abc  |"
        "%05d|%.2f|%s|%x|%-5s|" % [42, 3.14159, "s", 255, "ab"] ## "00042|3.14|s|ff|ab   |"
        format("%03d", 7) ## "007"
        "a" * 3 ## "aaa"
        "a" "b" ## "ab"
        'it''s' ## "its"
        "tab\\tq\\"" ## "tab\\tq\\""
        'single \\n' ## "single \\\\n"
        "abc".chars ## ["a", "b", "c"]
        "a\\nb\\n".lines ## ["a\\n", "b\\n"]
        "abc".bytes ## [97, 98, 99]
        "line\\n".chomp ## "line"
        "abc".reverse ## "cba"
        "Hello World".swapcase ## "hELLO wORLD"
        "hello".capitalize ## "Hello"
        "abc".unpack1("H*") ## "616263"
        %w[a b c] ## ["a", "b", "c"]
        :sym.to_s ## "sym"
        "a".ord ## 97
        "az".succ ## "ba"
        "abc" =~ /c/ ## 2
        "abc" <=> "abd" ## -1
        x = "a"; x << "b"; x ## "ab"
        x = " a "; x.strip!; x ## "a"
        "ab\\\\c" ## "ab\\\\c"
        "abc".slice(0, 2) ## "ab"
        "abc".delete_prefix("a") ## "bc"
        "é".bytesize ## 2
        "abc".match?(/B/i) ## true
        "a\\nb" =~ /a.b/m ## 0
        "x".encode("UTF-8", invalid: :replace, undef: :replace) ## "x"
        """);
  }

  @Test
  void handlesCollections() {
    agrees(
        """
        [1, 2, 3].map { |x| x * 2 } ## [2, 4, 6]
        [1, 2, 3].select(&:odd?) ## [1, 3]
        [3, 1, 2].sort ## [1, 2, 3]
        [3, 1, 2].sort { |a, b| b <=> a } ## [3, 2, 1]
        %w[bb a].sort_by(&:length) ## ["a", "bb"]
        [1, 2, 3].inject(:+) ## 6
        [1, 2, 3].inject { |s, x| s + x } ## 6
        [1, 2, 3].reduce(10) { |s, x| s + x } ## 16
        [1, 2, 3].sum ## 6
        [[1, 2], [3, 4]].to_h ## {"1"=>2, "3"=>4}
        [["a", 1]].map { |k, v| "#{k}=#{v}" } ## ["a=1"]
        {"a" => 1, b: 2} ## {"a"=>1, "b"=>2}
        {"a" => 1}.map { |k, v| [k.upcase, v] }.to_h ## {"A"=>1}
        {"a" => 1}.transform_values { |v| v + 1 } ## {"a"=>2}
        {"a" => 1, "b" => nil}.compact ## {"a"=>1}
        {"a" => 1}.each_with_object({}) { |(k, v), h| h[k] = v * 2 } ## {"a"=>2}
        [1, 2, 3].each_with_index.map { |x, i| x * i } ## [0, 2, 6]
        [1, nil, 2].compact ## [1, 2]
        [[1], [2, [3]]].flatten ## [1, 2, 3]
        [1, 1, 2].uniq ## [1, 2]
        [1, 2, 3, 4].first(2) ## [1, 2]
        [1, 2, 3].last ## 3
        [1, 2].zip([3, 4]) ## [[1, 3], [2, 4]]
        [1, 2, 3].include?(2) ## true
        [1, 2, 3].any? { |x| x > 2 } ## true
        [1, 2, 3].all? { |x| x > 2 } ## false
        [1, 2, 3].min ## 1
        [1, 2, 3].group_by(&:odd?) ## {"true"=>[1, 3], "false"=>[2]}
        {"a" => 1, "b" => 2}.find { |k, v| v == 2 } ## ["b", 2]
        {"a" => 1}.invert ## {"1"=>"a"}
        {"a" => {"b" => [1, 2]}}.dig("a", "b", 1) ## 2
        {"a" => 1, "b" => 2}.slice("a") ## {"a"=>1}
        {"a" => 1}.fetch("b", 0) ## 0
        (1..3).to_a ## [1, 2, 3]
        (1...3).map { |x| x } ## [1, 2]
        [1, 2, 3, 4][1..2] ## [2, 3]
        a, b = [1, 2]; a + b ## 3
        a = [1]; a << 2; a ## [1, 2]
        h = {}; h["x"] ||= 5; h["x"] += 1; h ## {"x"=>6}
        x = nil; x ||= 3; x ## 3
        case 5 when 1..3 then "lo" when 4..6 then "mid" else "hi" end ## "mid"
        case "abc" when /^a/ then "A" end ## "A"
        begin; nil.upcase; rescue => e; "failed"; end ## "failed"
        (nil.upcase rescue "r") ## "r"
        [1, 2, 3].each_slice(2).to_a ## [[1, 2], [3]]
        i = 0; while i < 3; i += 1; end; i ## 3
        [1, 2, 3].find { |x| next false if x == 2; x > 1 } ## 3
        "x" if false ## nil
        "x" unless false ## "x"
        [3, 4].each { |x| break x } ## 3
        [1, 2].then { |a| a.size } ## 2
        5.respond_to?(:round) ## true
        nil.respond_to?(:upcase) ## false
        [1, 2] == [1, 2] ## true
        """);
  }

  @Test
  void handlesTimes() {
    agrees(
        """
        Time.at(0).utc.to_s ## "1970-01-01 00:00:00 UTC"
        Time.at(1700000000.5).utc.iso8601(3) ## "2023-11-14T22:13:20.500Z"
        Time.parse("2023-11-14T22:13:20+09:00").hour ## 22
        Time.parse("2023-11-14T22:13:20Z").to_i ## 1700000000
        Time.parse("2023-11-14 22:13:20 UTC").strftime("%s") ## "1700000000"
        Time.strptime("14/Nov/2023:22:13:20 +0000", "%d/%b/%Y:%H:%M:%S %z").to_i ## 1700000000
        Time.at(1700000000).localtime("+09:00").hour ## 7
        (Time.at(10) - Time.at(4)).to_i ## 6
        (Time.at(10) + 5).to_i ## 15
        Time.at(1700000000).getlocal("+09:00").iso8601 ## "2023-11-15T07:13:20+09:00"
        time.year.to_s + time.month.to_s ## "202311"
        time.wday ## 2
        time.nsec ## 250000000
        Time.now.to_i > 1700000000 ## true
        Time.at(time).utc.iso8601 ## "2023-11-14T22:13:20Z"
        """);
  }

  @Test
  void readsFiles(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("token.txt"), "secret\nline2\n");
    assertThat(eval("File.read('" + file + "').strip")).isEqualTo("secret\nline2");
    assertThat(eval("File.open('" + file + "').read.chomp")).isEqualTo("secret\nline2");
    assertThat(eval("File.open('" + file + "', &:readline).chomp")).isEqualTo("secret");
    assertThat(eval("IO.read('" + file + "')")).isEqualTo("secret\nline2\n");
    assertThat(eval("File.exist?('" + file + "') ? 1 : 0")).isEqualTo(1L);
    assertThat(eval("File.basename('" + file + "', '.txt')")).isEqualTo("token");
    assertThatThrownBy(() -> eval("File.read('/nowhere/x')"))
        .hasMessageContaining("No such file or directory @ rb_sysopen - /nowhere/x");
  }

  @Test
  void knowsTheHostname() {
    Object name = eval("Socket.gethostname");
    assertThat(name).isEqualTo(RubyHost.hostname());
    assertThat(eval("`hostname`.chomp")).isEqualTo(name);
    assertThatThrownBy(() -> eval("`rm -rf /`")).hasMessageContaining("is not run");
  }

  @Test
  void changesTheRecordInPlace() {
    assertThat(eval("record.delete('n'); record['new'] = 1; record['new']")).isEqualTo(1L);
    assertThat(record).doesNotContainKey("n").containsEntry("new", 1L);
  }

  @Test
  void namesWhatIsWrong() {
    assertThatThrownBy(() -> eval("record['zz'].upcase"))
        .isInstanceOf(RubyException.class)
        .hasMessageStartingWith("undefined method `upcase' for nil:NilClass");
    assertThatThrownBy(() -> eval("record['m'].upcas"))
        .hasMessageContaining("undefined method `upcas' for an instance of String")
        .hasMessageContaining("did you mean `upcase'?");
    assertThatThrownBy(() -> eval("recrod['m']"))
        .hasMessageContaining("undefined local variable or method `recrod'")
        .hasMessageContaining("`record'");
    assertThatThrownBy(() -> eval("1 / 0")).hasMessage("divided by 0");
    assertThatThrownBy(() -> eval("[0.0 / 0].to_json")).hasMessage("NaN not allowed in JSON");
    assertThatThrownBy(() -> eval("1 + nil")).hasMessage("nil can't be coerced into Integer");
    assertThatThrownBy(() -> eval("'a' + 1"))
        .hasMessage("no implicit conversion of Integer into String");
    assertThatThrownBy(() -> eval("def x; end")).hasMessageContaining("not supported");
    assertThatThrownBy(() -> eval("Foo.bar")).hasMessageContaining("uninitialized constant Foo");
    assertThatThrownBy(() -> eval("(1 + ")).hasMessageContaining("unexpected end-of-input");
    assertThatThrownBy(() -> eval("1 +* 2"))
        .isInstanceOfSatisfying(RubyException.class, e -> assertThat(e.offset()).isEqualTo(3));
    assertThatThrownBy(() -> eval("{}.fetch('x')")).hasMessage("key not found: \"x\"");
    assertThatThrownBy(() -> eval("raise 'boom'")).hasMessage("boom");
  }

  @Test
  void isBounded() {
    assertThatThrownBy(() -> eval("while true; end")).isInstanceOf(RubyLimitException.class);
    assertThatThrownBy(() -> eval("loop { 1 }")).isInstanceOf(RubyLimitException.class);
    assertThatThrownBy(() -> eval("'a' * 1000000000")).isInstanceOf(RubyLimitException.class);
    assertThatThrownBy(() -> eval("x = 'aaaaaaaa'; 40.times { x = x + x }"))
        .isInstanceOf(RubyLimitException.class);
    assertThatThrownBy(() -> eval("(1..1000000000).to_a")).isInstanceOf(RubyLimitException.class);
    assertThatThrownBy(() -> eval("10 ** 10 ** 10")).isInstanceOf(RubyLimitException.class);
    assertThatThrownBy(() -> eval("(".repeat(10_000))).isInstanceOf(RubyException.class);
    assertThatThrownBy(() -> eval("!".repeat(10_000))).isInstanceOf(RubyException.class);
    assertThatThrownBy(() -> eval("a=[]; a << a; a.to_s")).isInstanceOf(RubyException.class);
  }

  @Test
  void findsTheEndOfEmbeddedCode() {
    String text = "pre #{ENV['X'] + {\"}\" => '}'}[\"}\"]}post";
    RubyExpression code = RubyExpression.compileEmbedded(text, 6);
    assertThat(text.substring(code.end())).isEqualTo("post");
    assertThat(code.evaluateText(new Scope())).isEqualTo("x1}");
  }

  @Test
  void resultsAreValuesOfRecords() {
    assertThat(eval(":a")).isEqualTo("a");
    assertThat(eval("{a: :b}")).isEqualTo(Map.of("a", "b"));
    assertThat(eval("Time.at(0).utc")).isEqualTo("1970-01-01 00:00:00 UTC");
    assertThat(eval("[1, 2.5, nil, true]")).isEqualTo(java.util.Arrays.asList(1L, 2.5, null, true));
  }
}
