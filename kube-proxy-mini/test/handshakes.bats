# handshakes.bats - TLS with the API servers that clusters have: versions, keys,
# curves, chains and bundles of authorities, and servers that break off.  Both
# libraries that the proxy can be built with meet each of them.
bats_require_minimum_version 1.5.0
# limit: 600

setup_file() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	server_certs
	certs_ca $DIR other
	make_key p384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
	make_key p521 -algorithm EC -pkeyopt ec_paramgen_curve:P-521
	make_key rsa2048 -algorithm RSA -pkeyopt rsa_keygen_bits:2048
	make_key rsa4096 -algorithm RSA -pkeyopt rsa_keygen_bits:4096
	make_key weak -algorithm RSA -pkeyopt rsa_keygen_bits:1024
	make_key long -algorithm RSA -pkeyopt rsa_keygen_bits:8192
	make_key p256 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
	for key in p256 p384 p521 rsa2048 rsa4096 weak long; do
		sign ca $key $key
	done
	EXTRA='extendedKeyUsage=clientAuth' sign ca p256 client-only
	sign ca p256 expired -not_before 20200101000000Z \
		-not_after 20210101000000Z
	sign ca p256 early -not_before 20990101000000Z \
		-not_after 20990201000000Z
	intermediate ca middle
	sign middle p256 below
	cat $DIR/middle.crt >>$DIR/below.crt
	forms_of_keys
	openssl req -x509 -newkey ed25519 -nodes -subj '/CN=Ed25519 root' \
		-keyout $DIR/ed.key -out $DIR/ed.crt 2>/dev/null
}

make_key() { # NAME OPTION...
	openssl genpkey "${@:2}" -out "$DIR/$1.key" 2>/dev/null
}

# A certificate NAME for that key, also for us as a client.
sign() { # AUTHORITY KEY NAME [OPTION...]
	local authority=$1 key=$2 name=$3
	shift 3
	[ "$key" = "$name" ] || cp "$DIR/$key.key" "$DIR/$name.key"
	[ $# -gt 0 ] || set -- -days 1
	openssl req -new -key "$DIR/$key.key" -subj /CN=system:kube-proxy \
		-out "$DIR/$name.csr"
	openssl x509 -req -in "$DIR/$name.csr" -CA "$DIR/$authority.crt" \
		-CAkey "$DIR/$authority.key" -CAcreateserial \
		-extfile <(printf '%s\n' basicConstraints=CA:FALSE \
			subjectAltName=IP:127.0.0.1 "${EXTRA:-}") "$@" \
		-out "$DIR/$name.crt" 2>/dev/null
}

intermediate() { # AUTHORITY NAME
	make_key "$2" -algorithm EC -pkeyopt ec_paramgen_curve:P-384
	openssl req -new -key "$DIR/$2.key" -subj "/CN=$2" -out "$DIR/$2.csr"
	openssl x509 -req -in "$DIR/$2.csr" -CA "$DIR/$1.crt" -days 1 \
		-CAkey "$DIR/$1.key" -CAcreateserial -out "$DIR/$2.crt" \
		-extfile <(echo basicConstraints=critical,CA:TRUE) 2>/dev/null
}

# The same keys as PKCS#1 and SEC 1, instead of PKCS#8.
forms_of_keys() {
	cp $DIR/rsa2048.crt $DIR/pkcs1.crt
	openssl rsa -in $DIR/rsa2048.key -traditional -out $DIR/pkcs1.key \
		2>/dev/null
	grep -q 'BEGIN RSA PRIVATE' $DIR/pkcs1.key
	cp $DIR/p256.crt $DIR/sec1.crt
	openssl ec -in $DIR/p256.key -out $DIR/sec1.key 2>/dev/null
	grep -q 'BEGIN EC PRIVATE' $DIR/sec1.key
}

setup() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	MBEDTLS=/keelson/build/bin/kube-proxy-mini
	BEARSSL=/keelson/build/test/bin/proxy-bearssl
}

teardown() {
	end proxy || true
	end server || true
}

end() { # proxy|server
	local pid
	pid=$(cat "$DIR/$1.pid")
	kill "$pid"
	wait_for fails kill -0 "$pid"
}

listed() {
	said 'msg="listed" kind=services'
}

# The first thing that each of these programs logs: "listed", or a fault.
accepts() { # PROGRAM...
	for PROXY; do
		proxy_start
		wait_for listed || {
			echo "# $PROXY, certificate $CERT"
			tail -n 3 $DIR/log
			return 1
		}
		end proxy
	done
}

refuses() { # WHY PROGRAM...
	local why=$1
	shift
	for PROXY; do
		proxy_start
		wait_for said "$why"
		fails listed
		end proxy
	done
}

# A server with this certificate, and a client that trusts ca.
meets() { # CERT [SERVER-OPTION...]
	CERT=$1 server_start "${@:2}"
	kubeconfig
}

@test "a server of TLS 1.3 alone, of each kind of key" {
	for key in p256 p384 p521 rsa2048 rsa4096; do
		USER_CERT=$key meets $key --tls 1.3
		accepts $MBEDTLS
		server_stop
	done
	meets p256 --tls 1.3
	refuses 'refused TLS 1.2, the newest version' $BEARSSL
}

@test "a server of TLS 1.2 alone, of each kind of key" {
	for key in p256 p384 p521 rsa2048 rsa4096; do
		USER_CERT=$key meets $key --tls 1.2
		accepts $MBEDTLS $BEARSSL
		server_stop
	done
	meets p256
}

@test "a server whose curve has to be asked for again" {
	# of TLS 1.2, openssl wants our certificate to be of that curve, too
	for curve in secp384r1 secp521r1 prime256v1; do
		USER_CERT=rsa2048 meets p256 --tls 1.3 --curve $curve
		accepts $MBEDTLS
		server_stop
		USER_CERT=rsa2048 meets p256 --tls 1.2 --curve $curve
		accepts $MBEDTLS $BEARSSL
		server_stop
	done
	meets p256
}

@test "our key as PKCS#1, SEC 1 and PKCS#8" {
	for form in pkcs1 sec1 rsa2048 p256; do
		USER_CERT=$form meets p256
		accepts $MBEDTLS $BEARSSL
		server_stop
	done
	meets p256
}

@test "a key that does not belong to our certificate is named" {
	cp $DIR/p256.crt $DIR/mixed.crt
	cp $DIR/rsa2048.key $DIR/mixed.key
	USER_CERT=mixed meets p256
	refuses 'private key does not belong to the certificate' $MBEDTLS
}

@test "an intermediate authority that the server shows" {
	meets below
	accepts $MBEDTLS $BEARSSL
}

@test "an Ed25519 authority is named and left out, the others count" {
	cp $DIR/ca.crt $DIR/ca.kept
	cat $DIR/ed.crt $DIR/ca.kept >$DIR/ca.crt
	meets p256
	for program in $MBEDTLS $BEARSSL; do
		accepts $program
		said 'certificate 1 (Ed25519 root): its kind of key'
		said "file=\"$DIR/ca.crt\"" || said "file=$DIR/ca.crt"
		[ "$(grep -c 'authority skipped' $DIR/log)" = 1 ]
	done
	cp $DIR/ed.crt $DIR/ca.crt
	refuses 'certificate 1 (Ed25519 root): its kind of key' \
		$MBEDTLS $BEARSSL
	mv $DIR/ca.kept $DIR/ca.crt
}

@test "an expired certificate, and one that is not valid yet" {
	for name in expired early; do
		meets $name
		refuses 'certificate is expired or not yet valid' \
			$MBEDTLS $BEARSSL
		said '127.0.0.1 port 6443: '
		server_stop
	done
	meets p256
}

@test "a certificate that is for clients only" {
	meets client-only
	refuses 'not one for servers' $MBEDTLS
}

@test "keys that are too short or too long" {
	openssl s_server -accept 6443 -cert $DIR/weak.crt -key $DIR/weak.key \
		-cipher ALL:@SECLEVEL=0 -quiet 3>&- &
	echo $! >$DIR/server.pid
	kubeconfig
	refuses 'weak key' $MBEDTLS
	end server
	meets long
	refuses 'TLS: ' $MBEDTLS $BEARSSL
}

# Five certificates beside the root, each below the one before.
@test "a chain of more than five certificates" {
	local above=ca
	for n in 1 2 3 4 5; do
		intermediate $above mid$n
		above=mid$n
	done
	sign mid5 p256 deep
	for n in 5 4 3 2 1; do
		cat $DIR/mid$n.crt >>$DIR/deep.crt
	done
	meets deep
	refuses 'more than 5' $MBEDTLS
}

# A server that answers each connection with these bytes and an end.
breaking_server() { # PYTHON-EXPRESSION
	python3 -c '
import socket, sys
server = socket.create_server(("127.0.0.1", 6443))
while True:
    peer = server.accept()[0]
    peer.recv(4096)
    peer.sendall(eval(sys.argv[1]))
    peer.close()' "$1" 3>&- &
	echo $! >$DIR/server.pid
	wait_for listens 6443
}

listens() { # PORT
	[ -n "$(ss -Htln "sport = :$1")" ]
}

@test "a record that ends too soon, or is none" {
	kubeconfig
	breaking_server 'b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03"'
	refuses 'the server closed the connection' $MBEDTLS $BEARSSL
	end server
	breaking_server 'b""'
	refuses 'the server closed the connection' $MBEDTLS $BEARSSL
	end server
	breaking_server 'b"\x16\x03\x03\xff\xff" + b"\x02" * 70000'
	refuses '127.0.0.1 port 6443: TLS: ' $MBEDTLS $BEARSSL
	end server
	breaking_server 'b"\x15\x03\x03\x00\x02\x02\x28"'
	refuses 'the server refused: handshake failure' $MBEDTLS $BEARSSL
}

# A server of openssl that is told to shake hands again; what it says is in
# $DIR/openssl.log.
telling_server() { # VERSION
	rm -f $DIR/tell && mkfifo $DIR/tell
	# shellcheck disable=SC2094 # the fifo is kept open by its reader
	openssl s_server -accept 6443 -cert $DIR/p256.crt -key $DIR/p256.key \
		-state "$1" <>$DIR/tell >$DIR/openssl.log 2>&1 3>&- &
	echo $! >$DIR/server.pid
	wait_for listens 6443
}

wrote() { # TEXT
	grep -qF -e "$1" $DIR/openssl.log
}

@test "renegotiation is refused, and nothing breaks" {
	kubeconfig
	for PROXY in $MBEDTLS $BEARSSL; do
		telling_server -tls1_2
		proxy_start
		wait_for wrote 'GET /'
		echo R >$DIR/tell
		wait_for wrote 'no renegotiation'
		kill -0 "$(cat $DIR/proxy.pid)"
		end proxy
		end server
	done
	meets p256
}

@test "an update of keys ends the connection, and the next one works" {
	kubeconfig
	telling_server -tls1_3
	PROXY=$MBEDTLS proxy_start
	wait_for wrote 'GET /'
	echo K >$DIR/tell
	wait_for said 'a message out of turn'
	end server
	meets p256
	wait_for listed
}
