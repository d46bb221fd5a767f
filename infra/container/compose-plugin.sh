# Sourced by try-it.sh: makes `docker compose` work where Docker is installed without it, as on Debian 12.
compose_version=v2.40.3

ensure_compose() {
  docker compose version >/dev/null 2>&1 && return
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/fanno
  local plugin=$cache/docker-compose-$compose_version
  if [ ! -x "$plugin" ]; then
    command -v go >/dev/null || fail 'Docker Compose 2 is missing: install docker-compose-plugin (or Go, and it is built here)'
    say "Building Docker Compose $compose_version with Go, once (some minutes)"
    build_compose "$plugin"
  fi
  # A folder of its own: what the user has configured for Docker stays as it is.
  mkdir -p "$work/docker-config/cli-plugins"
  [ ! -f "${DOCKER_CONFIG:-$HOME/.docker}/config.json" ] || cp "${DOCKER_CONFIG:-$HOME/.docker}/config.json" "$work/docker-config/"
  ln -s "$plugin" "$work/docker-config/cli-plugins/docker-compose"
  export DOCKER_CONFIG=$work/docker-config
}

# In a copy of its sources: `go install` refuses modules that exclude others, as this one does.
build_compose() {
  local module=github.com/docker/compose/v2 sources
  sources=$(cd "$work" && GOFLAGS=-mod=mod go mod download -json "$module@$compose_version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  cp -r "$sources" "$work/compose-sources"
  chmod -R u+w "$work/compose-sources"
  mkdir -p "$(dirname "$1")"
  (cd "$work/compose-sources" &&
    CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X $module/internal.Version=$compose_version" -o "$work/docker-compose" ./cmd)
  mv "$work/docker-compose" "$1"
}
