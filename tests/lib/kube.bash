# kube.bash - run a real kube-apiserver and etcd in the lab.  Sourced.
#
#   kube_start DIR     make certificates and start both; state and logs: DIR
#   kube_stop          kill both, as a power cut would
#   kube_run           start both again with the same state
#   kube METHOD PATH [JSON]         send a request as administrator, print the
#                                   answer
#   kube_bind KIND NAME ROLE        bind the ClusterRole ROLE to a subject
#   kube_user NAME ROLE             make a user who has that role: DIR/NAME.crt,
#                                   .key and DIR/NAME.kubeconfig
#   kube_service NS NAME IP SPEC    create a Service; SPEC is the rest of `spec`
#   kube_slice NS NAME PORTS ADDRESS...
#                                   create an EndpointSlice of that name for
#                                   the Service; PORTS is its JSON list
#   kube_slice_set NS NAME ADDRESS...
#                                   replace its addresses
# KUBE_TLS_MIN (VersionTLS13) is the oldest version that the API server speaks.
# DIR/kubeconfig is the proxy's, with a certificate of system:kube-proxy.  The
# tokens tok-admin and tok-nobody belong to an administrator and to a user
# without rights.
#
# shellcheck source-path=SCRIPTDIR
. "${BASH_SOURCE[0]%/*}/certs.bash"
. "${BASH_SOURCE[0]%/*}/wait.bash"

KUBE_PORT=6443
KUBE_CIDR=10.96.0.0/16
KUBE_ADDRESS=${KUBE_ADDRESS:-127.0.0.1} # where the proxy reaches it
# tests/e2e/run puts binaries that the caller names into /keep/bin.
KUBE_BINARY=/keep/bin/kube-apiserver
[ -x $KUBE_BINARY ] || KUBE_BINARY=/lab/kubernetes/kube-apiserver
KUBE_ETCD=/keep/bin/etcd
[ -x $KUBE_ETCD ] || KUBE_ETCD=/usr/bin/etcd

kube_start() {
	KUBE_DIR=$1
	mkdir -p "$KUBE_DIR"
	kube_certificates
	kube_kubeconfig
	kube_run
}

kube_certificates() {
	certs_ca "$KUBE_DIR" ca
	certs_sign "$KUBE_DIR" ca server /CN=kube-apiserver \
		"IP:127.0.0.1,IP:$KUBE_ADDRESS,DNS:kubernetes.default.svc"
	certs_sign "$KUBE_DIR" ca admin /O=system:masters/CN=admin
	certs_sign "$KUBE_DIR" ca proxy /CN=system:kube-proxy
	openssl genpkey -algorithm RSA -out "$KUBE_DIR/accounts.key" \
		2>/dev/null
	printf '%s\n' tok-admin,admin,1,system:masters tok-nobody,nobody,2 \
		>"$KUBE_DIR/tokens.csv"
}

kube_bind() {
	kube POST /apis/rbac.authorization.k8s.io/v1/clusterrolebindings "{
		\"metadata\": {\"name\": \"$2-$3\"},
		\"roleRef\": {\"apiGroup\": \"rbac.authorization.k8s.io\",
			\"kind\": \"ClusterRole\", \"name\": \"$3\"},
		\"subjects\": [{\"kind\": \"$1\", \"name\": \"$2\",
			\"namespace\": \"default\"}]}" >/dev/null
}

kube_user() {
	certs_sign "$KUBE_DIR" ca "$1" "/CN=$1"
	sed -e "s|proxy.crt|$1.crt|; s|proxy.key|$1.key|" \
		"$KUBE_DIR/kubeconfig" >"$KUBE_DIR/$1.kubeconfig"
	kube_bind User "$1" "$2"
}

kube_kubeconfig() {
	cat >"$KUBE_DIR/kubeconfig" <<-EOF
		apiVersion: v1
		kind: Config
		clusters:
		- name: lab
		  cluster:
		    server: https://$KUBE_ADDRESS:$KUBE_PORT
		    certificate-authority: $KUBE_DIR/ca.crt
		users:
		- name: proxy
		  user:
		    client-certificate: $KUBE_DIR/proxy.crt
		    client-key: $KUBE_DIR/proxy.key
		contexts:
		- name: lab
		  context: {cluster: lab, user: proxy}
		current-context: lab
	EOF
}

kube_run() {
	"$KUBE_ETCD" --data-dir "$KUBE_DIR/etcd" --unsafe-no-fsync \
		--listen-client-urls http://127.0.0.1:2379 \
		--advertise-client-urls http://127.0.0.1:2379 \
		--listen-peer-urls http://127.0.0.1:2380 \
		>>"$KUBE_DIR/etcd.log" 2>&1 3>&- &
	echo $! >"$KUBE_DIR/etcd.pid"
	disown $!
	"$KUBE_BINARY" --etcd-servers=http://127.0.0.1:2379 \
		--bind-address=0.0.0.0 --secure-port=$KUBE_PORT \
		--advertise-address=10.1.0.1 \
		--tls-cert-file="$KUBE_DIR/server.crt" \
		--tls-private-key-file="$KUBE_DIR/server.key" \
		--client-ca-file="$KUBE_DIR/ca.crt" \
		--kubelet-client-certificate="$KUBE_DIR/admin.crt" \
		--kubelet-client-key="$KUBE_DIR/admin.key" \
		--token-auth-file="$KUBE_DIR/tokens.csv" \
		--service-account-key-file="$KUBE_DIR/accounts.key" \
		--service-account-signing-key-file="$KUBE_DIR/accounts.key" \
		--service-account-issuer=https://kubernetes.default.svc \
		--service-cluster-ip-range=$KUBE_CIDR \
		--authorization-mode=Node,RBAC \
		--disable-admission-plugins=ServiceAccount \
		--cert-dir="$KUBE_DIR" \
		${KUBE_TLS_MIN:+--tls-min-version=$KUBE_TLS_MIN} \
		>>"$KUBE_DIR/apiserver.log" 2>&1 3>&- &
	echo $! >"$KUBE_DIR/apiserver.pid"
	disown $!
	wait_for 180 kube GET /readyz # a busy machine is no fault
}

# SIGKILL: no shutdown, no closed watch.
kube_stop() {
	local pid
	for pid in $(cat "$KUBE_DIR/apiserver.pid" "$KUBE_DIR/etcd.pid"); do
		kill -9 "$pid"
		wait_for is_gone "$pid"
	done
}

# A killed process is a zombie while its threads still end; until the last one
# has, its sockets are open and its port is taken.
is_gone() {
	! kill -0 "$1" || {
		grep -q '^State:.Z' "/proc/$1/status" &&
			[ "$(find "/proc/$1/task" -mindepth 1 -maxdepth 1 |
				wc -l)" -le 1 ]
	}
}

kube() {
	local method=$1 path=$2 type=application/json
	local curl=(curl -sS --fail-with-body --max-time 30
		--cacert "$KUBE_DIR/ca.crt" --cert "$KUBE_DIR/admin.crt"
		--key "$KUBE_DIR/admin.key" -X "$method")

	[ "$method" != PATCH ] || type=application/merge-patch+json
	if [ $# -ge 3 ]; then
		curl+=(-H "Content-Type: $type" --data-binary "$3")
	fi
	"${curl[@]}" "https://127.0.0.1:$KUBE_PORT$path"
}

kube_service() {
	local namespace=$1 name=$2 ip=$3 spec=$4

	kube POST "/api/v1/namespaces/$namespace/services" "
		{\"apiVersion\": \"v1\", \"kind\": \"Service\",
		 \"metadata\": {\"name\": \"$name\"},
		 \"spec\": {\"clusterIP\": \"$ip\", $spec}}" >/dev/null
}

# The `endpoints` of a slice: every address is ready and on node $NODE.
kube_endpoints() {
	local list='' address

	for address; do
		list+="${list:+,} {\"addresses\": [\"$address\"],
			\"nodeName\": \"${NODE:-node}\",
			\"conditions\": {\"ready\": true, \"serving\": true,
			\"terminating\": false}}"
	done
	echo "\"endpoints\": [$list]"
}

kube_slice() {
	local namespace=$1 name=$2 ports=$3
	shift 3

	kube POST "/apis/discovery.k8s.io/v1/namespaces/$namespace/endpointslices" "
		{\"apiVersion\": \"discovery.k8s.io/v1\",
		 \"kind\": \"EndpointSlice\",
		 \"metadata\": {\"name\": \"$name\",
		   \"labels\": {\"kubernetes.io/service-name\": \"$name\"}},
		 \"addressType\": \"IPv4\", \"ports\": $ports,
		 $(kube_endpoints "$@")}" >/dev/null
}

kube_slice_set() {
	local namespace=$1 name=$2
	shift 2

	kube PATCH "/apis/discovery.k8s.io/v1/namespaces/$namespace/endpointslices/$name" \
		"{$(kube_endpoints "$@")}" >/dev/null
}
