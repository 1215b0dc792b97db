package io.runnel.connectors.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlaceholdersTest {
  @Test
  void questionMarksOutsideOfTextsAreCounted() {
    Placeholders found =
        Placeholders.ofMarks("INSERT INTO t (a,b) VALUES (?, concat('?\\'?', ?)) -- ? \n/* ? */");
    assertThat(found.values()).isEqualTo(2);
    assertThat(found.statements()).isFalse();
  }

  @Test
  void numbersBecomeQuestionMarksInTheirOrder() {
    Placeholders found =
        Placeholders.ofNumbers(
            "INSERT INTO t VALUES ($2, $1, $2, '$3', $q$ $4 ? $q$, \"$5\") /* $6 */ WHERE a ?"
                + " 'b';");
    assertThat(found.sql())
        .isEqualTo(
            "INSERT INTO t VALUES (?, ?, ?, '$3', $q$ $4 ? $q$, \"$5\") /* $6 */ WHERE a ?? 'b';");
    assertThat(found.values()).isEqualTo(2);
    assertThat(found.arrange(new Object[] {"one", "two"})).containsExactly("two", "one", "two");
    assertThat(found.statements()).isFalse();
  }

  @Test
  void severalStatementsAreSeen() {
    assertThat(Placeholders.ofMarks("DELETE FROM a; INSERT INTO a VALUES (?)").statements())
        .isTrue();
  }

  @Test
  void namesCannotEndTheirQuotes() {
    assertThat(Dialect.MYSQL.quoted("a`b.c")).isEqualTo("`a``b`.`c`");
    assertThat(Dialect.POSTGRESQL.quoted("a\"; DROP")).isEqualTo("\"a\"\"; DROP\"");
  }
}
