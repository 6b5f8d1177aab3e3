# Tokens and permissions, reviewed by a real API server with RBAC.
# limit: 300
bats_require_minimum_version 1.5.0

PROGRAM=/keelson/build/bin/checkpoint-agent
DIR=/keep/webhook
URL=https://127.0.0.1:10350
GONE=/checkpoint/default/nopod/main # a user who may ask gets 404

load_libs() {
	local lib
	for lib in kube server wait expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
	KUBE_DIR=/keep/kube
}

# account NAME: a service account; its token to $DIR/NAME.token
account() {
	local accounts=/api/v1/namespaces/default/serviceaccounts
	kube POST $accounts "{\"metadata\": {\"name\": \"$1\"}}" >/dev/null
	kube POST "$accounts/$1/token" '{"kind": "TokenRequest",
		"apiVersion": "authentication.k8s.io/v1",
		"spec": {"expirationSeconds": 3600}}' |
		jq -re .status.token >"$DIR/$1.token"
}

serve() {
	$PROGRAM serve --address 127.0.0.1 --root-dir $DIR \
		--cert-dir $DIR/pki --client-ca-file "$KUBE_DIR/ca.crt" \
		--kubeconfig $KUBE_DIR/agent.kubeconfig --hostname-override node-1 \
		--authentication-token-webhook --healthz-port 10351 \
		--authorization-mode Webhook 2>>$DIR/log 3>&- &
	echo $! >$DIR/pid
	wait_for curl -s -o /dev/null http://127.0.0.1:10351/readyz
}

setup_file() {
	load_libs
	mkdir -p $DIR
	kube_start $KUBE_DIR
	kube_user agent system:auth-delegator
	kube POST /apis/rbac.authorization.k8s.io/v1/clusterroles '{
		"metadata": {"name": "checkpointer"},
		"rules": [{"apiGroups": [""], "verbs": ["create"],
			"resources": ["nodes/checkpoint"]}]}' >/dev/null
	kube POST /apis/rbac.authorization.k8s.io/v1/clusterroles '{
		"metadata": {"name": "prober"},
		"rules": [{"apiGroups": [""], "verbs": ["get"],
			"resources": ["nodes/proxy"]}]}' >/dev/null
	account allowed
	account other
	kube_bind ServiceAccount allowed checkpointer
	kube_bind ServiceAccount allowed prober
	certs_sign "$KUBE_DIR" ca nobody /CN=nobody
}

teardown_file() {
	load_libs
	kube_stop
}

setup() {
	load_libs
	: >$DIR/log
}

teardown() {
	kill "$(cat $DIR/pid)" || true
	wait "$(cat $DIR/pid)" || true
}

# says STATUS BODY METHOD PATH CURL-OPTION...
says() {
	local status=$1 body=$2 method=$3 path=$4 got
	shift 4
	got=$(curl -sSk -X "$method" -o $DIR/body -w '%{http_code}' "$@" \
		"$URL$path")
	expect "$got $(cat $DIR/body)" = "$status $body"
}

bearer() {
	echo "Authorization: Bearer $(cat "$DIR/$1.token")"
}

@test "webhook: the API server says whose a token is" {
	serve
	says 404 'pod does not exist' POST $GONE -H "$(bearer allowed)"
	says 403 "Forbidden (user=system:serviceaccount:default:other, \
verb=create, resource=nodes, subresource(s)=[checkpoint])" \
		POST $GONE -H "$(bearer other)"
	says 401 Unauthorized POST $GONE -H 'Authorization: Bearer nope'
	says 401 Unauthorized POST $GONE -H 'Authorization: Bearer a.b.c'
	says 401 Unauthorized POST $GONE
}

@test "webhook: users of certificates are authorized too" {
	serve
	says 404 'pod does not exist' POST $GONE \
		--cert $KUBE_DIR/admin.crt --key $KUBE_DIR/admin.key
	says 403 "Forbidden (user=nobody, verb=create, resource=nodes, \
subresource(s)=[checkpoint])" POST $GONE \
		--cert $KUBE_DIR/nobody.crt --key $KUBE_DIR/nobody.key
}

@test "webhook: one of several subresources is enough" {
	serve
	says 200 ok GET /healthz -H "$(bearer allowed)"
	says 403 "Forbidden (user=system:serviceaccount:default:other, \
verb=get, resource=nodes, subresource(s)=[healthz proxy])" \
		GET /healthz -H "$(bearer other)"
}

@test "webhook: fifty unknown users at once are all answered" {
	local i clients=()
	serve
	for i in $(seq 50); do
		curl -sk -X POST -o /dev/null -w '%{http_code}\n' \
			-H "Authorization: Bearer x$i" $URL$GONE 3>&- &
		clients+=($!)
	done >$DIR/statuses
	wait "${clients[@]}"
	expect "$(sort $DIR/statuses | uniq -c | tr -s ' ')" = " 50 401"
}

# Tokens that the server knows, unknown ones, and those of interrupted requests.
@test "webhook: tokens remain in no memory and no log" {
	local front token process
	token=$(cat $DIR/allowed.token)
	serve
	front=$(pgrep -P "$(cat $DIR/pid)" agent-front)
	says 404 'pod does not exist' POST $GONE -H "$(bearer allowed)"
	says 401 Unauthorized POST $GONE -H 'Authorization: Bearer 9f-nope-c1'
	printf 'POST / HTTP/1.1\r\nAuthorization: Bearer 7e-cut-off-02' |
		openssl s_client -quiet -connect 127.0.0.1:10350 2>/dev/null ||
		true
	memory_has "$front" system:auth || memory_has "$front" agent-front
	for process in "$front" "$(cat $DIR/pid)"; do
		for text in "${token:(-60)}" 9f-nope-c1 7e-cut-off-02; do
			fails memory_has "$process" "$text"
		done
	done
	for text in "$token" 9f-nope-c1 7e-cut-off-02; do
		fails grep -qF -- "$text" $DIR/log
	done
}

@test "webhook: without the API server, cached answers still count" {
	serve
	says 404 'pod does not exist' POST $GONE -H "$(bearer allowed)"
	kill -STOP "$(cat $KUBE_DIR/apiserver.pid)"
	says 404 'pod does not exist' POST $GONE -H "$(bearer allowed)"
	kill -CONT "$(cat $KUBE_DIR/apiserver.pid)"
	kube_stop
	says 404 'pod does not exist' POST $GONE -H "$(bearer allowed)"
	says 401 Unauthorized POST $GONE -H 'Authorization: Bearer new'
	says 500 "Authorization error (user=nobody, verb=create, \
resource=nodes, subresource(s)=[checkpoint])" POST $GONE \
		--cert $KUBE_DIR/nobody.crt --key $KUBE_DIR/nobody.key
	grep -q 'the API server gave no answer' $DIR/log
	kube_run
	says 403 "Forbidden (user=nobody, verb=create, resource=nodes, \
subresource(s)=[checkpoint])" POST $GONE \
		--cert $KUBE_DIR/nobody.crt --key $KUBE_DIR/nobody.key
}

# Drop what passes on the connections to the API server that are open now, as if
# their other end had died behind a balancer; new ones work.
cut_open_lines() {
	local port
	nft -f - <<-END
		table inet cut {
			chain output {
				type filter hook output priority 0
			}
		}
	END
	for port in $(ss -Htn state established "dport = :$KUBE_PORT" |
		awk '{ sub(/.*:/, "", $3); print $3 }'); do
		nft add rule inet cut output tcp sport "$port" \
			tcp dport "$KUBE_PORT" drop
	done
	[ -n "$port" ]
}

@test "webhook: a kept connection that died costs seconds, no answer" {
	serve
	says 404 'pod does not exist' POST $GONE -H "$(bearer allowed)"
	cut_open_lines
	within 6 says 403 "Forbidden (user=system:serviceaccount:default:other, \
verb=create, resource=nodes, subresource(s)=[checkpoint])" \
		POST $GONE -H "$(bearer other)"
	fails grep -q 'gave no answer' $DIR/log
	nft delete table inet cut
}

no_line_is_open() {
	[ -z "$(ss -Htnp state established "dport = :$KUBE_PORT" |
		grep agent-front)" ]
}

@test "webhook: a connection without questions is closed after a while" {
	serve
	says 404 'pod does not exist' POST $GONE -H "$(bearer allowed)"
	fails no_line_is_open
	within 45 no_line_is_open
	says 403 "Forbidden (user=system:serviceaccount:default:other, \
verb=create, resource=nodes, subresource(s)=[checkpoint])" \
		POST $GONE -H "$(bearer other)"
}

listens() { # PORT
	[ -n "$(ss -Htln "sport = :$1")" ]
}

# Every byte comes in time; without a total limit this would never end.
@test "webhook: an API server that drips bytes is given up" {
	kube_stop
	python3 /keelson/tests/lib/drip.py $KUBE_PORT $KUBE_DIR/server.crt \
		$KUBE_DIR/server.key 3>&- &
	local drip=$!
	wait_for listens $KUBE_PORT
	serve
	within 25 says 401 Unauthorized POST $GONE \
		-H 'Authorization: Bearer new'
	grep -q 'no end of the answer in time' $DIR/log
	kill $drip
	kube_run
	says 404 'pod does not exist' POST $GONE -H "$(bearer allowed)"
}
