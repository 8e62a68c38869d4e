# What tools/build, tools/test and tools/run share: installing packages, configuring, compiling. Sourced by them from the
# project's root; messages go to stderr.

# What compiling needs, and what the tests need besides: packages of Debian 12.
build_packages=(
  g++ cmake ninja-build ccache mold pkg-config git ca-certificates tzdata
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libcereal-dev libcli11-dev libexpected-dev libfmt-dev
  libhowardhinnant-date-dev libicu-dev librocksdb-dev libsimdjson-dev libssl-dev zlib1g-dev
)
test_packages=(catch2 python3 zsh curl chromium openssl)
# Other makes of nodejs bring npm along, and do not go together with Debian's.
command -v npm >/dev/null || test_packages+=(nodejs npm)
# What telling the story needs.
story_packages=(jq)

say() { printf '%s\n' "$*" >&2; }

# fail STATUS MESSAGE...: says why, and ends the script.
fail() {
  local status=$1
  shift
  say "$@"
  exit "$status"
}

# is_installed PACKAGE
is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# install_packages PACKAGE...: installs those that are missing, and nothing else; asks apt only when there are any. Never
# removes a package: what is in the way is named, for the user to decide.
install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say "This is not a Debian system: nothing is installed. Needed are the equivalents of: $*"
    return
  fi
  local missing
  mapfile -t missing < <(
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' |
      grep -vxFf - <(printf '%s\n' "$@")
  )
  [ ${#missing[@]} -gt 0 ] || return 0

  if is_installed libboost1.74-dev && printf '%s\n' "${missing[@]}" | grep -q '^libboost'; then
    fail 1 "libboost1.74-dev is installed, and Debian allows one version of Boost's headers at a time; Chancery needs 1.81." \
      $'\nNothing was changed. If nothing else needs 1.74, run: apt-get remove libboost1.74-dev   and then this again.'
  fi

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      fail 1 "Missing packages: ${missing[*]}"$'\n'"Neither root nor sudo: have them installed with" \
        "apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo)
  fi
  say "Installing ${#missing[@]} packages: ${missing[*]}"
  local install_log=build/install.log
  mkdir -p build
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
  "${apt[@]}" update >&2 || say "The package lists could not be brought up to date; trying with those that are here."
  "${apt[@]}" install -y --no-remove --no-install-recommends "${missing[@]}" >"$install_log" 2>&1 || {
    tail -n 20 "$install_log" >&2
    fail 1 "The packages could not be installed; the end of apt's output is above, all of it in $install_log."
  }
}

# Prints how many compilers may run at once: one a core, each with 2 GiB of the memory that is free.
job_count() {
  local cores free_kib limit
  cores=$(nproc)
  free_kib=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  [ "$limit" = max ] || [ $((limit / 1024)) -ge "$free_kib" ] || free_kib=$((limit / 1024))
  local jobs=$((free_kib / (2 * 1024 * 1024)))
  [ "$jobs" -le "$cores" ] || jobs=$cores
  [ "$jobs" -ge 1 ] || jobs=1
  echo "$jobs"
}

# Prints the folder in which a preset is built.
preset_folder() {
  case $1 in
    release) echo build ;;
    debug | asan | tsan) echo "build/$1" ;;
    *) fail 2 "preset: found '$1'; allowed: release, debug, asan, tsan" ;;
  esac
}

# compile PRESET TARGET...: configures and builds, in silence where all is up to date.
compile() {
  local preset=$1 folder
  shift
  folder=$(preset_folder "$preset")
  mkdir -p "$folder"
  cmake --preset "$preset" >"$folder/configure.log" 2>&1 || {
    cat "$folder/configure.log" >&2
    fail 1 "The build could not be configured."
  }
  local jobs line begin
  jobs=$(job_count)
  begin="Building $folder ($preset, $jobs at a time)"
  ninja -C "$folder" -j "$jobs" "$@" 2>&1 | while IFS= read -r line; do
    case $line in
      "ninja: Entering directory"* | "ninja: no work to do." | *"Re-checking globbed directories"*) continue ;;
    esac
    [ -z "$begin" ] || say "$begin"
    begin=
    say "$line"
  done
}
