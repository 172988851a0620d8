# Completion of reconcile for bash 4.4 and later. Made by scripts/generate-completions.
#
# What people wrote is only ever data here: read by lines, compared as text, and quoted before readline inserts it.

# The commands below one, the options of one, what stands behind an option, and what stands at a command's places.
declare -gA _reconcile_commands=() _reconcile_options=() _reconcile_behind=() _reconcile_places=()
@TABLES@

# Splits the line up to the cursor into `words` without their quotes, as the shell will; `typed` is what the last one
# has so far, and `quote` what is still open in it. Readline puts in only what is behind the last `=` or `:` of it, or
# behind an open quote: `kept` stays as it is.
_reconcile_split() {
    local line=${COMP_LINE:0:COMP_POINT} character next opened='' begun='' i
    words=() typed='' quote='' kept=''
    for ((i = 0; i < ${#line}; i++)); do
        character=${line:i:1} next=${line:i + 1:1}
        if [[ $quote == "'" ]]; then
            if [[ $character == "'" ]]; then quote=''; else typed+=$character; fi
        elif [[ $quote == '"' ]]; then
            case $character in
                '"') quote='' ;;
                \\) if [[ $next == [\"\\\$\`] ]]; then typed+=$next i=$((i + 1)); else typed+=$character; fi ;;
                *) typed+=$character ;;
            esac
        else
            case $character in
                ' ' | $'\t')
                    [[ -z $begun ]] || words+=("$typed")
                    begun='' typed='' kept=''
                    continue ;;
                \\) typed+=$next i=$((i + 1)) ;;
                "'" | '"') quote=$character opened=$typed ;;
                *)
                    typed+=$character
                    [[ $COMP_WORDBREAKS != *"$character"* ]] || kept=$typed ;;
            esac
            begun=1
        fi
    done
    [[ -z $quote ]] || kept=$opened
    # RECONCILE_SOCKET=... may stand in front.
    while [[ ${words[0]-} == *=* ]]; do words=("${words[@]:1}"); done
}

# Finds out where the cursor is: the command (`at`), the place in it, the option whose value is missing (`behind`).
_reconcile_locate() {
    local word letters only=''
    at=reconcile behind='' place=0 socket=() ends=''
    for word in "${words[@]:1}"; do
        if [[ -n $behind ]]; then
            [[ $behind != --socket ]] || socket=(--socket "$word")
            behind=''
        elif [[ -z $ends && $word == -- ]]; then
            ends=1
        elif [[ -z $ends && $word == --socket=* ]]; then
            socket=("$word")
        elif [[ -z $ends && $word == --* ]]; then
            [[ ${_reconcile_behind["$at $word"]-} != [^?]* ]] || behind=$word
        elif [[ -z $ends && $word == -?* ]]; then
            for ((letters = 1; letters < ${#word}; letters++)); do
                only=${_reconcile_behind["$at -${word:letters:1}"]-}
                [[ -n $only ]] || continue
                # The rest of the word is the value, if there is a rest.
                [[ $only == '?'* ]] || ((letters + 1 < ${#word})) || behind=-${word:letters:1}
                break
            done
        elif [[ " ${_reconcile_commands[$at]-} " == *" $word "* ]]; then
            at+=" $word"
        else
            ((place += 1))
        fi
    done
}

# What the daemon knows, by lines; nothing where there is none, or where it takes too long.
_reconcile_ask() {
    timeout 2 reconcile "$@" "${socket[@]}" < /dev/null 2> /dev/null
}

# The values of a field, but for those that hold what a terminal would obey: `text` has to stay on one line.
_reconcile_values() {
    local value turning=$'\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'
    # In a locale without Unicode these are letters and digits.
    ((${#turning} == 14)) || turning=$'\177'
    while IFS= read -r value; do
        [[ $value == *[[:cntrl:]"$turning"]* ]] || found+=("$value")
    done
}

# The rifts as other commands than `log` name them: what is shared by its title, a draft by its number.
_reconcile_rifts() {
    local line
    # A line is: id, two blanks, the state in ten columns, a blank, the title.
    while IFS= read -r line; do
        case $line in
            *'  draft      '*) printf '%s\n' "${line%%  *}" ;;
            # What is no letter of the title was replaced, and the title can't be told.
            *$'\357\277\275'*) ;;
            *) line=${line#*  } && printf '%s\n' "${line:11}" ;;
        esac
    done < <(_reconcile_ask rift list)
}

# Fills `found` with what can stand somewhere, each with `head` before it: _reconcile_find HEAD TYPED WAY [WORDS].
_reconcile_find() {
    local head=$1 value=$2 way=$3 listed
    found=()
    shift 3
    case $way in
        words) found=("$@") ;;
        field) _reconcile_values < <(_reconcile_ask log -q -F "$1") ;;
        device) _reconcile_values < <(_reconcile_ask log -q -F _DEVICE) ;;
        archive) _reconcile_values < <(_reconcile_ask archive --list | grep -v " ") ;;
        rift) _reconcile_values < <(_reconcile_rifts) ;;
        draft) _reconcile_values < <(_reconcile_ask drafts | sed -n 's/^\(d[0-9]*\)  .*/\1/p') ;;
        name | names)
            _reconcile_values < <(_reconcile_ask log -q -N)
            ((${#found[@]})) || found=("$@")
            if [[ $way == names && $value == *,* ]]; then head+=${value%,*}, value=${value##*,}; fi ;;
        match)
            if [[ $value == *=* ]]; then
                listed=${value%%=*}
                _reconcile_values < <(_reconcile_ask log -q -F "${listed%!}")
                head+=$listed= value=${value#*=}
            else
                _reconcile_values < <(_reconcile_ask log -q -N)
                found=("${found[@]/%/=}")
            fi ;;
        # Readline completes files by itself, and quotes them.
        file) compopt -o default 2> /dev/null ;;
    esac
    found=("${found[@]/#/"$head"}")
}

# Quotes a text for the place where it goes: in an open quote, or in none.
_reconcile_quote() {
    local text=$1
    case $quote in
        "'")
            text=${text//"'"/"'\\''"}
            # Readline takes a quote at the beginning for the open one, and one at the end for the one that closes.
            [[ $text != "'"* ]] || text="'"$text
            [[ $text != *"'" ]] || text+="'" ;;
        '"')
            text=${text//\\/\\\\} text=${text//\"/\\\"} text=${text//\$/\\\$} text=${text//\`/\\\`}
            # History is expanded in double quotes too.
            text=${text//!/\"\'!\'\"}
            [[ $text != '"'* ]] || text='"'$text
            [[ $text != *'"' ]] || text+='"' ;;
        *)
            [[ -z $text ]] || printf -v text %q "$text"
            text=${text//:~/:\\~} ;;
    esac
    quoted=$text
}

_reconcile() {
    local IFS=$' \t\n'
    local words typed quote kept at behind place socket ends found way value quoted letters places
    COMPREPLY=()
    _reconcile_split
    _reconcile_locate
    found=()
    if [[ -n $behind ]]; then
        way=${_reconcile_behind["$at $behind"]}
        _reconcile_find '' "$typed" ${way#\?}
    elif [[ -z $ends && $typed == --*=* ]]; then
        way=${_reconcile_behind["$at ${typed%%=*}"]-}
        [[ -z $way ]] || _reconcile_find "${typed%%=*}=" "${typed#*=}" ${way#\?}
    elif [[ -z $ends && $typed == -* ]]; then
        found=(${_reconcile_options[$at]-})
        for ((letters = 1; letters < ${#typed}; letters++)); do
            way=${_reconcile_behind["$at -${typed:letters:1}"]-}
            [[ $typed != --* && -n $way ]] || continue
            _reconcile_find "${typed:0:letters + 1}" "${typed:letters + 1}" ${way#\?}
            break
        done
    elif [[ -n ${_reconcile_commands[$at]-} ]] && ((place == 0)); then
        found=(${_reconcile_commands[$at]})
    else
        # Each place is `way words|`; one that repeats stands last, with a `*`.
        IFS='|' read -ra places <<< "${_reconcile_places[$at]-}"
        if ((place < ${#places[@]})); then
            way=${places[place]}
        elif ((${#places[@]})) && [[ ${places[-1]} == '*'* ]]; then
            way=${places[-1]}
        else
            return
        fi
        _reconcile_find '' "$typed" ${way#\*}
    fi
    for value in "${found[@]}"; do
        [[ $value == "$typed"* ]] || continue
        _reconcile_quote "${value:${#kept}}"
        COMPREPLY+=("$quoted")
    done
    [[ ${COMPREPLY[*]-} != *= ]] || compopt -o nospace 2> /dev/null
}

complete -F _reconcile reconcile
