# Completion in a real interactive zsh behind a pseudo-terminal (zsh/zpty): types a line, presses Tab twice and compares the
# line and the list. The configuration's names try to run something (threats.md K01, K02). Usage: completion.zsh PROGRAM SCRIPTS
emulate -R zsh
zmodload zsh/zpty || exit 1
folder=$(mktemp -d) || exit 1
trap 'rm -rf $folder' EXIT
mkdir $folder/bin && ln -s $1 $folder/bin/queuetrace
export PATH=$folder/bin:$PATH QUEUETRACE_CONFIG=$folder/config.toml TERM=dumb HOME=$folder ZDOTDIR=$folder
scripts=$2
print -r -- '[sources.prod]
url = "redis://h"
[sources."$(touch pwned)"]
url = "redis://h"
[sources."`touch pwned`"]
url = "redis://h"
[sources."a b"]
url = "redis://h"
[sources."-rf"]
url = "redis://h"' > $QUEUETRACE_CONFIG
chmod 600 $QUEUETRACE_CONFIG
source ${0:h}/completion_demo.sh $folder
cd $folder || exit 1
integer failed=0

# Reads until the shell has printed $1, at most ten seconds; leaves what came in $seen.
read_until() {
  local part
  integer end=$((SECONDS + 10))
  seen=
  while (( SECONDS < end )); do
    if zpty -r -t shell part; then seen+=$part; else sleep 0.05; fi
    [[ $seen == *$1* ]] && return 0
  done
  print -ru2 -- "completion zsh: no '$1' in: ${(V)seen}"
  return 1
}

# What the line $1 becomes after Tab, between < and >.
completed() {
  zpty -w -n shell "$1"$'\t\C-x\C-p' && read_until '>line' && { line=${seen##*line<}; line=${line%%>line*} }
  zpty -w -n shell $'\C-u'
}
expect() {
  completed $2
  if [[ $line != $3 ]]; then
    print -ru2 -- "completion zsh $1: got '$line', expected '$3'"
    failed=1
  fi
}

zpty -b shell zsh -f -i
zpty -w shell "PS1=; unsetopt beep promptcr promptsp; autoload -Uz compinit; compinit -u -D; source $scripts/_queuetrace
show() { print -r -- \"line<\$BUFFER>line\" }; zle -N show; bindkey -e; bindkey '^X^P' show; print re''ady"
read_until ready || exit 1
expect 'one source' 'queuetrace job list -s ' 'queuetrace job list -s prod '
expect 'start of a source' 'queuetrace job list --source=pr' 'queuetrace job list --source=prod '
expect 'verb' 'queuetrace config pa' 'queuetrace config path '
expect 'option' 'queuetrace version --no-h' 'queuetrace version --no-headers '
expect 'hostile start' 'queuetrace job list -s $(touch pw' 'queuetrace job list -s $(touch pw'
# What is in a source. On a busy machine 300 ms may be too little: then nothing is offered, and it is asked again.
eventually() {
  repeat 50; do
    completed $2
    [[ $line == $3 ]] && return
  done
  expect "$@"
}
live() { eventually $1 "queuetrace $2" "queuetrace $3 " }
live queues "stats -s $demo -q ema" "stats -s $demo -q email"
live 'queue of a command' "queue show -s $demo web" "queue show -s $demo webhooks"
live ids "job show -s $demo 22af" "job show -s $demo 22af6aea-a88e-48dc-ac2d-2bae64640abf"
live kinds "job list -s $demo --kind f" "job list -s $demo --kind file"
live 'groups of errors' "job list -s $demo --error-group 4f6" "job list -s $demo --error-group 4f6856d4"
live fields 'job list --fields crea' 'job list --fields created_at'
live operations 'undo 9db' 'undo 9db1c2f0'
zpty -d shell
[[ -e pwned ]] && { print -ru2 'completion ran a name'; failed=1 }
exit $failed
