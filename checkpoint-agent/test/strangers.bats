# Clients that nobody asked for: silent ones, costly ones, ones whose time is
# over; and how little others notice of them.
# limit: 600
bats_require_minimum_version 1.5.0

DIR=/keep/strangers

. /keelson/tests/lib/served.bash

# One second for a certificate holder and 200 ms for a probe.  On a machine that
# is busy with other things, what counts is for how long strangers can have kept
# the process that answers (tests/lib/strangers.py).
@test "strangers: 300 silent and 10 costly ones delay nobody" {
	local holder probe handshakes
	server_start --healthz-port 10351
	run -0 python3 /keelson/tests/lib/strangers.py $DIR $BACK 8
	echo "$output" | tee /keep/strangers/figures
	read -r _ _ holder _ _ probe handshakes <<<"$output"
	expect "$holder" -le 1000
	expect "$probe" -le 200
	expect "$handshakes" -ge 10 # the costly ones were there
}

# A certificate that costs more than a good one is refused before it does: the
# CPU time of 40 such handshakes is that of 40 usual ones, not of minutes.
@test "strangers: a costly chain is refused before it costs" {
	local front usual costly
	server_start
	front=$(front_of "$BACK")
	usual=$(cpu_of_clients admin "$front")
	python3 -c 'import sys
sys.path.insert(0, "/keelson/tests/lib")
import strangers
strangers.costly_context("'$DIR'", 8192, 8191, 4)'
	costly=$(cpu_of_clients costly-8192 "$front")
	echo "ticks of CPU: usual $usual, costly $costly"
	expect "$costly" -le $((2 * usual + 20))
	grep -q 'handshake failed' $DIR/log ||
		fails ask costly-8192 GET /healthz
}

# The front's CPU ticks for 40 handshakes with this certificate.
cpu_of_clients() { # NAME FRONT
	local before i
	before=$(ticks_of "$2")
	for ((i = 0; i < 40; i++)); do
		curl -sk -o /dev/null --cert "$DIR/$1.crt" \
			--key "$DIR/$1.key" $URL/nosuch || true
	done
	echo $(($(ticks_of "$2") - before))
}

ticks_of() { # PID: user and system
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

# requests NAME [COMMAND]: requests on one connection, the first before the
# command is run, then until another status comes; prints both statuses.
requests() {
	python3 - "$DIR" "$1" "${2:-true}" <<-'END'
		import http.client, ssl, subprocess, sys, time
		where, name, command = sys.argv[1:]
		context = ssl.create_default_context(cafile=where + "/ca.crt")
		context.load_cert_chain(where + "/" + name + ".crt",
		                        where + "/" + name + ".key")
		c = http.client.HTTPSConnection("127.0.0.1", 10350,
		                                context=context)
		def ask():
		    c.request("GET", "/healthz")
		    answer = c.getresponse()
		    answer.read()
		    return answer.status
		first = ask()
		local = c.sock.getsockname()
		subprocess.run(["bash", "-c", command], check=True)
		second, end = first, time.monotonic() + 60
		while second == first and time.monotonic() < end:
		    time.sleep(0.2)
		    second = ask()
		assert c.sock.getsockname() == local, "another connection"
		print(first, second)
	END
}

@test "strangers: a connection is trusted no longer than its certificate" {
	local until
	server_start
	until=$(($(date +%s) + 15))
	openssl req -new -key $DIR/admin.key -subj /O=system:masters/CN=admin \
		-out $DIR/short.csr
	openssl x509 -req -in $DIR/short.csr -CA $DIR/ca.crt \
		-CAkey $DIR/ca.key -CAcreateserial -out $DIR/short.crt \
		-not_after "$(date -u -d @$until +%Y%m%d%H%M%SZ)" \
		-extfile <(echo extendedKeyUsage=clientAuth)
	cp $DIR/admin.key $DIR/short.key
	run -0 requests short
	expect "$output" = '200 401'
	grep -q 'expired' $DIR/log
}

@test "strangers: a connection is trusted no longer than its CA" {
	cp $DIR/ca.crt $DIR/clients.crt
	server_start --client-ca-file $DIR/clients.crt
	run -0 requests admin "cp $DIR/rogue-ca.crt $DIR/clients.crt
		kill -HUP $BACK"
	expect "$output" = '200 401'
	# a CA that is added also counts for connections that exist
	run -0 requests admin "cat $DIR/ca.crt >>$DIR/clients.crt
		kill -HUP $BACK"
	expect "$output" = '401 200'
}

@test "strangers: invented methods do not fill the metrics" {
	local i
	server_start
	for ((i = 0; i < 300; i++)); do
		echo "url = $URL/healthz"
		echo "cert = $DIR/admin.crt"
		echo "key = $DIR/admin.key"
		echo insecure
		echo 'output = /dev/null'
		echo "request = METHOD$i"
		echo next
	done | sed '$d' >$DIR/methods
	curl -s -K $DIR/methods
	expect "$(ask admin GET /metrics)" = 200
	fails grep -q METHOD $DIR/body
	grep -q 'requests_total{.*method="other",path="healthz"' $DIR/body
}
