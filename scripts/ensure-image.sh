# Sourced by bin/*, with $here, the root of the clone: builds the image on first use, and says so where
# it is older than the sources. It is not built anew then: a daemon's start, at boot perhaps, must not
# wait for a compiler or fail with one, and the jars of running instances change when somebody says so.
build_id=$here/build/image/lib/build-id
[ -e "$build_id" ] || "$here/scripts/build-image" || exit 1
git=$here/.git
[ ! -f "$git" ] || read -r _ git <"$git" # a worktree
# Each pull, checkout and commit adds a line to this file; without one since the build it is one test.
if [ "$git/logs/HEAD" -nt "$build_id" ] && ! "$here/scripts/build-image" --is-current; then
  echo "runnel: build/image is older than the sources, and is what runs now; scripts/build-image builds it anew" >&2
fi
