# Completion in real bash, driven the way readline does: COMP_WORDS, COMP_CWORD, then COMPREPLY. Runs in a private folder
# with a configuration whose names try to run something (threats.md K01, K02). Usage: completion.bash PROGRAM SCRIPTS
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin" && ln -s "$1" "$folder/bin/queuetrace"
export PATH=$folder/bin:$PATH QUEUETRACE_CONFIG=$folder/config.toml
scripts=$2
cat > "$QUEUETRACE_CONFIG" <<'TOML'
[sources.prod]
url = "redis://h"
[sources."$(touch pwned)"]
url = "redis://h"
[sources."a b"]
url = "redis://h"
[sources."-rf"]
url = "redis://h"
[sources."*"]
url = "redis://h"
TOML
chmod 600 "$QUEUETRACE_CONFIG"
cd "$folder" || exit 1
failed=0
expect() {
  if [[ $2 != "$3" ]]; then
    printf 'completion %s:\n  got      %s\n  expected %s\n' "$1" "$2" "$3" >&2
    failed=1
  fi
}
in_bash() {
  bash --norc -c 'source "$1/queuetrace.bash"; shift; COMP_WORDS=(queuetrace "$@"); COMP_CWORD=$#; _queuetrace; echo "${COMPREPLY[*]}"' \
    bash "$scripts" "$@"
}
expect 'bash sources' "$(in_bash job list -s '')" prod
expect 'bash verbs' "$(in_bash source '')" 'list add remove use check'
expect 'bash --source=' "$(in_bash job list --source = pr)" prod
expect 'bash option' "$(in_bash version --no-h)" --no-headers
expect 'bash hostile' "$(in_bash job list -s '$(touch pwned)')" ''
expect 'fish sources' "$(fish --no-config -c "source $scripts/queuetrace.fish; complete -C 'queuetrace job list -s '")" $'prod\tsource'
expect 'fish verbs' "$(fish --no-config -c "source $scripts/queuetrace.fish; complete -C 'queuetrace config pa'" | cut -f1)" path
expect 'fish hostile' "$(fish --no-config -c "source $scripts/queuetrace.fish; complete -C 'queuetrace job list -s \$(touch pwned)'")" ''
# What is in a source. On a busy machine 300 ms may be too little: then nothing is offered, and it is asked again.
QUEUETRACE_CONFIG=/dev/null queuetrace demo "$folder/demo.db" > /dev/null 2>&1
eventually() {
  local answer=
  for _ in {1..50}; do
    answer=$("${@:3}")
    [[ $answer == "$2" ]] && break
  done
  expect "$1" "$answer" "$2"
}
in_fish() { fish --no-config -c "source $scripts/queuetrace.fish; complete -C 'queuetrace $1'" | cut -f1; }
eventually 'bash queues' 'email' in_bash stats -s "$folder/demo.db" -q ema
eventually 'fish queues' 'email' in_fish "stats -s $folder/demo.db -q ema"
eventually 'bash fields' 'created_at' in_bash job list --fields crea
[[ -e pwned ]] && { echo 'completion ran a name' >&2; failed=1; }
exit $failed
