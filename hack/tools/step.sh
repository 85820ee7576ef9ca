#!/usr/bin/env bash
# step.sh NAME COMMAND [ARGUMENT...]: runs the command with its output in a log. A step that takes more than two
# seconds shows its name and elapsed time; one that fails shows the end of its log and, from HINT, what to do.
# Scripts source it for the function step. VERBOSE=1 shows all output, QUIET=1 nothing of a step that is quick and works.

# The command sees the variables of step, as bash has it, so their names must not be those of scripts.
step() {
	local _name=$1 _log _begin=$SECONDS _pid _status=0
	shift
	if [[ -n ${VERBOSE:-} ]]; then
		printf '==> %s\n' "$_name"
		"$@"
		return
	fi
	_log=$(mktemp "${TMPDIR:-/tmp}/gatehouse-step.XXXXXX")
	# With job control the command has a process group of its own, which an interrupt then ends as a whole.
	set -m
	"$@" >"$_log" 2>&1 </dev/null &
	_pid=$!
	set +m
	trap 'kill -TERM -- -'"$_pid"' 2>/dev/null; rm -f '"$_log"'; exit 130' INT TERM
	_step_watch "$_name" "$_pid" "$_begin"
	wait "$_pid" || _status=$?
	trap - INT TERM
	if ((_status != 0)); then
		_step_failed "$_name" "$((SECONDS - _begin))" "$_log"
		return "$_status"
	fi
	rm -f "$_log"
	if [[ -z ${QUIET:-} ]] || ((SECONDS - _begin >= 2)); then
		_step_line '✓ %s  %s\n' "$_name" "$(_step_elapsed $((SECONDS - _begin)))"
	fi
}

_step_watch() {
	local name=$1 pid=$2 begin=$3 shown=0 every=30 elapsed
	if [[ -t 1 ]]; then every=1; fi
	while kill -0 "$pid" 2>/dev/null; do
		elapsed=$((SECONDS - begin))
		if ((elapsed >= 2 && (shown == 0 || elapsed - shown >= every))); then
			shown=$elapsed
			if [[ -t 1 ]]; then
				_step_line '· %s  %s' "$name" "$(_step_elapsed "$elapsed")"
			else
				printf '· %s … %s\n' "$name" "$(_step_elapsed "$elapsed")"
			fi
		fi
		sleep 0.1
	done
}

# _step_line overwrites the line on a terminal.
_step_line() {
	local format=$1
	shift
	if [[ -t 1 ]]; then format="\r\e[K$format"; fi
	# shellcheck disable=SC2059 # the format is one of this file's
	printf "$format" "$@"
}

_step_elapsed() {
	if (($1 < 60)); then
		printf '%ds' "$1"
	else
		printf '%dm%02ds' $(($1 / 60)) $(($1 % 60))
	fi
}

_step_failed() {
	local name=$1 elapsed=$2 log=$3
	_step_line '✗ %s  failed after %s\n' "$name" "$(_step_elapsed "$elapsed")"
	tail -n 40 "$log" | sed 's/^/    /'
	printf '  The whole log is %s.\n' "$log"
	if [[ -n ${HINT:-} ]]; then printf '  %s\n' "$HINT"; fi
} >&2

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
	set -euo pipefail
	step "$@"
fi
