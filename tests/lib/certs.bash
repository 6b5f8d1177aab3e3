# certs.bash - make certificates for tests with openssl.  Sourced, not run.
#
#   certs_ca DIR NAME              a CA: DIR/NAME.crt, DIR/NAME.key
#   certs_sign DIR CA NAME SUBJECT [SAN]
#                                  a certificate signed by that CA, in
#                                  DIR/NAME.crt and .key; SAN is written like
#                                  "IP:127.0.0.1,DNS:localhost"
# Keys are ECDSA P-256; certificates are valid for one day.

certs_ca() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 1 -subj "/CN=$2" -keyout "$1/$2.key" -out "$1/$2.crt" \
		-addext basicConstraints=critical,CA:TRUE \
		-addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
}

certs_sign() {
	local dir=$1 ca=$2 name=$3 subject=$4 san=${5:-}

	{
		echo 'basicConstraints=CA:FALSE'
		echo 'keyUsage=critical,digitalSignature'
		echo 'extendedKeyUsage=serverAuth,clientAuth'
		[ -z "$san" ] || echo "subjectAltName=$san"
	} >"$dir/$name.ext"
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj "$subject" -keyout "$dir/$name.key" \
		-out "$dir/$name.csr" 2>/dev/null
	openssl x509 -req -in "$dir/$name.csr" -CA "$dir/$ca.crt" \
		-CAkey "$dir/$ca.key" -CAcreateserial -days 1 \
		-extfile "$dir/$name.ext" -out "$dir/$name.crt" 2>/dev/null
	rm "$dir/$name.csr" "$dir/$name.ext"
}
