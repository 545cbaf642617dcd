# shellcheck shell=bash
# What the scripts share: the build, a Spark home made of Maven's jars, Spark's own launcher. Sourced, never run.
#
# Environment:
#   LOCKSTEP_PROFILE  default, spark-4.1 or spark-3.5: which of the Maven builds to use
#   SPARK_HOME        a Spark installation to use in place of Maven's jars
#   JAVA_HOME         the JDK (17 or newer); without it, the java on the PATH

# Older versions have no mapfile -d and no empty arrays under set -u; they understand this check.
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404)); then
  printf '%s\n' "$0: needs bash 4.4 or newer, found $BASH_VERSION (macOS: brew install bash)" >&2
  exit 1
fi

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=scripts/$(basename "$0")

# Java takes names and arguments for what the locale says they are, and those are UTF-8, as job files are.
speak_utf8() {
  local name
  for name in '' C.UTF-8 C.utf8 en_US.UTF-8; do
    if [[ -n $name ]]; then
      export LC_ALL=$name
    fi
    if [[ $(locale charmap 2> /dev/null) == UTF-8 ]]; then
      return
    fi
  done
}

if command -v locale > /dev/null; then
  speak_utf8
fi

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$program: $*"
  exit 1
}

# new_folder FOLDER: makes it, in place of one that an earlier call made here; a folder with anything else in it is
# refused.
new_folder() {
  local mark=.made-by-lockstep-scripts
  if [[ -n $(find "$1/" -mindepth 1 -print -quit 2> /dev/null || true) ]]; then
    [[ -f $1/$mark ]] || die "$1 is not empty, and no earlier call made it: expected a new or an empty folder"
    find "$1/" -mindepth 1 ! -path "$1/$mark" -delete
  fi
  mkdir -p "$1"
  touch "$1/$mark"
}

# Prints the comment at the head of the script: its help.
print_help() { sed -n '2,/^[^#]/{/^#/!q;s/^# \{0,1\}//p;}' "$0"; }

need() { command -v "$1" > /dev/null || die "needs $1: ${2:-install it and try again}"; }

java_command() {
  if [[ -n ${JAVA_HOME:-} ]]; then
    [[ -x $JAVA_HOME/bin/java ]] || die "JAVA_HOME=$JAVA_HOME has no bin/java"
    printf '%s\n' "$JAVA_HOME/bin/java"
  else
    need java "JDK 17 or newer"
    command -v java
  fi
}

# jdk_tool NAME: prints the path of a tool of the JDK.
jdk_tool() {
  local java tool
  java=$(java_command)
  tool=$(dirname "$java")/$1
  [[ -x $tool ]] || tool=$(dirname "$(readlink -f "$java")")/$1
  [[ -x $tool ]] || die "needs a JDK: there is no $1 beside $java"
  printf '%s\n' "$tool"
}

java_major() {
  local version
  version=$("$1" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = //p')
  printf '%s\n' "${version#1.}"
}

# Prints the JVM options that the kernels want: the vector module, and memory in huge pages where Linux gives them.
kernel_options() {
  local options=--add-modules=jdk.incubator.vector pages=/sys/kernel/mm/transparent_hugepage/enabled
  if [[ -r $pages ]] && ! grep -qF '[never]' "$pages"; then
    options+=' -XX:+UseTransparentHugePages'
  fi
  printf '%s\n' "$options"
}

# Chooses the build: sets profile, build (its folder in each module) and SPARK_SCALA_VERSION.
choose_build() {
  profile=${LOCKSTEP_PROFILE:-}
  if [[ -z $profile ]]; then
    profile=default
    if [[ -n ${SPARK_HOME:-} ]]; then
      compgen -G "$SPARK_HOME/jars/spark-core_*.jar" > /dev/null \
        || die "SPARK_HOME=$SPARK_HOME has no jars/spark-core_*.jar"
      if compgen -G "$SPARK_HOME/jars/spark-core_2.12-*.jar" > /dev/null; then
        profile=spark-3.5
      elif compgen -G "$SPARK_HOME/jars/spark-core_2.13-4.[01].*.jar" > /dev/null; then
        profile=spark-4.1
      fi
    fi
  fi
  case $profile in
    default) build=target SPARK_SCALA_VERSION=2.13 ;;
    spark-4.1) build=target/spark-4.1 SPARK_SCALA_VERSION=2.13 ;;
    spark-3.5) build=target/spark-3.5 SPARK_SCALA_VERSION=2.12 ;;
    *) die "LOCKSTEP_PROFILE=$profile: known are default, spark-4.1, spark-3.5" ;;
  esac
  export SPARK_SCALA_VERSION
  home=$project/driver/$build/spark-home
}

# maven ARGS...: runs Maven in the project; a download that broke off is tried once more.
maven() {
  need mvn "Maven 3.8 or newer"
  local log status=0
  log=$(mktemp)
  (cd "$project" && mvn -B "$@") 2>&1 | tee "$log" || status=$?
  if ((status != 0)) && grep -qE 'Could not transfer artifact|Connection reset|timed out|Premature end' "$log"; then
    say "$program: a download failed; trying once more"
    status=0
    (cd "$project" && mvn -B "$@") || status=$?
  fi
  rm -f "$log"
  return "$status"
}

# Prints the driver jar; those of other versions may lie beside the one that was built last.
driver_jar() {
  local jar newest=''
  for jar in "$project/driver/$build"/lockstep-driver-*.jar; do
    if [[ -f $jar && (-z $newest || $jar -nt $newest) ]]; then
      newest=$jar
    fi
  done
  printf '%s\n' "$newest"
}

# is_newer FILE MODULE...: whether there is such a file, newer than all that these modules are built from.
is_newer() {
  local inputs=("$project/pom.xml") module
  [[ -f $1 ]] || return 1
  for module in "${@:2}"; do
    inputs+=("$project/$module"/{pom.xml,src/main,src/bench})
  done
  [[ -z $(find "${inputs[@]}" -newer "$1" -print -quit) ]]
}

is_built() { [[ -f $home.txt ]] && is_newer "$(driver_jar)" worker-lib driver; }

# Builds the driver jar when it is missing or older than the sources, and the Spark home when no installation is given.
ensure_built() {
  choose_build
  if is_ready; then
    return
  fi
  lock_build
  # Another command may have built it meanwhile.
  is_built || build_jar
  [[ -n ${SPARK_HOME:-} ]] || is_linked || link_spark_home
  exec {build_lock}>&-
}

# Builds what measures the worker library, which needs no Spark, when it is missing or older than the sources.
ensure_bench_built() {
  local list=$project/worker-lib/target/bench.txt
  if is_newer "$list" worker-lib; then
    return
  fi
  lock_build
  if ! is_newer "$list" worker-lib; then
    say "$program: building"
    build -pl worker-lib process-test-classes
  fi
  exec {build_lock}>&-
}

# Waits until no other command builds, where flock is there.
lock_build() {
  mkdir -p "$project/driver/target"
  exec {build_lock}> "$project/driver/target/lock"
  if command -v flock > /dev/null; then
    flock "$build_lock"
  fi
}

is_ready() { is_built && { [[ -n ${SPARK_HOME:-} ]] || is_linked; }; }

is_linked() { cmp -s "$home.txt" "$home/jars.txt"; }

build_jar() {
  say "$program: building (a first build downloads Spark, some 350 MB)"
  if [[ $profile == default ]]; then
    build package
  else
    build "-P$profile" package
  fi
}

# build ARGS...: runs Maven without tests; what it says is shown if it fails.
build() {
  local output
  output=$(maven -q -DskipTests "$@" 2>&1) || {
    say "$output"
    die "the build failed"
  }
}

# Lays Maven's jars out as a Spark home, by links.
link_spark_home() {
  local made jar
  made=$(mktemp -d "$home.XXXXXX")
  mkdir "$made/jars"
  # The list ends without a line break.
  while IFS= read -r jar || [[ -n $jar ]]; do
    ln -s "$jar" "$made/jars/"
  done < <(tr ':' '\n' < "$home.txt")
  cp "$home.txt" "$made/jars.txt"
  rm -rf "$home"
  mv "$made" "$home"
}

# spark_class CLASS ARGS...: sets command to what starts one of Spark's classes from the Spark home, as bin/spark-class
# does.
spark_class() {
  local java launcher argument
  java=$(java_command)
  launcher=$(printf '%s:' "$home"/jars/spark-launcher_*.jar "$home"/jars/spark-common-utils*.jar)
  export SPARK_HOME=$home
  command=()
  while IFS= read -r -d '' argument; do
    command+=("$argument")
  done < <("$java" -Xmx128m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$launcher" \
    org.apache.spark.launcher.Main "$@")
  ((${#command[@]} > 1)) || die "Spark's launcher refused: ${*:2}"
  # The launcher's output begins with an empty field and a line break.
  command=("${command[1]#$'\n'}" "${command[@]:2}")
}

# bench_jars FOLDER [GROUP/ARTIFACT ...]: packs what measures, which no shipped jar contains, into FOLDER/bench.jar.
# Prints that jar, picocli and the named artifacts from Maven's local repository, separated by commas.
bench_jars() {
  local jars=$1/bench.jar repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository} artifact jar
  "$(jdk_tool jar)" --create --file "$jars" -C "$project/driver/$build/test-classes" dev
  for artifact in info/picocli/picocli "${@:2}"; do
    jar=$(find "$repository/$artifact" -name "${artifact##*/}-[0-9]*.jar" | sort | tail -n 1)
    [[ -n $jar ]] || die "Maven's local repository has no $artifact; mvn test fetches it"
    jars+=,$jar
  done
  printf '%s\n' "$jars"
}

# xgboost_jars: prints the jars of XGBoost4J-Spark in Maven's local repository, separated by commas, or nothing.
xgboost_jars() {
  find "${MAVEN_REPOSITORY:-$HOME/.m2/repository}/ml/dmlc" -name 'xgboost4j*_2.13-3.1.1.jar' 2> /dev/null |
    sort | paste -sd, - || true
}

# without_module_warning: hands on all but the line that a JVM begins with when it is given an incubating module, which
# no option of the JVM switches off. A signal that ends the command must not end this before the command's last words.
without_module_warning() {
  trap '' INT TERM HUP
  local first
  if IFS= read -r first; then
    [[ $first == 'WARNING: Using incubator modules'* ]] || printf '%s\n' "$first"
  else
    printf '%s' "$first"
  fi
  exec cat
}
