# A bounded load: memory and descriptors of all processes are the same before
# and after it.
# limit: 900
# test-limit: 800
bats_require_minimum_version 1.5.0

DIR=/keep/load

. /keelson/tests/lib/served.bash

processes() {
	echo "$BACK"
	pgrep -P "$BACK" agent-
}

rss_of() { # PID: KiB
	sed -n 's/^VmRSS:[ \t]*\([0-9]*\) kB/\1/p' "/proc/$1/status"
}

# A line for each process: its name, memory in KiB, descriptors.
looks() {
	local process
	for process in $(processes); do
		echo "$(cat "/proc/$process/comm") $(rss_of "$process")" \
			"$(descriptors_of "$process")"
	done | sort
}

descriptors() {
	looks | awk '{ print $1, $3 }'
}

descriptors_are() {
	[ "$(descriptors)" = "$1" ]
}

# The first round makes room for as many connections as there will ever be.
@test "load: 10,000 requests, 3,000 connections, 250 half-open, slow clients" {
	local open before after
	server_start --healthz-port 10351
	open=$(descriptors)
	python3 /keelson/tests/lib/load.py $DIR 1000 200 250
	wait_for descriptors_are "$open"
	before=$(looks)
	python3 /keelson/tests/lib/load.py $DIR 10000 3000 250
	wait_for descriptors_are "$open"
	after=$(looks)
	paste -d' ' <(echo "$before") <(echo "$after") | tee $DIR/figures
	# at most 512 KiB more in each, and not 170 bytes for each connection
	awk '{ if ($5 > $2 + 512) exit 1 }' $DIR/figures
}
