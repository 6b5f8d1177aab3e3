# tls.bats - which API servers are trusted: by the names and addresses in their
# certificates (RFC 5280 4.2.1.6, RFC 6125), authorities, kinds of keys.
bats_require_minimum_version 1.5.0

setup_file() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	server_certs
	certs_ca $DIR other
	certs_sign $DIR ca wrong-ip /CN=127.0.0.1 IP:127.0.0.2
	certs_sign $DIR ca text-ip /CN=127.0.0.1 'DNS:127.0.0.1,DNS:*'
	certs_sign $DIR ca no-names /CN=127.0.0.1
	certs_sign $DIR other alien /CN=kube-apiserver IP:127.0.0.1
	certs_sign $DIR other stranger /CN=system:kube-proxy
	rsa_sign rsa IP:127.0.0.1
}

# The same with an RSA key of 2048 bits.
rsa_sign() { # NAME SAN
	openssl req -new -newkey rsa:2048 -nodes -subj "/CN=$1" \
		-keyout "$DIR/$1.key" -out "$DIR/$1.csr" 2>/dev/null
	openssl x509 -req -in "$DIR/$1.csr" -CA $DIR/ca.crt \
		-CAkey $DIR/ca.key -CAcreateserial -days 1 \
		-extfile <(echo "subjectAltName=$2") \
		-out "$DIR/$1.crt" 2>/dev/null
}

setup() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
}

teardown() {
	kill "$(cat $DIR/proxy.pid)" "$(cat $DIR/server.pid)" || true
	wait_for fails kill -0 "$(cat $DIR/server.pid)"
}

listens() { # PORT
	[ -n "$(ss -Htln "sport = :$1")" ]
}

# Connect to a server that presents this certificate.
meet() { # CERT [SERVER-OPTION...]
	export CERT=$1
	shift
	server_start "$@"
	kubeconfig
	proxy_start
}

accepted() {
	wait_for said 'msg="listed" kind=services'
}

refused() { # WHY
	wait_for said "$1"
	fails said 'msg="listed"'
}

@test "an IPv4 address that the certificate holds" {
	meet server
	accepted
}

@test "an IPv6 address that the certificate holds" {
	SERVER='https://[::1]:6443' meet server --address ::1
	accepted
}

@test "RSA keys on both sides" {
	USER_CERT=rsa meet rsa
	accepted
}

@test "another address is refused" {
	meet wrong-ip
	refused 'certificate is for another address'
}

@test "an IPv6 address that is not in it is refused" {
	SERVER='https://[::1]:6443' meet rsa --address ::1
	refused 'certificate is for another address'
}

@test "an address as text in a dNSName, or a wildcard, is refused" {
	meet text-ip
	refused 'certificate is for no address'
}

@test "an address in the common name alone is refused" {
	meet no-names
	refused 'certificate is for no address'
}

@test "another authority is refused" {
	meet alien
	refused 'signed by an unknown authority'
}

@test "tls-server-name: a name that the certificate holds" {
	SERVER_NAME=kubernetes meet server
	accepted
}

@test "tls-server-name: a wildcard stands for one label" {
	SERVER_NAME=a.example meet server
	accepted
}

@test "tls-server-name: a wildcard does not stand for two" {
	SERVER_NAME=a.b.example meet server
	refused 'certificate is for another name'
}

@test "tls-server-name: another name is refused, the address does not count" {
	SERVER_NAME=nobody meet server
	refused 'certificate is for another name'
}

@test "our certificate refused by the server is said in words" {
	USER_CERT=stranger meet server
	refused 'refused our certificate'
}

@test "a server that speaks TLS 1.1 at most is told apart" {
	openssl s_server -accept 6443 -cert $DIR/server.crt \
		-key $DIR/server.key -tls1_1 -cipher ALL:@SECLEVEL=0 -quiet 3>&- &
	echo $! >$DIR/server.pid
	kubeconfig
	wait_for listens 6443
	proxy_start
	refused 'refused TLS 1.2 and 1.3'
}

@test "a server that speaks no TLS at all is told apart" {
	python3 -m http.server -b 127.0.0.1 6443 >/dev/null 2>&1 3>&- &
	echo $! >$DIR/server.pid
	kubeconfig
	wait_for listens 6443
	proxy_start
	refused 'or TLS at all'
}

@test "a renewed certificate of ours is taken up without a restart" {
	cp $DIR/stranger.crt $DIR/renewed.crt
	cp $DIR/stranger.key $DIR/renewed.key
	USER_CERT=renewed meet server
	refused 'refused our certificate'
	cp $DIR/user.crt $DIR/renewed.crt
	cp $DIR/user.key $DIR/renewed.key
	accepted
}

# Restart the server with this certificate and a Service of that name.
renew() { # CERT
	kill "$(cat $DIR/server.pid)"
	wait_for fails kill -0 "$(cat $DIR/server.pid)"
	CERT=$1 server_start
	service "$1" 10.96.0.2
	control compact '{"kind": "Service"}'
}

@test "a server certificate that is renewed while we watch is taken up" {
	meet server
	accepted
	certs_sign $DIR ca renewed /CN=kube-apiserver IP:127.0.0.1
	renew renewed
	wait_for knows renewed
}

@test "an authority that is replaced while we watch is taken up" {
	cp $DIR/ca.crt $DIR/first.crt
	meet server
	accepted
	certs_sign $DIR other foreign /CN=kube-apiserver IP:127.0.0.1
	renew foreign
	wait_for said 'signed by an unknown authority'
	cat $DIR/first.crt $DIR/other.crt >$DIR/both.crt
	mv $DIR/both.crt $DIR/ca.crt
	wait_for knows foreign
	cp $DIR/first.crt $DIR/ca.crt
}
