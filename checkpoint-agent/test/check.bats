# `checkpoint-agent check` of the node and of containers: its estimates are
# compared with what a dump then takes.
bats_require_minimum_version 1.5.0
. /keelson/tests/lib/dump.bash

OUT=/keep/out

setup_file() {
	image_make counter counter
}

setup() {
	rm -rf $OUT
	mkdir -m 0700 $OUT
}

@test "a container: yes or no, and how much, as a dump then takes" {
	container_start runc containerd asked counter /bin/counter -m 64 \
		/data/count
	wait_for grep -q '[1-9]' $CONTAINERS/asked/data/count
	$PROGRAM check default/pod-asked/main >$OUT/text
	grep -q '^possible   yes$' $OUT/text
	grep -q '/data is mounted from outside' $OUT/text
	$PROGRAM check --json asked >$OUT/json
	[ "$(jq .possible $OUT/json)" = true ]
	told=$(jq .archiveBytes $OUT/json)
	$PROGRAM dump --criu $CRIU -o $OUT/a.tar asked >$OUT/said
	real=$(stat -c %s $OUT/a.tar)
	# within a factor of 2, as --help and the docs say
	expect "$told" -lt $((real * 2))
	expect $((told * 2)) -gt "$real"
	# and the time within a factor of 20, since machines differ in speed
	frozen=$(grep -oP 'frozen \K[0-9]+\.[0-9]{3}' $OUT/said | tr -d .)
	told=$(jq .frozenMilliseconds $OUT/json)
	expect "$told" -lt $((10#$frozen * 20))
	expect $((told * 20)) -gt $((10#$frozen))
	container_end runc asked
	run -1 $PROGRAM check asked
	[[ "$output" == *"no such container"* ]]
}

@test "a container that cannot be dumped is exit status 1" {
	container_start runc containerd loud counter /bin/counter \
		/data/count /count
	container_end runc loud
	runc run --detach --bundle $CONTAINERS/loud loud \
		</dev/null >$OUT/log 2>&1 3>&-
	run -1 $PROGRAM check loud
	[[ "$output" == *"possible   no"*"is the file $OUT/log outside"* ]]
	[ "$($PROGRAM check --json loud | jq .possible)" = false ]
	container_end runc loud
}

@test "the node: what is missing is named" {
	mkdir -p /run/runc
	$PROGRAM check --criu $CRIU --dir $OUT >$OUT/text
	grep -qE '^criu +ok' $OUT/text
	grep -qE '^directory +ok' $OUT/text
	$PROGRAM check --json --criu $CRIU --dir $OUT | jq -e .possible
	chmod 0755 $OUT
	run -1 $PROGRAM check --criu $CRIU --dir $OUT
	[[ "$output" == *"mode 755 of user 0"* ]]
	chmod 0700 $OUT
	run -1 $PROGRAM check --criu /nowhere/criu --dir $OUT
	[[ "$output" == *"/nowhere/criu cannot be run"* ]]
	run -1 $PROGRAM check --criu $CRIU --dir $OUT \
		--runtime-root /nowhere --container-runtime-endpoint /nowhere
	[[ "$output" == *"0 CRI sockets, 0 state directories"* ]]
	run -2 $PROGRAM check one two
}
