#!/bin/bash
# timescale-bundle.sh FOLDER: unpacks Debian's own PostgreSQL + TimescaleDB (Apache edition) below
# FOLDER and prints the folder of its programs. Nothing is installed: the host's apt sources, its dpkg
# database and its libc stay as they are, and no root is needed. Every program runs through the
# bundle's own loader, so the release of the host does not matter.
#   TSDB_SUITE=trixie  TSDB_PG=17   Debian suite and PostgreSQL major
#   TSDB_MIRROR        Debian mirror (default: the one this host's apt uses)
set -euo pipefail; umask 022
cache=$(realpath -m -- "$1"); suite=${TSDB_SUITE:-trixie}; pg=${TSDB_PG:-17}
arch=$(dpkg --print-architecture)
case $arch in
  amd64) triplet=x86_64-linux-gnu ;;
  arm64) triplet=aarch64-linux-gnu ;;
  *) echo "no TimescaleDB packages for $arch" >&2; exit 2 ;;
esac
root=$cache/timescale-$suite-$pg-$arch; home=usr/lib/postgresql/$pg

main() {
  mkdir -p "$cache"
  if [ ! -e "$root/.complete" ]; then
    # One fetch at a time; who waited finds the bundle made.
    exec 9>"$cache/.lock"; flock 9
    [ -e "$root/.complete" ] || fetch
    exec 9>&-
  fi
  echo "$root/$home/bin"
}

fetch() {
  local apt=$cache/.apt new=$root.new
  rm -rf "$apt" "$new" "$root"
  mkdir -p "$apt"/{state/lists/partial,cache/archives/partial,etc,log,debs} "$new"; : >"$apt/status"
  local mirror=${TSDB_MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -m1 -E '/debian/?$')}
  local keyring=${TSDB_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
  echo "deb [signed-by=$keyring] $mirror $suite main" >"$apt/etc/sources.list"
  private_apt "$apt" >"$apt/apt.conf"
  export APT_CONFIG=$apt/apt.conf
  apt-get -qq update
  packages >"$apt/keep"
  ( cd "$apt/debs"; xargs -r apt-get -qq download <"$apt/keep" )
  for deb in "$apt"/debs/*.deb; do dpkg-deb -x "$deb" "$new"; done
  ( cd "$apt/debs"; sha256sum ./*.deb ) >"$new/MANIFEST.sha256"
  rm -rf "$new"/usr/share/{man,locale,lintian,bug} "$new/$home"/lib/{bitcode,llvmjit*} "$apt"
  mv "$new/$home/bin" "$new/$home/bin.elf"; mkdir "$new/$home/bin"
  for program in "$new/$home"/bin.elf/*; do launcher "${program##*/}" >"$new/$home/bin/${program##*/}"; done
  chmod 755 "$new/$home"/bin/*
  touch "$new/.complete"; mv "$new" "$root"
}

# An apt that knows only our source and writes only below our folder.
private_apt() {
  cat <<CONF
Dir::State "$1/state"; Dir::State::status "$1/status"; Dir::Cache "$1/cache"; Dir::Log "$1/log";
Dir::Etc "$1/etc"; Dir::Etc::main "/dev/null"; Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "$1/etc/sources.list"; Dir::Etc::sourceparts "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
APT::Architecture "$arch"; APT::Architectures "$arch"; APT::Install-Recommends "false"; APT::Sandbox::User "";
Acquire::Languages "none"; Acquire::Retries "3"; Acquire::Check-Valid-Until "${TSDB_CHECK_VALID_UNTIL:-true}"; Debug::NoLocking "true";
CONF
}

# What apt would install on an empty system, less what a bare server never opens (jit, perl, pam, …).
packages() {
  apt-get -y --print-uris install "postgresql-$pg-timescaledb" 2>/dev/null | sed -n "s/^'[^']*' \([^_ ]*\)_.*/\1/p" |
    grep -E "^(lib|postgresql(-client)?-$pg(-timescaledb)?$)" |
    grep -vE '^(libllvm|libz3|libperl|libdb5|libgdbm|libpam-modules|libsemanage|libsepol|libaudit-common|libdebconf|libproc2|libjson-perl|libipc-run|libio-pty|libtext-|libc-l10n|libncursesw|libc-dev|libattr|libacl|libmd0|libbsd0|libbz2)'
}

launcher() {
  cat <<SH
#!/bin/sh
self=\$(cd -- "\$(dirname -- "\$0")" && pwd -P); r=\${self%/$home/bin}; l=\$r/usr/lib/$triplet
LOCPATH=\$r/usr/lib/locale; export LOCPATH
for ld in "\$l"/ld-linux-*.so.*; do :; done
exec "\$ld" --library-path "\$l" --argv0 "\$self/$1" "\$r/$home/bin.elf/$1" "\$@"
SH
}

main
