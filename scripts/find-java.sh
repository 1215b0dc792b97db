# Sourced by the scripts: runnel_find_java sets JAVA_HOME to a JDK (or, for the launchers, a run time) of version 25
# or newer, looked for in JAVA_HOME, on PATH and under /usr/lib/jvm. Reads the file `release` of each
# candidate instead of starting it, which would cost 50 ms.

runnel_java_version() { # HOME -> prints the major version, nothing where there is none
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
  while IFS='="' read -r key _ value _; do
    if [ "$key" = JAVA_VERSION ]; then
      echo "${value%%[!0-9]*}"
      return 0
    fi
  done <"$1/release"
}

runnel_is_new_enough() {
  version=$(runnel_java_version "$1")
  [ -n "$version" ] && [ "$version" -ge 25 ]
}

runnel_find_java() {
  if [ -n "${JAVA_HOME:-}" ] && runnel_is_new_enough "$JAVA_HOME"; then
    return 0
  fi
  on_path=$(command -v java 2>/dev/null) && on_path=$(readlink -f "$on_path") || on_path=
  for candidate in ${on_path:+"${on_path%/bin/java}"} /usr/lib/jvm/*; do
    if [ ! -L "$candidate" ] && runnel_is_new_enough "$candidate"; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  echo "runnel: no Java 25 or newer found in JAVA_HOME (${JAVA_HOME:-not set}), on PATH or under /usr/lib/jvm." >&2
  echo "        Install one, for example: apt-get install temurin-25-jdk, or openjdk-25-jdk-headless" >&2
  return 1
}

# Names of files are bytes, as in the configuration, which is UTF-8. In the locale C, which is what
# cron, init and many services start with, Java would refuse every other name; so it would in one
# that is not installed.
runnel_use_utf8() {
  case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in
    C.UTF-8 | C.utf8) return 0 ;;
    C | POSIX) ;;
    *) [ "$(locale charmap 2>/dev/null)" != UTF-8 ] || return 0 ;;
  esac
  LC_ALL=C.UTF-8
  export LC_ALL
}
