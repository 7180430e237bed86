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
source "${BASH_SOURCE%/*}/completion_demo.sh" "$folder"
eventually() {
  local answer=
  for _ in {1..50}; do
    answer=$("${@:3}")
    [[ $answer == "$2" ]] && break
  done
  expect "$1" "$answer" "$2"
}
in_fish() { fish --no-config -c "source $scripts/queuetrace.fish; complete -C 'queuetrace $1'" | cut -f1; }
live() {  # NAME EXPECTED WORDS, of which the last is completed: in both shells
  eventually "bash $1" "$2" in_bash "${@:3}"
  eventually "fish $1" "$2" in_fish "${*:3}"
}
# A source that takes connections and never answers keeps back nothing of the others.
python3 -c 'import socket, time; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1], flush=True); time.sleep(60)' \
  > "$folder/port" &
silent=$!
trap 'kill "$silent"; rm -rf "$folder"' EXIT
until [[ -s $folder/port ]]; do sleep 0.05; done
live 'queues beside a silent source' email stats -s "$demo" -s "redis://127.0.0.1:$(< "$folder/port")" -q ema
live queues email stats -s "$demo" -q ema
live 'queue of a command' webhooks queue show -s "$demo" web
live ids 22af6aea-a88e-48dc-ac2d-2bae64640abf job show -s "$demo" 22af
live kinds file job list -s "$demo" --kind f
live 'groups of errors' 4f6856d4 job list -s "$demo" --error-group 4f6
live fields created_at job list --fields crea
live operations 9db1c2f0 undo 9db
[[ -e pwned ]] && { echo 'completion ran a name' >&2; failed=1; }
exit $failed
