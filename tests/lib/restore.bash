# restore.bash - options for our `restore`.  Sourced; $PROGRAM is the agent.
#
#   restore_as_archived OPTION...
#       set the array `as_archived` to the options with which our
#       `restore OPTION...` uses whatever places of the node the archive names

# shellcheck disable=SC2034 # the callers read it
restore_as_archived() {
	mapfile -t as_archived < <($PROGRAM restore --plan --json "$@" |
		jq -r '.items[] | select(.fate == "refused") |
			if .what == "mount" then "--bind", .name
			elif .what == "device" then "--device", .name
			elif .name == "network" then "--net", "keep"
			else "--join", .name end')
}
