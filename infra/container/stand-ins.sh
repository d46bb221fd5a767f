# Sourced by try-it.sh: images that stand in for those of docker-compose.yml and the Dockerfile, under their very names,
# where no registry of images can be reached. The programs in them are the same, of the same version; the system below
# them is this machine's Debian or Ubuntu. Users, folders and volumes are as in the real ones.

# Makes the one named. Fails where there is no recipe for it.
make_stand_in() {
  case $1 in
    node:*) say "Making a stand-in for $1" && node_stand_in "$1" ;;
    apache/kafka:*) say "Making a stand-in for $1" && kafka_stand_in "$1" ;;
    apicurio/apicurio-registry:*) say "Making a stand-in for $1" && registry_stand_in "$1" ;;
    *) fail "$1 cannot be pulled, and there is no stand-in for it" ;;
  esac
  stand_ins+=("$1")
}

base=fanno-stand-in:base
java=fanno-stand-in:java

base_stand_in() {
  ! docker image inspect $base >/dev/null 2>&1 || return 0
  [ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null || fail 'a stand-in needs root and debootstrap'
  local system=$work/system release mirror
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  # The first mirror of this machine's own sources, in either of apt's formats.
  mirror=$(find /etc/apt/ -name '*.list' -o -name '*.sources' | sort | xargs cat |
    sed -n 's#^\(deb\|URIs:\) \(\[[^]]*\] \)\?\(https\?://[^ ]*\).*#\3#p' | head -1)
  debootstrap --variant=minbase --include=ca-certificates,libstdc++6,zlib1g "$release" "$system" "$mirror" >"$work/debootstrap.log" ||
    fail "debootstrap failed: $(tail -3 "$work/debootstrap.log")"
  # Authorities that this machine trusts beyond Debian's.
  cp -L /etc/ssl/certs/ca-certificates.crt "$system/etc/ssl/certs/"
  tar -C "$system" --exclude=./var/cache/apt --exclude=./var/lib/apt/lists --exclude=./usr/share/doc --exclude=./usr/share/locale -c . |
    docker import - $base >/dev/null
  rm -rf "$system"
  stand_ins+=($base)
}

java_stand_in() {
  ! docker image inspect $java >/dev/null 2>&1 || return 0
  base_stand_in
  local home context=$work/java
  home=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
  mkdir "$context"
  # Debian's has links into /etc, and some that lead nowhere.
  tar -C "$home" --exclude=./jmods --exclude=./lib/src.zip --exclude=./man -ch . | tar -C "$context" -x
  build_stand_in $java "$context" <<<"
    FROM $base
    COPY . /opt/java"
}

# $1 name, $2 folder; the Dockerfile comes on standard input.
build_stand_in() {
  sed 's/^ *//' >"$work/Dockerfile"
  docker build --quiet "${build_network[@]}" --file "$work/Dockerfile" --tag "$1" "$2" >"$work/build.log" 2>&1 ||
    fail "No stand-in for $1: $(tail -5 "$work/build.log")"
  rm -rf "$2"
  stand_ins+=("$1")
}

node_stand_in() {
  local context=$work/node npm
  base_stand_in
  mkdir "$context"
  cp "$root/node_modules/node/bin/node" "$context/"
  npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  cp -r "$npm" "$context/npm"
  printf 'registry=%s\ncafile=/etc/ssl/certs/ca-certificates.crt\n' "$(cd / && npm config get registry 2>/dev/null)" >"$context/npmrc"
  build_stand_in "$1" "$context" <<<"
    FROM $base
    COPY node /usr/local/bin/node
    COPY npm /usr/local/lib/node_modules/npm
    COPY npmrc /usr/local/etc/npmrc
    RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && useradd --uid 1000 --create-home node
    CMD [\"node\"]"
}

kafka_stand_in() {
  local context=$work/kafka
  java_stand_in
  mkdir "$context"
  cp -r "$(artifact broker)" "$context/libs"
  # The real image, too, has Kafka's own wrapper turn KAFKA_… into server.properties and format the folder.
  cat >"$context/run" <<'RUN'
#!/bin/bash
set -e
in=/etc/kafka/docker mounted=/mnt/shared/config out=/opt/kafka/config
setup="setup --default-configs-dir $in --mounted-configs-dir $mounted --final-configs-dir $out"
said=$(/opt/java/bin/java -cp '/opt/kafka/libs/*' kafka.docker.KafkaDockerWrapper $setup 2>&1) ||
  grep -qi 'already formatted' <<<"$said" || { echo "$said"; exit 1; }
exec /opt/java/bin/java $KAFKA_HEAP_OPTS -cp '/opt/kafka/libs/*' kafka.Kafka $out/server.properties
RUN
  chmod 755 "$context/run"
  build_stand_in "$1" "$context" <<<"
    FROM $java
    COPY libs /opt/kafka/libs
    COPY run /etc/kafka/docker/run
    RUN useradd --uid 1000 appuser && mkdir -p /opt/kafka/config /var/lib/kafka/data /mnt/shared/config && chown -R appuser /opt/kafka/config /var/lib/kafka
    USER appuser
    VOLUME /var/lib/kafka/data
    CMD [\"/etc/kafka/docker/run\"]"
}

registry_stand_in() {
  local context=$work/registry
  java_stand_in
  mkdir "$context"
  cp -r "$(artifact registry)" "$context/deployments"
  build_stand_in "$1" "$context" <<<"
    FROM $java
    COPY deployments /deployments
    USER 1001
    CMD exec /opt/java/bin/java \$JAVA_OPTS_APPEND -jar /deployments/apicurio-registry-app-*-runner.jar"
}

# Folder of the programs that infra/kafka fetches with Maven: `broker` or `registry`.
artifact() {
  "$root/node_modules/node/bin/node" --input-type=module --eval "
    const { brokerArtifact, registryArtifact, fetchArtifact } = await import('$root/infra/kafka/artifacts.ts')
    console.log(await fetchArtifact({ broker: brokerArtifact, registry: registryArtifact }['$1'], console.error))"
}
