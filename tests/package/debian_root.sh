# Clean Debian roots for tests, made by debootstrap; sourced by run and source. Needs root and Debian's archive ($QUEUETRACE_DEBIAN_MIRROR,
# else the one that apt uses here).

fail() {
  echo "package: $*" >&2
  exit 1
}

make_root() { # SUITE FOLDER: with the same settings of apt for reaching its archive as here
  # shellcheck disable=SC2016  # a format of apt
  debootstrap --variant=minbase "$1" "$2" "${QUEUETRACE_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1)}" \
    >"$2.log" 2>&1 || { tail -n 20 "$2.log" >&2; fail "no root of $1 was made"; }
  printf '#!/bin/sh\nexit 101\n' >"$2/usr/sbin/policy-rc.d"  # packages start no services
  chmod 755 "$2/usr/sbin/policy-rc.d"
  apt-config dump Acquire | grep -E '^Acquire::(Check-|https?::)' >"$2/etc/apt/apt.conf.d/99-as-outside" || true
}

# Mounts exist in a namespace that ends with the command, so that removing the folder can reach nothing outside it.
in_root() { # FOLDER COMMAND...; with $CCACHE_DIR, where it is set, as /ccache
  unshare --mount sh -euc '
    mount --rbind /dev "$0/dev"
    mount -t proc proc "$0/proc"
    if [ -n "${CCACHE_DIR:-}" ]; then
      mkdir -p "$0/ccache"
      mount --bind "$CCACHE_DIR" "$0/ccache"
    fi
    exec chroot "$0" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive HOME=/root LC_ALL=C.UTF-8 \
      ${CCACHE_DIR:+CCACHE_DIR=/ccache} "$@"' "$@"
}
