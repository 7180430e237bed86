# What there is to complete: makes a demo and an audit log in the folder $1, for the program in the PATH, and sets the variables
# that name them. Sourced by completion.bash and completion.zsh. The ids of the demo are always the same.
demo=$1/demo.db
QUEUETRACE_CONFIG=/dev/null queuetrace demo "$demo" > /dev/null 2>&1 || exit 1
export XDG_STATE_HOME=$1/state
mkdir -p "$XDG_STATE_HOME/queuetrace" && chmod 700 "$XDG_STATE_HOME" "$XDG_STATE_HOME/queuetrace"
(
  umask 077
  printf '{"schema":"queuetrace.audit/1","time":"2026-01-02T03:04:05.000Z","operation":"%s","action":"retry","user":"me","host":"here",' \
    20260102T030405Z-retry-prod-9db1c2f0
  printf '"source":"prod","target":"redis://h","command":["job","retry"],"counts":{"done":18},"result":"done","duration_ms":1}\n'
) > "$XDG_STATE_HOME/queuetrace/audit.jsonl"
