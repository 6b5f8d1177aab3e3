# The agent's server with a real container of runc: its answers, and that no
# client and no fault blocks it or leaves anything behind.
# limit: 600
bats_require_minimum_version 1.5.0

PROGRAM=/keelson/build/bin/checkpoint-agent
DIR=/keep/front
URL=https://127.0.0.1:10350

load_libs() {
	local lib
	for lib in oci certs server wait expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
}

certificates() {
	mkdir -p $DIR
	certs_ca $DIR ca
	certs_ca $DIR rogue-ca
	certs_sign $DIR ca server /CN=node IP:127.0.0.1,DNS:localhost
	certs_sign $DIR ca admin /O=system:masters/CN=admin
	certs_sign $DIR ca nobody /CN=nobody
	certs_sign $DIR rogue-ca rogue /O=system:masters/CN=admin
}

# A CRIU that says when it begins, $DIR/has-begun, and waits for $DIR/go-on.
# Like the real one it ends when its caller does.
slow_criu() {
	cat >$DIR/slow-criu <<-EOT
		#!/usr/bin/python3
		import os, select, sys
		open("$DIR/has-begun", "w")
		poll = select.poll()
		poll.register(int(sys.argv[2]), 0)
		while not os.path.exists("$DIR/go-on"):
		    if poll.poll(50):
		        sys.exit(1)
		os.execv("/keelson/build/bin/criu", sys.argv)
	EOT
	chmod 755 $DIR/slow-criu
}

# A server with it, and a request that is in CRIU's hands: its client is
# $first, its answer goes to $DIR/first.
serve_slowly() {
	serve_usual --criu $DIR/slow-criu
	rm -f $DIR/has-begun
	ask admin POST /checkpoint/default/pod-web/main >$DIR/first 2>&1 3>&- &
	first=$!
	wait_for test -e $DIR/has-begun
}

# serve [OPTION...]: in the background; $BACK is its process
serve() {
	$PROGRAM serve --address 127.0.0.1 --root-dir $DIR \
		--cert-dir $DIR/pki --client-ca-file $DIR/ca.crt \
		--criu /keelson/build/bin/criu "$@" 2>>$DIR/log 3>&- &
	BACK=$!
	echo $BACK >$DIR/pid
	wait_for curl -sk -o /dev/null $URL/nosuch
}

serve_usual() {
	serve --tls-cert-file $DIR/server.crt \
		--tls-private-key-file $DIR/server.key "$@"
}

stop() { # [SIGNAL]; $status: how it ended
	kill -"${1:-TERM}" "$(cat $DIR/pid)"
	status=0
	wait "$(cat $DIR/pid)" || status=$?
	rm -f $DIR/pid
}

# ask USER METHOD PATH [OPTION...]: body to $DIR/body, head to $DIR/head
ask() {
	local user=$1 method=$2 path=$3
	shift 3
	curl -sS -X "$method" --path-as-is --cacert $DIR/ca.crt \
		--cert "$DIR/$user.crt" --key "$DIR/$user.key" -o $DIR/body \
		-D $DIR/head -w '%{http_code}' "$@" "$URL$path"
}

setup_file() {
	load_libs
	certificates
	slow_criu
	image_make counter counter
	CONFIG='.process.env += ["PASSWORD=5f-a-password-a7"]' \
		container_start runc containerd web counter /bin/counter \
		/data/count /count
}

teardown_file() {
	load_libs
	container_end runc web
}

setup() {
	load_libs
	: >$DIR/log
	rm -f $DIR/has-begun $DIR/go-on
}

teardown() {
	[ ! -e $DIR/pid ] || stop KILL
	# in every case the container runs and no partial file is left
	counts_on
	[ -z "$(find $DIR/checkpoints -name '*.partial' 2>/dev/null)" ]
}

count_of() {
	local count
	count=$(cat "$CONTAINERS/web/data/count")
	echo $((10#$count))
}

is_beyond() {
	[ "$(count_of)" -gt "$1" ]
}

counts_on() {
	wait_for is_beyond $(($(count_of) + 10))
}

# ---- answers ----------------------------------------------------------------
@test "front: TLS 1.2 and 1.3, nothing older; plain HTTP gets an error" {
	serve_usual
	for version in 1.2 1.3; do
		status=$(ask admin POST /checkpoint/default/nopod/main \
			--tls-max $version --tlsv$version)
		expect "$status" = 404
	done
	run -35 ask admin GET /healthz --tls-max 1.1 --tlsv1.1 \
		--ciphers DEFAULT@SECLEVEL=0
	run -0 curl -sS http://127.0.0.1:10350/healthz
	expect "$output" = "Client sent an HTTP request to an HTTPS server."
}

@test "front: the kubelet's options for TLS 1.3 only and for cipher suites" {
	local kept=ECDHE-ECDSA-CHACHA20-POLY1305 other=ECDHE-ECDSA-AES128-GCM-SHA256
	cat >$DIR/tls.yaml <<-END
		kind: KubeletConfiguration
		apiVersion: kubelet.config.k8s.io/v1beta1
		tlsMinVersion: VersionTLS13
	END
	serve_usual --config $DIR/tls.yaml
	run -35 ask admin GET /healthz --tls-max 1.2
	status=$(ask admin GET /healthz --tls-max 1.3)
	expect "$status" = 200
	stop

	serve_usual --tls-cipher-suites \
		TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
	status=$(ask admin GET /healthz --tls-max 1.2 --ciphers $kept)
	expect "$status" = 200
	run -35 ask admin GET /healthz --tls-max 1.2 --ciphers $other
	status=$(ask admin GET /healthz)
	expect "$status" = 200
}

@test "front: one connection serves many requests, pipelined too" {
	local lines
	serve_usual
	ask admin POST /checkpoint/default/nopod/main -d '{"a": 1}' \
		-o $DIR/second $URL/healthz
	expect "$(cat $DIR/body $DIR/second)" = "okpod does not exist"
	lines=$({
		printf 'GET /healthz HTTP/1.1\r\nHost: n\r\n\r\n%s' \
			$'GET /no HTTP/1.1\r\nHost: n\r\nConnection: close\r\n\r\n'
		sleep 1
	} | openssl s_client -quiet -connect 127.0.0.1:10350 \
		-cert $DIR/admin.crt -key $DIR/admin.key 2>/dev/null |
		grep -o 'HTTP/1.1 [24]0' | wc -l)
	expect "$lines" = 2
}

@test "front: probes need no certificate on their own port" {
	serve_usual --healthz-port 10351
	for path in healthz livez readyz; do
		run -0 curl -sS http://127.0.0.1:10351/$path
		expect "$output" = ok
	done
	status=$(curl -sS -o $DIR/body -w '%{http_code}' -X POST \
		http://127.0.0.1:10351/checkpoint/default/pod-web/main)
	expect "$status" = 404
}

# ---- work -------------------------------------------------------------------
@test "front: a POST makes an archive while the container runs" {
	serve_usual
	status=$(ask admin POST '/checkpoint/default/pod-web/main?timeout=60')
	expect "$status $(cat $DIR/body)" != ""
	expect "$status" = 200
	archive=$(jq -re '.items[0]' $DIR/body)
	expect "$(stat -c %a "$archive")" = 600
	tar -tf "$archive" | grep -q checkpoint/pages-1.img
	grep -q 'Content-Type: application/json' $DIR/head
}

@test "front: archives are listed, read and removed over HTTPS" {
	local list=/checkpoints/default/pod-web/main name
	serve_usual
	expect "$(ask admin GET $list) $(cat $DIR/body)" = \
		"404 404 page not found" # only on request
	stop TERM
	rm -rf $DIR/checkpoints
	serve_usual --enable-archive-access
	expect "$(ask admin GET $list) $(cat $DIR/body)" = '200 {"items":[]}'
	expect "$(ask admin POST /checkpoint/default/pod-web/main)" = 200
	archive=$(jq -re '.items[0]' $DIR/body)
	expect "$(ask admin GET $list)" = 200
	expect "$(jq -re '.items[0].bytes' $DIR/body)" = \
		"$(stat -c %s "$archive")"
	name=$(jq -re '.items[0].name' $DIR/body)
	expect "$name" = "${archive##*/}"
	expect "$(ask admin GET "$list/$name")" = 200
	cmp $DIR/body "$archive"
	grep -q 'Content-Type: application/x-tar' $DIR/head
	expect "$(ask admin GET "$list/%2e%2e%2fpid")" = 404
	expect "$(ask nobody GET "$list/$name") $(cat $DIR/body)" = \
		"403 Forbidden (user=nobody, verb=get, resource=nodes, \
subresource(s)=[checkpoints])"
	expect "$(ask nobody DELETE "$list/$name")" = 403
	expect "$(ask admin GET /metrics)" = 200
	grep -qx 'checkpoint_agent_archives 1' $DIR/body
	grep -qx "checkpoint_agent_archives_bytes $(stat -c %s "$archive")" \
		$DIR/body
	for line in 'jobs_total{job="checkpoint",result="done"} 1' \
		'jobs_total{job="list",result="done"} 2' \
		'jobs_total{job="read",result="done"} 1' \
		"archive_bytes_sum $(stat -c %s "$archive")" \
		'archive_bytes_count 1' 'frozen_seconds_count 1'; do
		grep -qx "checkpoint_agent_$line" $DIR/body
	done
	grep -q '^kubelet_http_requests_total{.*method="POST",path="checkpoint",.*code="200"} 1$' $DIR/body
	expect "$(ask admin DELETE "$list/$name")" = 204
	expect "$(ask admin DELETE "$list/$name") $(cat $DIR/body)" = \
		"404 checkpoint does not exist"
	expect "$(ls $DIR/checkpoints)" = ""
}

# Sizes of more than 32 bits; a client that stops reading does not hold up
# others.
@test "front: archives of any size are streamed" {
	local list=/checkpoints/default/pod-web/main name front before
	rm -rf $DIR/checkpoints
	serve_usual --enable-archive-access
	mkdir -m 700 $DIR/checkpoints
	name=checkpoint-pod-web_default-main-2026-01-01T00:00:0
	truncate -s 5G $DIR/checkpoints/${name}0Z.tar
	head -c 200M /dev/urandom >$DIR/checkpoints/${name}1Z.tar
	front=$(front_of "$BACK")
	before=$(descriptors_of "$front")
	expect "$(ask admin GET $list/${name}1Z.tar)" = 200
	cmp $DIR/body $DIR/checkpoints/${name}1Z.tar
	rm $DIR/body
	for _ in 1 2 3; do
		curl -sS --cacert $DIR/ca.crt --cert $DIR/admin.crt \
			--key $DIR/admin.key -D $DIR/head \
			$URL$list/${name}0Z.tar 2>/dev/null |
			head -c 20M | cmp - <(head -c 20M /dev/zero)
		grep -q '^Content-Length: 5368709120' $DIR/head
	done
	wait_for test_descriptors "$front" "$before"
	rm -rf $DIR/checkpoints
}

# fetch PATH [OPTION...]: an archive, to standard output or as curl's options
# say
fetch() {
	local path=$1
	shift
	curl -sS --cacert $DIR/ca.crt --cert $DIR/admin.crt \
		--key $DIR/admin.key -D $DIR/head "$@" "$URL$path"
}

peak_of() { # PID: KiB
	sed -n 's/^VmHWM:[ \t]*\([0-9]*\) kB/\1/p' "/proc/$1/status"
}

# A sparse file of MIBS, with bytes across each GiB boundary and at the end.
large_make() { # FILE MIBS
	local at
	truncate -s "$2M" "$1"
	for at in $(seq 1023 1024 $(($2 - 2))) $(($2 - 2)); do
		head -c 2M /dev/urandom | dd of="$1" bs=1M iflag=fullblock \
			seek="$at" conv=notrunc status=none
	done
}

@test "front: archives above 1 and 4 GiB arrive complete, in little memory" {
	local name=checkpoint-pod-web_default-main-2026-01-01T00:00:0
	local path=/checkpoints/default/pod-web/main/$name file front gib from
	rm -rf $DIR/checkpoints
	serve_usual --enable-archive-access
	mkdir -m 700 $DIR/checkpoints
	file=$DIR/checkpoints/$name
	large_make ${file}0Z.tar 1100
	large_make ${file}1Z.tar 5120
	front=$(front_of "$BACK")
	fetch ${path}0Z.tar | cmp - ${file}0Z.tar
	for gib in 1 2 4; do
		from=$((gib * 1024 * 1048576 - 70000))
		fetch ${path}1Z.tar -r $from-$((from + 139999)) |
			cmp - <(tail -c +$((from + 1)) ${file}1Z.tar |
				head -c 140000)
		grep -q '^HTTP/1.1 206' $DIR/head
		grep -q '^Content-Length: 140000' $DIR/head
	done
	fetch ${path}1Z.tar -r -1 | cmp - <(tail -c 1 ${file}1Z.tar)
	grep -q '^Content-Range: bytes 5368709119-5368709119/5368709120' \
		$DIR/head
	expect "$(peak_of "$front")" -le 16384
	rm -rf $DIR/checkpoints
}

@test "front: an interrupted download is resumed" {
	local list=/checkpoints/default/pod-web/main archive path tag
	rm -rf $DIR/checkpoints
	serve_usual --enable-archive-access --manifest
	expect "$(ask admin POST /checkpoint/default/pod-web/main)" = 200
	archive=$(jq -re '.items[0]' $DIR/body)
	path=$list/${archive##*/}
	# HEAD: the same as GET without the body
	expect "$(ask admin GET $path)" = 200
	grep -v '^Date' $DIR/head >$DIR/head.get
	fetch $path --head >/dev/null
	grep -v '^Date' $DIR/head | cmp - $DIR/head.get
	grep -q '^Accept-Ranges: bytes' $DIR/head
	expect "$(ask nobody HEAD $path --head)" = 403
	# resumed, as curl does
	head -c 30000 "$archive" >$DIR/part
	fetch $path -C - -o $DIR/part
	grep -q '^HTTP/1.1 206' $DIR/head
	cmp $DIR/part "$archive"
	# If-Range: only while it is still the same archive
	tag=$(tr -d '\r' <$DIR/head | sed -n 's/^Etag: //p')
	fetch $path -r 5-9 -H "If-Range: $tag" | cmp - <(tail -c +6 "$archive" |
		head -c 5)
	fetch $path -r 5-9 -H 'If-Range: "another"' | cmp - "$archive"
	grep -q '^HTTP/1.1 200' $DIR/head
	# a range beyond the end
	expect "$(ask admin GET $path -r 99999999999-)" = 416
	grep -q "^Content-Range: bytes \*/$(stat -c %s "$archive")" $DIR/head
	# its .sha256: fetched and checked together
	fetch $path.sha256 -o $DIR/${archive##*/}.sha256
	grep -q '^Content-Type: text/plain' $DIR/head
	mv $DIR/part $DIR/${archive##*/}
	(cd $DIR && sha256sum -c ${archive##*/}.sha256)
	$PROGRAM verify $DIR/${archive##*/}
	rm $DIR/checkpoint-*
	expect "$(ask nobody GET $path.sha256)" = 403
	expect "$(ask admin DELETE $path.sha256)" = 404
	expect "$(ask admin DELETE $path)" = 204
	expect "$(ask admin GET $path.sha256) $(cat $DIR/body)" = \
		"404 checkpoint does not exist"
}

test_descriptors() { # PID WANTED
	[ "$(descriptors_of "$1")" = "$2" ]
}

@test "front: a dry run answers with the preflight and dumps nothing" {
	local path=/checkpoint/default/pod-web/main
	serve_usual
	expect "$(ask admin GET "$path?dryRun=true")" = 200
	cat $DIR/body
	jq -e . $DIR/body >/dev/null
	expect "$(ask nobody GET "$path?dryRun=true")" = 403
	expect "$(ask admin GET "$path?dryRun=false")" = 405
	# with POST, as kube-apiserver sends it: the same, and no archive
	rm -rf $DIR/checkpoints
	expect "$(ask admin POST "$path?dryRun=true")" = 200
	jq -e '.possible' $DIR/body
	expect "$(ask admin POST "$path?dryRun=All&timeout=5")" = 200
	jq -e '.possible' $DIR/body
	expect "$(ask admin POST "$path?dryRun=perhaps") $(cat $DIR/body)" = \
		"400 cannot parse value of dryRun parameter"
	expect "$(ask nobody POST "$path?dryRun=true")" = 403
	[ -z "$(find $DIR/checkpoints -type f)" ]
	expect "$(ask admin GET "${path}x?dryRun=true") $(cat $DIR/body)" = \
		"404 container mainx does not exist"
}

@test "front: a second request for a container gets 409 at once" {
	serve_slowly
	status=$(curl -sS -X POST --cacert $DIR/ca.crt \
		--cert $DIR/admin.crt --key $DIR/admin.key -o $DIR/second \
		-w '%{http_code}' $URL/checkpoint/default/pod-web/main)
	expect "$status" = 409
	expect "$(cat $DIR/second)" = \
		"default/pod-web/main is being checkpointed already"
	touch $DIR/go-on
	wait $first
	expect "$(cat $DIR/first)" = 200
}

@test "front: a timeout aborts" {
	serve_usual --criu $DIR/slow-criu
	start=$SECONDS
	status=$(ask admin POST '/checkpoint/default/pod-web/main?timeout=1')
	expect "$status $(cat $DIR/body)" = "500 checkpointing of \
default/pod-web/main failed (timed out after 1 s)"
	expect $((SECONDS - start)) -lt 4
}

@test "front: a client that disconnects aborts its job" {
	serve_slowly
	pkill -P $first curl
	wait_for grep -q 'aborted by request' $DIR/log
	status=$(ask admin POST /checkpoint/default/nopod/main)
	expect "$status" = 404
}

# ---- clients that misbehave -------------------------------------------------
@test "front: slow clients are disconnected and block nobody" {
	local fd
	serve_usual
	start=$SECONDS
	exec {fd}<>/dev/tcp/127.0.0.1/10350
	printf '\026\003' >&$fd # the beginning of a TLS record
	expect "$(ask admin GET /healthz --max-time 2)" = 200
	cat <&$fd >/dev/null # until it is closed, after 10 s
	expect $((SECONDS - start)) -le 40
	exec {fd}>&-
}

@test "front: a head that is too large is refused" {
	local name
	serve_usual
	name=$(head -c 8000 /dev/zero | tr '\0' a)
	expect "$(ask admin POST "/checkpoint/default/$name/main")" = 404
	expect "$(cat $DIR/body)" = 'pod does not exist'
	expect "$(ask admin POST "/checkpoint/default/pod-web/$name")" = 404
	expect "$(cat $DIR/body)" = "container $name does not exist"
	# the largest that Go's server accepts from a known client
	expect "$(ask_with_head_of 1000000 admin)" = 200
	expect "$(ask_with_head_of 1100000 admin)" = 431
	expect "$(ask_with_head_of 60000 rogue)" = 401
	expect "$(ask_with_head_of 100000 rogue)" = 431
	expect "$(ask admin GET /healthz)" = 200
}

ask_with_head_of() { # BYTES USER: the status
	python3 - $DIR "$@" <<-'END'
		import http.client, ssl, sys
		where, size, user = sys.argv[1], int(sys.argv[2]), sys.argv[3]
		context = ssl.create_default_context(cafile=where + "/ca.crt")
		context.load_cert_chain(where + "/" + user + ".crt",
		                        where + "/" + user + ".key")
		c = http.client.HTTPSConnection("127.0.0.1", 10350,
		                                context=context)
		c.putrequest("GET", "/healthz")
		c.putheader("X-Large", "a" * (size - 100))
		c.endheaders()
		print(c.getresponse().status)
	END
}

# Unusual requests that real clients send: we answer as Go's server does.
@test "front: unusual requests are answered as the kubelet answers them" {
	local path=/checkpoint/default/nopod/main
	serve_usual
	expect "$(ask admin GET / --request-target https://node/healthz)" = 200
	expect "$(ask admin GET / --request-target http://node)" = 307
	expect "$(ask admin OPTIONS / --request-target '*')" = 200
	expect "$(ask admin GET / --request-target '*')" = 400
	for method in HEAD OPTIONS POST; do
		expect "$(ask admin $method /healthz -I -X $method)" = 200
	done
	expect "$(ask admin POST "/%63heckpoint/default/nopod/main")" = 404
	expect "$(cat $DIR/body)" = 'pod does not exist'
	expect "$(ask admin POST $path -H \
		'Accept: application/vnd.kubernetes.protobuf')" = 406
	expect "$(ask admin POST $path -H 'Expect: x')" = 417
	expect "$(ask admin GET /healthz -H 'Host: a b')" = 400
	expect "$(cat $DIR/body)" = '400 Bad Request: malformed Host header'
	# more fields than anybody needs
	for i in $(seq 500); do
		echo "X-$i: y"
	done >$DIR/fields
	expect "$(ask admin GET /healthz -H @$DIR/fields)" = 200
}

@test "front: serves IPv6 and IPv4 unless told otherwise" {
	$PROGRAM serve --root-dir $DIR --cert-dir $DIR/pki \
		--tls-cert-file $DIR/server.crt \
		--tls-private-key-file $DIR/server.key \
		--client-ca-file $DIR/ca.crt 2>>$DIR/log 3>&- &
	BACK=$!
	echo $BACK >$DIR/pid
	wait_for curl -sk -o /dev/null $URL/nosuch
	expect "$(curl -sk -o /dev/null -w '%{http_code}' \
		'https://[::1]:10350/nosuch')" = 404
}

# The other half is stopped, so that it cannot answer: the client is told.
@test "front: an answer that gets lost is not waited for for ever" {
	serve_usual
	kill -STOP "$BACK"
	status=$(ask admin POST '/checkpoint/default/pod-web/main?timeout=1')
	kill -CONT "$BACK"
	expect "$status $(cat $DIR/body)" = "500 checkpointing of \
default/pod-web/main failed (no answer came from the process that carries it \
out)"
	wait_for answers_again
}

answers_again() {
	[ "$(ask admin POST /checkpoint/default/nopod/main)" = 404 ]
}

@test "front: leaves no core" {
	local process
	serve_usual
	for process in "$BACK" "$(front_of "$BACK")"; do
		expect "$(awk '/^Max core file size/ { print $5 }' \
			"/proc/$process/limits")" = 0
	done
	kill -SEGV "$(front_of "$BACK")"
	status=0
	wait "$BACK" || status=$?
	rm $DIR/pid
	expect "$status" = 1
	expect "$(find / -xdev -name 'core*' -newer $DIR/log -type f \
		-size +100k 2>/dev/null)" = ''
}

@test "front: its memory is not swapped" {
	serve_usual
	expect "$(awk '/^VmLck/ { print $2 }' \
		"/proc/$(front_of "$BACK")/status")" -gt 0
}

@test "front: bytes that are not HTTP are refused" {
	serve_usual
	printf 'GET / HTTP/1.1\nHost: n\n\n' |
		openssl s_client -quiet -connect 127.0.0.1:10350 \
			2>/dev/null | grep -q '^HTTP/1.1 400 Bad Request'
	head -c 3000 /dev/urandom >/dev/tcp/127.0.0.1/10350
	expect "$(ask admin GET /healthz)" = 200
}

@test "front: strangers beyond the limit make room" {
	serve_usual
	local i fd fds=()
	for ((i = 0; i < 300; i++)); do
		exec {fd}<>/dev/tcp/127.0.0.1/10350
		fds+=("$fd")
	done
	expect "$(grep -c . "/proc/$BACK/task/$BACK/children")" = 1
	# the oldest connection that has sent nothing is closed
	expect "$(ask admin GET /healthz --max-time 25)" = 200
	for fd in "${fds[@]}"; do
		exec {fd}>&-
	done
}

# ---- power ------------------------------------------------------------------
@test "front: has no power, no files, no way to run anything" {
	local front
	serve_usual
	front=$(cat "/proc/$BACK/task/$BACK/children")
	for wanted in $'Uid:\t65534\t65534\t65534\t65534' \
		$'CapEff:\t0000000000000000' $'CapBnd:\t0000000000000000' \
		$'NoNewPrivs:\t1' $'Seccomp:\t2'; do
		grep -qx "$wanted" "/proc/${front// /}/status"
	done
	for fd in "/proc/${front// /}"/fd/*; do
		[ "${fd##*/}" -gt 2 ] || continue
		readlink "$fd" | grep -E '^socket:|^anon_inode:\[eventpoll\]$'
	done
	fails grep -q $'CapEff:\t000001ffffffffff' "/proc/$BACK/status"
}

# Neither a secret of the container nor the text of the server's key file is in
# the memory of one of the two processes or in a log.
@test "front: secrets are in no memory, no log, no unencrypted file" {
	local front process key
	rm -rf $DIR/checkpoints
	age-keygen -o $DIR/age.key 2>/dev/null
	serve_usual --encrypt-to "$(age-keygen -y $DIR/age.key)"
	expect "$(ask admin POST /checkpoint/default/pod-web/main)" = 200
	archive=$(jq -re '.items[0]' $DIR/body)
	age -d -i $DIR/age.key "$archive" | grep -qa 5f-a-password-a7
	fails grep -qra 5f-a-password-a7 $DIR/checkpoints $DIR/log
	key=$(sed -n 2p $DIR/server.key)
	front=$(pgrep -P "$BACK" agent-front)
	for process in "$front" "$BACK"; do
		memory_has "$process" agent-front >/dev/null # so the memory can be read
		fails memory_has "$process" 5f-a-password-a7
		fails memory_has "$process" "$key"
	done
}

# ---- start and end ----------------------------------------------------
@test "front: SIGTERM lets a job finish" {
	serve_slowly
	(
		wait_for grep -q 'shutting down' $DIR/log
		touch $DIR/go-on
	) 3>&- &
	stop TERM
	expect "$status" = 0
	wait $first
	expect "$(cat $DIR/first)" = 200
}

@test "front: if the front is killed, the back aborts jobs and ends" {
	serve_slowly
	kill -KILL "$(pgrep -P "$BACK" agent-front)"
	status=0
	wait "$BACK" || status=$?
	expect "$status" = 1
	rm $DIR/pid
	grep -q 'aborted by request' $DIR/log
}

@test "front: if the back is killed, the front and the job end" {
	local front
	serve_slowly
	front=$(pgrep -P "$BACK" agent-front)
	stop KILL
	wait_for fails test -e "/proc/$front"
	wait_for fails pgrep -f "$PROGRAM serve"
	serve_usual # it undoes what was left
	expect "$(ask admin POST /checkpoint/default/pod-web/main)" = 200
}

@test "front: a self-signed certificate is made once" {
	serve
	expect "$(stat -c %a $DIR/pki/checkpoint-agent.key)" = 600
	curl -sS --cacert $DIR/pki/checkpoint-agent.crt $URL/nosuch
	cp $DIR/pki/checkpoint-agent.crt $DIR/before
	stop TERM
	serve
	cmp $DIR/before $DIR/pki/checkpoint-agent.crt
}

@test "front: new certificates and CAs are put to use" {
	cp $DIR/server.crt $DIR/now.crt
	cp $DIR/server.key $DIR/now.key
	cp $DIR/ca.crt $DIR/clients.crt
	certs_sign $DIR ca second /CN=second IP:127.0.0.1
	local start=$SECONDS
	serve --tls-cert-file $DIR/now.crt --tls-private-key-file $DIR/now.key \
		--client-ca-file $DIR/clients.crt
	expect "$(ask rogue GET /healthz)" = 401
	cp $DIR/second.key $DIR/now.key
	cp $DIR/second.crt $DIR/now.crt
	cat $DIR/rogue-ca.crt >>$DIR/clients.crt
	kill -HUP "$BACK" # it looks by itself ten seconds after its start
	wait_for answers_as second
	expect $((SECONDS - start)) -lt 10
	expect "$(ask rogue GET /healthz)" = 200
	# a key that does not match changes nothing
	cp $DIR/server.key $DIR/now.key
	kill -HUP "$BACK"
	wait_for grep -q 'the old ones stay' $DIR/log
	answers_as second
}

answers_as() { # NAME
	openssl s_client -connect 127.0.0.1:10350 </dev/null 2>/dev/null |
		grep -q "subject=CN *= *$1"
}

@test "front: a wrong configuration is one line and exit status 2" {
	local file=$DIR/config.yaml
	refuses() { # WORDS OPTION...
		local words=$1
		shift
		run -2 $PROGRAM serve --address 127.0.0.1 --root-dir $DIR "$@"
		expect "${#lines[@]}" = 1
		grep -q "$words" <<<"$output"
	}
	refuses 'must be given together' --tls-cert-file $DIR/server.crt
	refuses 'authorization-mode Maybe' --authorization-mode Maybe
	refuses 'not an address' --address localhost --cert-dir $DIR/pki
	refuses 'feature-gates X=true' --feature-gates X=true
	printf 'kind: Pod\n' >$file
	refuses "$file: kind" --config $file
	printf 'kind: KubeletConfiguration\nport: x\n' >$file
	refuses "$file: line 2: port" --config $file
	printf 'kind: KubeletConfiguration\ncheckpointAgent:\n  kep: 1\n' >$file
	refuses "$file: line 3: checkpointAgent.kep" --config $file
}

@test "front: a KubeletConfiguration file is read, the command line overrides it" {
	cat >$DIR/config.yaml <<-EOT
		apiVersion: kubelet.config.k8s.io/v1beta1
		kind: KubeletConfiguration
		port: 10399
		tlsCertFile: $DIR/server.crt
		tlsPrivateKeyFile: $DIR/server.key
		maxPods: 110
		authentication:
		  x509:
		    crlFile: /x
		authorization:
		  mode: AlwaysAllow
		featureGates:
		  ContainerCheckpoint: false
		  KubeletPSI: true
		checkpointAgent:
		  keep: 3
	EOT
	serve --config $DIR/config.yaml --port 10350
	expect "$(ask nobody GET /healthz)" = 200
	status=$(ask admin POST /checkpoint/default/pod-web/main)
	expect "$status $(cat $DIR/body)" = "404 404 page not found"
	for said in field=maxPods field=authentication.x509.crlFile \
		gate=KubeletPSI; do
		grep -q "not used by the agent.*$said" $DIR/log
	done
	fails grep -q 'not used by the agent.*keep' $DIR/log
}
