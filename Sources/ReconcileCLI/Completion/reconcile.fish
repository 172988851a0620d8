# Completion of reconcile for fish 3.1 and later. Made by scripts/generate-completions.
#
# What people wrote is only ever data here: it is printed by lines, and fish quotes what it inserts.

complete -c reconcile -e
complete -c reconcile -f

# The command that is being written, without the word at the cursor.
function __reconcile_path
    set -l words (commandline -opc)
    set -l path
    for word in $words[2..-1]
        __reconcile_is_command $path $word; or break
        set -a path $word
    end
    echo "$path"
end

function __reconcile_at
    test "$argv" = (__reconcile_path)
end

# Whether the cursor is at a place of a command, by its number from 0; 1+ is 1 or behind it.
function __reconcile_place
    __reconcile_at $argv[2..-1]; or return 1
    set -l words (commandline -opc)
    set -l path $argv[2..-1]
    set -l place 0
    set -l is_value false
    set -l ends false
    set -l begin (math (count $path) + 2)
    if test $begin -le (count $words)
        for word in $words[$begin..-1]
            if $is_value
                set is_value false
            else if not $ends; and string match -q -- '-?*' $word
                test "$word" = --; and set ends true
                __reconcile_takes $path $word; and set is_value true
            else
                set place (math $place + 1)
            end
        end
    end
    test $place = (string trim -r -c + -- $argv[1]); and return 0
    string match -q '*+' -- $argv[1]; and test $place -gt (string trim -r -c + -- $argv[1])
end

# What the daemon knows, by lines, but for what a terminal would obey; nothing where there is none or it takes too long.
function __reconcile_ask
    set -l words (commandline -opc)
    set -l socket (string match -- '--socket=*' $words)
    if set -l number (contains -i -- --socket $words[1..-2])
        set socket --socket $words[(math $number + 1)]
    end
    command timeout 2 reconcile $argv $socket </dev/null 2>/dev/null |
        string match -r -v '[\p{Cc}\x{061c}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}]'
end

function __reconcile_archive
    __reconcile_ask archive --list | string match -r -v ' '
end

function __reconcile_field
    __reconcile_ask log -q -F $argv[1]
end

function __reconcile_device
    __reconcile_field _DEVICE
end

# The rifts as other commands than `log` name them: what is shared by its title, a draft by its number.
function __reconcile_rift
    # A line is: id, two blanks, the state in ten columns, a blank, the title.
    set -l lines (__reconcile_ask rift list)
    string replace -f -r '^(d\d+)  draft {6}(.*)' '$1\t$2' -- $lines
    # What is no letter of a title was replaced, and the title can't be told.
    string match -r -v '^d\d+  draft |\x{fffd}' -- $lines | string replace -f -r '^\w+  .{10} (.*)' '$1'
end

function __reconcile_draft
    __reconcile_ask drafts | string replace -f -r '^(d\d+)  (.*)' '$1\t$2'
end

function __reconcile_name
    set -l names (__reconcile_ask log -q -N)
    test (count $names) -gt 0; or set names $argv
    printf '%s\n' $names
end

function __reconcile_names
    set -l before (string replace -r '[^,]*$' '' -- (commandline -ct | string replace -r '^--[a-z-]+=' ''))
    __reconcile_name $argv | string replace -r '^' -- "$before"
end

function __reconcile_match
    set -l typed (string match -r '^([A-Z0-9_]+)(!?=)' -- (commandline -ct | string unescape))
    if set -q typed[1]
        __reconcile_field $typed[2] | string replace -r '^' -- $typed[1]
    else
        __reconcile_ask log -q -N | string replace -r '$' '='
    end
end

@TABLES@
