# bash completion for queuetrace. The candidates come from `queuetrace __complete`, one a line; they are matched as text
# and never evaluated.
_queuetrace() {
  local -a words=()
  local word index glue=0
  # bash parts words at = and : (COMP_WORDBREAKS); put them together again.
  for ((index = 1; index <= COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    if [[ ${#words[@]} -gt 0 && ( $glue == 1 || $word == = || $word == : ) ]]; then
      words[${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    glue=0
    [[ $word == = || $word == : ]] && glue=1
  done
  local whole=${words[${#words[@]}-1]} current=${COMP_WORDS[COMP_CWORD]}
  [[ $current == = || $current == : ]] && current=
  local kept=${whole%"$current"} candidate summary
  COMPREPLY=()
  while IFS=$'\t' read -r candidate summary; do
    if [[ $candidate == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r candidate; do
        COMPREPLY+=("$candidate")
      done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("${candidate#"$kept"}")
    fi
  done < <(command queuetrace __complete "${words[@]}" 2>/dev/null)
}
complete -F _queuetrace queuetrace
