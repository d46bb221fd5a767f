#!/usr/bin/env bash
# Brings the composed system up from nothing, puts documents in, waits for pairs, checks the books, and takes all of it
# down again. Where there is no Docker daemon it starts one (root only), where images cannot be pulled it makes
# stand-ins. Left behind: nothing but programs in the user's cache folder. Exit code 0: pairs came out, and verify agrees.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
cd "$root"
work=$(mktemp -d)
project=fanno-try-$$
began=$SECONDS
stand_ins=()
build_network=()
daemon=

say() { printf '[%3d s] %s\n' $((SECONDS - began)) "$*" >&2; }
fail() { say "$*"; exit 69; }
. infra/container/compose-plugin.sh
. infra/container/stand-ins.sh

# The rehearsal model answers, whatever endpoint your shell or .env names.
unset OPENAI_BASE_URL OPENAI_API_KEY DOCUMENTS ${!FANNO_*} ${!COMPOSE_*}
compose() { docker compose --env-file /dev/null --file docker-compose.yml --project-name "$project" "$@"; }
fanno() { compose --progress quiet run --rm --no-TTY fanno "$@"; }
# In a container that runs already, which is quicker.
inside() { compose exec --no-TTY judge-response fanno "$@"; }

take_down() {
  local code=$?
  trap - EXIT INT TERM
  say 'Taking it down'
  [ $code = 0 ] || compose ps --all >&2 || true
  [ $code = 0 ] || compose logs --tail 20 >&2 || true
  compose --profile '*' down --volumes --remove-orphans --timeout 30 >/dev/null 2>&1 || true
  # A stand-in must not be taken for the real image later.
  [ ${#stand_ins[@]} = 0 ] || docker image rm --force "${stand_ins[@]}" >/dev/null 2>&1 || true
  if [ -n "$daemon" ]; then
    kill "$daemon" && wait "$daemon" 2>/dev/null || true
    umount "$work"/exec/netns/* 2>/dev/null || true
  fi
  rm -rf "$work"
  say "Done, exit code $code"
  exit $code
}
trap take_down EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

start_daemon() {
  [ "$(id -u)" = 0 ] && command -v dockerd >/dev/null || fail 'No Docker daemon answers. Start one; as root, this script does it where docker.io is installed.'
  say 'Starting a Docker daemon of its own'
  # It changes nothing of this machine's network: containers talk among themselves, and a build uses the host's.
  dockerd --data-root "$work/docker" --exec-root "$work/exec" --pidfile "$work/dockerd.pid" --host "unix://$work/docker.sock" \
    --bridge=none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false --host-gateway-ip=127.0.0.1 \
    >"$work/dockerd.log" 2>&1 &
  daemon=$!
  export DOCKER_HOST=unix://$work/docker.sock
  build_network=(--network host)
  for _ in $(seq 60); do
    ! docker info >/dev/null 2>&1 || return 0
    sleep 0.5
  done
  fail "dockerd does not start: $(tail -3 "$work/dockerd.log")"
}

command -v docker >/dev/null || fail 'Docker is missing. On Debian and Ubuntu: apt-get install docker.io'
[ -x node_modules/node/bin/node ] || fail 'Run npm ci first.'
docker info >/dev/null 2>&1 || start_daemon
ensure_compose
compose config --quiet

ours=$(compose config --images rehearsal-model | head -1)
for image in $(sed -n 's/^FROM \([^ ]*\).*/\1/p' infra/container/Dockerfile | sort -u) $(compose config --images | grep -vxF "$ours" | sort -u); do
  docker image inspect "$image" >/dev/null 2>&1 || docker pull --quiet "$image" >/dev/null 2>&1 || make_stand_in "$image"
done
docker image inspect "$ours" >/dev/null 2>&1 || stand_ins+=("$ours")
say "Building $ours"
docker build --quiet "${build_network[@]}" --file infra/container/Dockerfile --tag "$ours" . >"$work/build.log" 2>&1 ||
  fail "It cannot be built: $(tail -20 "$work/build.log")"

say 'Up'
up=$(date +%s%3N)
since() { echo $((($(date +%s%3N) - up) / 1000)); }
# Not --wait: documents may come in as soon as there are topics for them, before any stage runs.
compose up --detach --quiet-pull 2>"$work/up.log" || { cat "$work/up.log" >&2; exit 1; }
fanno ingest $(ls -S node_modules/*/README.md | head -6)
until pair=$(inside cat pairs --json --limit 1 2>/dev/null) && [ -n "$pair" ]; do
  [ "$(since)" -lt 300 ] || fail 'No pair within 5 minutes'
  sleep 1
done
first=$(sed 's/.*"timestamp":\([0-9]*\).*/\1/' <<<"$pair")
say "The first pair, $(((first - up) / 1000)) s after up"
until inside status --json 2>/dev/null | grep -q '"drained":true'; do
  [ "$(since)" -lt 600 ] || fail 'Work is still waiting after 10 minutes'
  sleep 2
done
say "All settled, $(since) s after up"

fanno status
echo
fanno cat pairs --limit 3
echo
fanno verify | tail -2
echo
# Of each container: its user, whether its root can be written to, its health.
compose ps --all --quiet | xargs docker inspect --format '{{ index .Config.Labels "com.docker.compose.service" }}: user {{ .Config.User }}, root read-only {{ .HostConfig.ReadonlyRootfs }}, {{ with .State.Health }}{{ .Status }}{{ else }}ended with {{ .State.ExitCode }}{{ end }}, restarts {{ .RestartCount }}' |
  sort | tee "$work/containers"
if grep -vE ': user [1-9][0-9]*:[0-9]+, root read-only true, (healthy|ended with 0), restarts 0$' "$work/containers" >&2; then
  fail 'These containers are not as they should be'
fi
echo
compose config --images | sort -u | xargs docker image inspect --format '{{ index .RepoTags 0 }}: {{ .Size }} bytes'
