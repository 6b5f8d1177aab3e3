# faults.bats - an API server that fails in every way that real ones do.  What
# counts is the kernel: Services stay, come and go as they should.
bats_require_minimum_version 1.5.0

setup_file() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	server_certs
}

setup() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	server_start
	kubeconfig
	service one 10.96.0.1
	slice one 10.1.0.1
}

teardown() {
	kill "$(cat $DIR/proxy.pid)" "$(cat $DIR/server.pid)" || true
	kill -CONT "$(cat $DIR/server.pid)" || true # if a test has stopped it
	[ ! -e $DIR/monitor.pid ] || kill "$(cat $DIR/monitor.pid)" || true
	$PROXY --cleanup
	sed 's/^/# /' $DIR/log
	rm -f $DIR/*.pid
}

# Start with Service `one` in the kernel, and with both watches up.
begin() {
	proxy_start
	wait_for knows one
	wait_for watches 2
}

watches() {
	[ "$(requests ^watch | grep -vc /nodes)" -ge "$1" ]
}

# The client lists one object to learn the newest version.
lists() {
	[ "$(requests '^list' | grep -vc '/nodes\|[?]limit=1&')" = "$1" ]
}

fault() {
	control fault "$1"
}

many() { # N: Services s0, s1 ...
	python3 - "$1" >$DIR/many.json <<-EOF2
		import json, sys
		print(json.dumps({"kind": "Service", "objects": [
		    {"metadata": {"namespace": "d", "name": f"s{i}"},
		     "spec": {"clusterIP": f"10.97.{i >> 8}.{i & 255}",
		              "ports": [{"port": 80}]}}
		    for i in range(int(sys.argv[1]))]}))
	EOF2
	control put @$DIR/many.json
}

@test "a dropped watch is resumed where it stopped, without a list" {
	begin
	service two 10.96.0.2
	wait_for knows two
	control drop '{"kind": "Service"}'
	service three 10.96.0.3
	wait_for knows three
	requests 'resourceVersion=103'
	lists 2
}

@test "a watch torn within an object loses nothing" {
	begin
	control drop '{"kind": "Service", "torn": true}'
	service two 10.96.0.2
	wait_for knows two
	lists 2
}

@test "bookmarks move the place to resume at" {
	begin
	slice one 10.1.0.2
	slice one 10.1.0.3
	control bookmark '{"kind": "Service"}'
	control drop '{"kind": "Service"}'
	wait_for requests '/services?watch.*resourceVersion=104'
}

@test "after 410 Gone the list comes again and nothing flaps" {
	begin
	service two 10.96.0.2
	wait_for knows two
	nft monitor elements >$DIR/monitor 2>&1 3>&- &
	echo $! >$DIR/monitor.pid
	control delete '{"kind": "Service", "ns": "d", "name": "two"}'
	wait_for misses two
	fault '{"name": "status", "on": "watch", "code": 503}'
	control drop '{"kind": "Service"}'
	service three 10.96.0.3
	control compact '{"kind": "Service"}'
	wait_for knows three
	knows one
	lists 3
	wait_for grep -F '10.96.0.3 ' $DIR/monitor
	fails grep -F '10.96.0.1 ' $DIR/monitor
}

@test "410 as an event within the watch does the same" {
	begin
	fault '{"name": "error_event", "on": "watch", "code": 410}'
	control drop '{"kind": "Service"}'
	wait_for lists 3
	service two 10.96.0.2
	wait_for knows two
	knows one
}

@test "what was deleted in the gap is gone after the list" {
	begin
	service two 10.96.0.2
	wait_for knows two
	fault '{"name": "status", "on": "watch", "code": 500}'
	fault '{"name": "status", "on": "watch", "code": 500}'
	control drop '{"kind": "Service"}'
	control delete '{"kind": "Service", "ns": "d", "name": "two"}'
	control compact '{"kind": "Service"}'
	wait_for misses two
	knows one
}

@test "long lists come in pages; pages that expire make it whole" {
	many 1300
	fault '{"name": "status", "on": "page", "code": 410}'
	begin
	knows s0
	knows s1299
	requests 'limit=500.*continue='
	requests 'services?limit=0'
}

@test "refusals of every kind are waited out" {
	for code in 500 503 429 401 403 404 504; do
		fault '{"name": "status", "on": "list", "code": '$code'}'
	done
	proxy_start
	wait_for knows one
	said 'status 401'
	said 'as the test wanted'
}

has_asked() { # TIMES PATH
	[ "$(control times | grep -c "$2\$")" -ge "$1" ]
}

# Each wait lies between w and 2 w, w being twice what it was before; a loaded
# machine makes them longer.
@test "failures are tried again after waits that double, with jitter" {
	control refuse '{"code": 503}'
	proxy_start
	wait_for has_asked 7 /services
	control times | awk '
		/\/(services|endpointslices)$/ {
			if ($2 in last && n[$2] < 6) {
				w = 0.1 * 2 ^ n[$2]++
				wait = $1 - last[$2]
				print $2, w, wait
				if (wait < w * 0.98 || wait > 2 * w + 3)
					bad = 1
				part[$2 n[$2]] = wait / w
			}
			last[$2] = $1
		}
		END {
			for (i in part)
				if (part[i] > 1.03)
					jitter++
			exit bad || jitter < 3
		}'
	control refuse '{"code": 0}'
	wait_for knows one
}

@test "Retry-After is obeyed" {
	fault '{"name": "status", "on": "list", "code": 429,
		"retry_after": 6}'
	fault '{"name": "status", "on": "list", "code": 429,
		"retry_after": 6}'
	proxy_start
	sleep 1.5
	misses one
	wait_for knows one
}

@test "garbage, closed connections and torn lists are tried again" {
	fault '{"name": "garbage", "on": "list"}'
	fault '{"name": "close", "on": "list"}'
	fault '{"name": "torn", "on": "list"}'
	proxy_start
	wait_for knows one
	service two 10.96.0.2
	wait_for knows two
}

@test "answers in pieces of one byte, and slow ones" {
	fault '{"name": "pieces", "on": "list", "bytes": 1}'
	fault '{"name": "slow", "on": "list", "bytes": 50, "delay_s": 0.05}'
	fault '{"name": "pieces", "on": "watch", "bytes": 1}'
	begin
	service two 10.96.0.2
	slice one 10.1.0.9
	wait_for knows two
}

# A Service or slice of five megabytes, its name behind them: $DIR/NAME.json
large() { # KIND NAME SPEC
	python3 - "$@" >"$DIR/$2.json" <<-EOF2
		import json, sys
		kind, name, spec = sys.argv[1:]
		print(json.dumps({"kind": kind, "object": {**json.loads(spec),
		    "metadata": {"annotations": {"x": "\\"}{" * 1500000},
		        "name": name, "namespace": "d", "labels":
		        {"kubernetes.io/service-name": name}}}}))
	EOF2
}

@test "objects that are too large are named, counted and left out" {
	large Service vast '{"spec": {"clusterIP": "10.96.0.99",
		"ports": [{"port": 80}]}}'
	large EndpointSlice huge '{"addressType": "IPv4", "ports":
		[{"name": "", "port": 80}], "endpoints":
		[{"addresses": ["10.1.0.8"]}]}'
	control put @$DIR/vast.json
	control put @$DIR/huge.json
	begin
	wait_for said 'kind=services object=d/vast'
	wait_for said 'kind=endpointslices object=d/huge'
	wait_for counts \
		'kube_proxy_mini_objects_left_out_total{reason="too_large"}' 2
	service two 10.96.0.2
	wait_for knows two
	misses vast
	lists 2
	expect "$(awk '/VmHWM/ { print $2 }' \
		/proc/"$(cat $DIR/proxy.pid)"/status)" -lt 24000
}

@test "what grows too large goes, and so does it when it is deleted" {
	begin
	large Service two '{"spec": {"clusterIP": "10.96.0.2",
		"ports": [{"port": 80}]}}'
	service two 10.96.0.2
	wait_for knows two
	control put @$DIR/two.json
	wait_for misses two
	service two 10.96.0.2
	wait_for knows two
	control put @$DIR/two.json
	control delete '{"kind": "Service", "ns": "d", "name": "two"}'
	service three 10.96.0.3
	wait_for knows three
	misses two
	lists 2
}

@test "gzip: lists, pages and watches, each event as it comes" {
	server_stop
	server_start --gzip
	many 1300
	service one 10.96.0.1
	slice one 10.1.0.1
	begin
	knows s1299
	service two 10.96.0.2
	wait_for knows two
	control drop '{"kind": "Service", "torn": true}'
	service three 10.96.0.3
	wait_for knows three
	lists 2
	requests '^page.*/services'
}

@test "gzip: the objects in front of a watch" {
	server_stop
	server_start --gzip --watch-list
	service one 10.96.0.1
	slice one 10.1.0.1
	proxy_start
	wait_for knows one
	service two 10.96.0.2
	wait_for knows two
	lists 0
}

@test "gzip: one that expands to 300 megabytes fills nothing" {
	fault '{"name": "bomb", "on": "list", "size": 300000000}'
	proxy_start
	wait_for 120 said 'object=d/bomb'
	wait_for answers 200 10256 readyz
	expect "$(awk '/VmHWM/ { print $2 }' \
		/proc/"$(cat $DIR/proxy.pid)"/status)" -lt 24000
}

@test "another coding of an answer is refused by its name" {
	fault '{"name": "coding", "on": "list", "coding": "br"}'
	proxy_start
	wait_for said 'encoded as \"br\"'
	wait_for knows one
}

@test "a value that makes no sense is named by its field, the rest counts" {
	service odd 10.96.0.7 '"type": "Magic"'
	begin
	said 'object="services d/odd" values="spec.type: \"Magic\" is not known'
	wait_for knows odd
}

@test "the API server goes away and comes back" {
	begin
	server_stop
	sleep 1
	knows one
	server_start
	service one 10.96.0.1
	service two 10.96.0.2
	slice one 10.1.0.1
	control compact '{"kind": "Service"}'
	control compact '{"kind": "EndpointSlice"}'
	wait_for knows two
	knows one
}

@test "a rotated token is taken up by the next request" {
	echo first >$DIR/token
	kubeconfig 'tokenFile: token'
	begin
	requests 'Bearer first'
	echo second >$DIR/token
	control drop '{"kind": "Service"}'
	wait_for requests 'watch.*Bearer second'
}

@test "in a pod: server from the environment, token and CA from files" {
	local pod=/var/run/secrets/kubernetes.io/serviceaccount
	mkdir -p $pod
	cp $DIR/ca.crt $pod/ca.crt
	echo of-the-pod >$pod/token
	server_stop
	cp $DIR/ca.crt $DIR/none.crt
	python3 /keelson/kube-proxy-mini/test/apiserver.py \
		--cert $DIR/server.crt --key $DIR/server.key 3>&- &
	echo $! >$DIR/server.pid
	wait_for control log
	service one 10.96.0.1
	: >$DIR/log
	KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT=6443 \
		$PROXY --hostname-override n1 2>>$DIR/log 3>&- &
	echo $! >$DIR/proxy.pid
	wait_for knows one
	requests 'Bearer of-the-pod'
}

@test "TERM ends it with 0, the rules stay, --cleanup removes them" {
	begin
	proxy_stop
	said 'the rules stay'
	knows one
	$PROXY --cleanup
	fails nft list table ip kube-proxy-mini
}

@test "WatchList: the objects come in the watch, no list is asked for" {
	server_stop
	server_start --watch-list
	service one 10.96.0.1
	slice one 10.1.0.1
	proxy_start
	wait_for knows one
	service two 10.96.0.2
	wait_for knows two
	lists 0
	control drop '{"kind": "Service", "torn": true}'
	service three 10.96.0.3
	wait_for knows three
	requests '^stream.*sendInitialEvents=true'
	requests '^watch.*/services'
}

@test "WatchList: after 410 what was deleted goes, the rest stays" {
	server_stop
	server_start --watch-list
	service one 10.96.0.1
	service two 10.96.0.2
	slice one 10.1.0.1
	proxy_start
	wait_for knows two
	fault '{"name": "status", "on": "watch", "code": 500}'
	control drop '{"kind": "Service"}'
	control delete '{"kind": "Service", "ns": "d", "name": "two"}'
	control compact '{"kind": "Service"}'
	wait_for misses two
	knows one
	lists 0
}

# The server keeps the connection open and says nothing, as one that died
# behind a balancer.
@test "quiet watches last; a server that died is noticed within 45 s" {
	server_stop
	server_start --watch-list
	service one 10.96.0.1
	slice one 10.1.0.1
	proxy_start
	wait_for knows one
	wait_for asked_twice
	fails said 'broke off'
	kill -STOP "$(cat $DIR/server.pid)"
	within 60 said 'no further part of the answer in time'
	kill -CONT "$(cat $DIR/server.pid)"
	service two 10.96.0.2
	wait_for knows two
}

asked_twice() { # a watch has ended after its time, and begun again
	[ "$(requests '^watch.*/services' | wc -l)" -ge 2 ]
}

@test "a server whose versions went back is listed again" {
	begin
	service two 10.96.0.2
	wait_for knows two
	control restore '{"kind": "Service", "version": 50, "without":
		["d", "two"]}'
	wait_for misses two
	said 'versions went back'
	service three 10.96.0.3
	wait_for knows three
	knows one
}

# kube-apiserver says nothing, but its end breaks the watch off.
@test "versions that went back while nobody watched are noticed" {
	begin
	service two 10.96.0.2
	wait_for knows two
	control restore '{"kind": "Service", "version": 50, "quiet": true,
		"without": ["d", "two"]}'
	control drop '{"kind": "Service", "torn": true}'
	wait_for misses two
	said 'versions went back'
	knows one
}

# The version has passed ours again by then, so it proves nothing.
@test "a store restored in an outage is listed, whatever its version" {
	begin
	service two 10.96.0.2
	wait_for knows two
	control refuse '{"code": 503}'
	control drop '{"kind": "Service", "torn": true}'
	wait_for said broke
	sleep 6
	control restore '{"kind": "Service", "version": 9000, "quiet": true,
		"without": ["d", "two"]}'
	control refuse '{"code": 0}'
	wait_for misses two
	said 'nobody answered for long, listing again'
	knows one
}

@test "Retry-After is obeyed up to half a minute" {
	fault '{"name": "status", "of": "Service", "code": 429,
		"retry_after": 3600}'
	proxy_start
	wait_for said 'as the test wanted'
	sleep 3
	misses one
	wait_for knows one
}

# The first goes out before the period is over, the later ones after it.
@test "the first change after quiet goes out at once, later ones gathered" {
	proxy_start --min-sync-period 6s
	wait_for knows one
	sleep 6.2
	service two 10.96.0.2
	within 4 knows two
	service three 10.96.0.3
	service four 10.96.0.4
	sleep 1
	misses three
	wait_for knows three
	knows four
}

@test "our table removed by somebody else is written again" {
	begin
	nft delete table ip kube-proxy-mini
	wait_for knows one
	said repairing
}

@test "it runs with CAP_NET_ADMIN alone, under a filter" {
	begin
	local status
	status=$(cat /proc/"$(cat $DIR/proxy.pid)"/status)
	grep -q 'CapPrm:.*0000000000001000' <<<"$status"
	grep -q 'CapBnd:.*0000000000001000' <<<"$status"
	grep -q 'NoNewPrivs:.*1' <<<"$status"
	grep -q 'Seccomp:.*2' <<<"$status"
}
