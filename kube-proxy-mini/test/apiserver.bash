# apiserver.bash - kube-proxy-mini against a small API server.  Sourced.
#
#   server_certs                 an authority, $DIR/server and $DIR/user by it
#   server_start [OPTION...]     apiserver.py with certificate $CERT (server)
#   server_stop
#   control PATH [JSON]          control it: see apiserver.py
#   service NAME IP [MORE]       put a Service with port 80; MORE: of its spec
#   slice NAME ADDRESS           put its EndpointSlice
#   kubeconfig [USER-LINE...]    write $DIR/kubeconfig for $SERVER
#   proxy_start [OPTION...]      kube-proxy-mini; its log is $DIR/log
#   proxy_stop                   TERM it; fails unless it exits with 0
#   knows NAME / misses NAME     is the Service in the kernel's rules?
#   requests [WORD]              the requests that the server saw
#   said TEXT                    the proxy's log contains it
#   answers STATUS PORT PATH     what one of its HTTP ports answers
#   metric LINE / counts LINE VALUE

for lib in wait certs expect; do
	. "/keelson/tests/lib/$lib.bash"
done

DIR=/keep/state
PROXY=${PROXY:-/keelson/build/bin/kube-proxy-mini}
SERVER=https://127.0.0.1:6443
CERT=server

server_certs() {
	mkdir -p $DIR
	ip link set lo up
	certs_ca $DIR ca
	certs_sign $DIR ca server /CN=kube-apiserver \
		'IP:127.0.0.1,IP:::1,DNS:kubernetes,DNS:*.example'
	certs_sign $DIR ca user /CN=system:kube-proxy
}

server_start() {
	python3 /keelson/kube-proxy-mini/test/apiserver.py \
		--cert $DIR/$CERT.crt --key $DIR/$CERT.key \
		--client-ca $DIR/ca.crt "$@" >>$DIR/server.log 2>&1 3>&- &
	echo $! >$DIR/server.pid
	wait_for control log
}

server_stop() {
	kill "$(cat $DIR/server.pid)"
	wait_for fails kill -0 "$(cat $DIR/server.pid)"
}

control() {
	curl -sS --fail-with-body --max-time 20 \
		"http://127.0.0.1:6444/$1" ${2:+--data-binary "$2"}
}

requests() {
	control log | grep -e "${1:-.}"
}

# Our Node, n1, with address 192.0.2.7; without it the proxy is ready after 30 s.
node() { # [MORE-OF-SPEC]
	control put '{"kind": "Node", "object": {"metadata": {"name": "n1"},
		"spec": {"podCIDRs": ["10.1.0.0/16"] '"${1:-}"'},
		"status": {"addresses": [{"type": "InternalIP",
		"address": "192.0.2.7"}]}}}'
}

service() {
	local name=$1 ip=$2 more=${3:-'"type": "ClusterIP"'}
	control put '{"kind": "Service", "object": {"metadata":
		{"namespace": "d", "name": "'"$name"'"}, "spec": {"clusterIP":
		"'"$ip"'", "ports": [{"port": 80}], '"$more"'}}}'
}

slice() {
	local name=$1 address=$2
	control put '{"kind": "EndpointSlice", "object": {"metadata":
		{"namespace": "d", "name": "'"$name"'-1", "labels":
		{"kubernetes.io/service-name": "'"$name"'"}}, "addressType":
		"IPv4", "ports": [{"name": "", "port": 8080}], "endpoints":
		[{"addresses": ["'"$address"'"]}]}}'
}

kubeconfig() {
	{
		printf '%s\n' 'apiVersion: v1' 'kind: Config' \
			'current-context: c' 'contexts:' \
			'- {name: c, context: {cluster: k, user: u}}' \
			'clusters:' '- name: k' '  cluster:' \
			"    server: $SERVER" \
			"    certificate-authority: ca.crt" \
			${SERVER_NAME:+"    tls-server-name: $SERVER_NAME"} \
			'users:' '- name: u' '  user:' \
			"    client-certificate: ${USER_CERT:-user}.crt" \
			"    client-key: ${USER_CERT:-user}.key"
		printf '    %s\n' "$@"
	} >$DIR/kubeconfig
}

proxy_start() {
	: >$DIR/log
	$PROXY --kubeconfig $DIR/kubeconfig --hostname-override n1 -v 4 "$@" \
		2>>$DIR/log 3>&- &
	echo $! >$DIR/proxy.pid
}

proxy_stop() {
	kill "$(cat $DIR/proxy.pid)"
	wait "$(cat $DIR/proxy.pid)"
}

knows() {
	nft list map ip kube-proxy-mini services | grep -qF "\"d/$1\""
}

misses() {
	fails knows "$1"
}

said() {
	grep -qF -e "$1" $DIR/log
}

# The status that one of its ports answers, at the address HOST; the body goes
# to $DIR/body.
get() { # PORT PATH
	curl -sS --max-time 5 -o $DIR/body -w '%{http_code}' \
		"http://${HOST:-127.0.0.1}:$1/$2"
}

answers() { # STATUS PORT PATH
	[ "$(get "$2" "$3")" = "$1" ]
}

# A line of /metrics that begins with this, and its value.
metric() { # NAME-AND-LABELS
	get 10249 metrics >/dev/null
	awk -v name="$1" 'index($0, name " ") == 1 { print $NF }' $DIR/body
}

counts() { # NAME-AND-LABELS VALUE
	[ "$(metric "$1")" = "$2" ]
}
