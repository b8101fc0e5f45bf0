# Sourced by ./belfry: everything that `./belfry test` does. Expects $home, $jar and fail().

# Prints the major version that a command tells, or nothing.
major() { "$@" 2>/dev/null | sed -n 's/[^0-9]*\([0-9][0-9]*\)\..*/\1/p' | head -n 1; }

first_of() {
  local name
  for name in "$@"; do
    if command -v "$name"; then return; fi
  done
  return 1
}

redis7() {
  local version
  version=$(redis-server --version 2>/dev/null | sed -n 's/.* v=\([0-9]*\)\..*/\1/p')
  [ "${version:-0}" -ge 7 ]
}

chromium() { first_of chromium chromium-browser google-chrome google-chrome-stable; }

check_tools() {
  local version
  command -v mvn > /dev/null || fail "needs Maven 3.8 or later. Install the package maven."
  version=$(major node --version)
  [ "${version:-0}" -ge 20 ] || fail "needs Node 20 or later (found: ${version:-none}) for the browser client."
  command -v npm > /dev/null || fail "needs npm, which comes with Node."
}

# Chromium and Redis 7 come from the system's packages.
install_packages() {
  local missing=()
  chromium > /dev/null || missing+=(chromium)
  redis7 || missing+=(redis-server)
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "Installing ${missing[*]} …"
    { DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" < /dev/null \
      || { apt-get update < /dev/null \
        && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" < /dev/null; }; } \
      > "${TMPDIR:-/tmp}/belfry-apt.log" 2>&1 || true
  fi
  chromium > /dev/null || fail "the browser tests need Chromium. Install the package chromium."
  redis7 || fail "the tests of sharded pub/sub need redis-server 7 or later. Install the package redis-server."
}

# Processes that mention the directory, except this script's own.
users_of() {
  local entry
  if [ -d /proc/self ]; then
    for entry in /proc/[0-9]*; do
      if [ "${entry#/proc/}" != $$ ] && tr '\0' ' ' < "$entry/cmdline" 2>/dev/null | grep -qF -- "$1"; then
        echo "${entry#/proc/} $(tr '\0' ' ' < "$entry/cmdline" 2>/dev/null)"
      fi
    done
  else
    ps -axo pid=,args= | grep -F -- "$1" | grep -vF "grep -F" || true
  fi
}

# Starts what a user would start, sends an event, finds it in the inbox, stops, and looks for what was left behind.
smoke_test() {
  local scratch pid tries=0 status=0 begin
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/belfry-smoke.XXXXXX")
  echo "Smoke test: ./belfry up"
  env -u DATABASE_URL -u REDIS_URI BELFRY_AOT=off "$home/belfry" \
    up --port 0 --data "$scratch/data" --info "$scratch/info.json" > "$scratch/log" 2>&1 < /dev/null &
  pid=$!
  while [ ! -f "$scratch/info.json" ] && kill -0 "$pid" 2>/dev/null && [ $tries -lt 600 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  node "$home/.ci/smoke.mjs" "$scratch/info.json" || status=1
  "$home/belfry" bench smoke --repeat 1 --demo "$scratch/data" || status=1
  begin=$SECONDS
  kill -TERM "$pid" 2>/dev/null || status=1
  wait "$pid" || true
  if [ $((SECONDS - begin)) -gt 5 ]; then echo "It took more than 5 s to stop." >&2; status=1; fi
  if [ -n "$(users_of "$scratch/data")" ]; then
    echo "Left behind:" >&2
    users_of "$scratch/data" >&2
    status=1
  fi
  if [ $status != 0 ]; then
    tail -n 60 "$scratch/log" >&2
    fail "the smoke test failed; see above."
  fi
  rm -rf "$scratch"
}

run_tests() {
  check_tools
  install_packages
  BELFRY_CHROMIUM=$(chromium)
  export BELFRY_CHROMIUM PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
  (cd "$home" && mvn -B -ntp verify "$@" < /dev/null)
  # Maven leaves a jar alone that would not change.
  touch -c "$jar" "$home/benchmarks/target/belfry-benchmarks.jar"
  # With arguments, such as -pl core -am, it is a part of the tests that is wanted.
  [ $# -gt 0 ] || smoke_test
  echo "All tests passed."
}
