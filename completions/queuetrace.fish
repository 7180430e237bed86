# fish completion for queuetrace. The candidates come from `queuetrace __complete`, one a line with its description after
# a tab; they are matched as text and never evaluated.
function __queuetrace_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (command queuetrace __complete $words[2..-1] 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (commandline -ct)
        else
            printf '%s\n' $line
        end
    end
end
complete -c queuetrace -f -a '(__queuetrace_complete)'
