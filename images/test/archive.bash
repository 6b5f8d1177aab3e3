# archive.bash - a signed Debian archive on loopback.  Sourced by tests.
#
#   archive_start             a key and a server; sets ARCHIVE, ARCHIVE_URL,
#                             ARCHIVE_KEYRING, and apt's configuration to no
#                             other mirror
#   archive_source SUITE NAME VERSION [PATCH...]   a source package; its
#                             changelog is that of the text in $CHANGELOG
#   archive_deb SUITE NAME VERSION    a binary package for all architectures
#   archive_real SUITE NAME    a source package of our own lock
#   archive_sign SUITE [VALID-UNTIL]  make its indices and sign them
#   archive_stop

archive_start() {
	ARCHIVE=$(mktemp -d)
	export ARCHIVE GNUPGHOME=$ARCHIVE/.gnupg
	mkdir -m 700 "$GNUPGHOME"
	gpg --batch --quiet --passphrase '' --quick-gen-key 'An archive' \
		ed25519 sign never 2>&1
	ARCHIVE_KEYRING=$ARCHIVE/keyring.gpg
	gpg --batch --export > "$ARCHIVE_KEYRING"
	python3 -c '
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler,
                            directory=sys.argv[1])
handler.log_message = lambda *a: None
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
with open(sys.argv[1] + "/.port.new", "w") as f:
    f.write(str(server.server_address[1]))
import os
os.rename(sys.argv[1] + "/.port.new", sys.argv[1] + "/.port")
server.serve_forever()
' "$ARCHIVE" > /dev/null 2>&1 3>&- &
	ARCHIVE_SERVER=$!
	wait_for test -s "$ARCHIVE/.port"
	ARCHIVE_URL=http://127.0.0.1:$(cat "$ARCHIVE/.port")
	printf '%s\n' 'Dir::Etc::SourceList "/dev/null";' \
		'Dir::Etc::SourceParts "/dev/null";' 'Dir::Etc::Parts "/dev/null";' \
		'Dir::Etc::Main "/dev/null";' \
		'Acquire::http::Proxy "DIRECT";' > "$ARCHIVE/apt.conf"
	export ARCHIVE_KEYRING ARCHIVE_URL ARCHIVE_SERVER
	export SOURCE_MIRROR=$ARCHIVE_URL APT_CONFIG=$ARCHIVE/apt.conf
}

archive_stop() {
	kill "$ARCHIVE_SERVER" 2> /dev/null || true
	gpgconf --kill all
	rm -rf "$ARCHIVE"
}

archive_entry() { # FILE: " SHA256 SIZE NAME"
	printf ' %s %s %s\n' "$(sha256sum < "$1" | cut -d' ' -f1)" \
		"$(stat -c %s "$1")" "${1##*/}"
}

archive_source() { # SUITE NAME VERSION [PATCH...]
	local suite=$1 name=$2 version=$3 file=${3#*:} patch
	local upstream=${file%-*} pool=pool/main/${2:0:1}/$2
	local tree=$ARCHIVE/.tree
	shift 3
	mkdir -p "$ARCHIVE/$pool" "$ARCHIVE/.parts"
	rm -rf "$tree" && mkdir -p "$tree/$name-$upstream" "$tree/debian/patches"
	echo "$upstream" > "$tree/$name-$upstream/version"
	[ -e "$ARCHIVE/$pool/${name}_$upstream.orig.tar.gz" ] ||
		tar -C "$tree" --mtime @0 -czf \
			"$ARCHIVE/$pool/${name}_$upstream.orig.tar.gz" \
			"$name-$upstream"
	for patch; do
		echo "$patch" >> "$tree/debian/patches/series"
	done
	printf '%s\n' "$CHANGELOG" > "$tree/debian/changelog"
	printf '%s\n' 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/' \
		'' 'Files: *' 'Copyright: somebody' 'License: Expat' \
		> "$tree/debian/copyright"
	tar -C "$tree" --mtime @0 -cJf \
		"$ARCHIVE/$pool/${name}_$file.debian.tar.xz" debian
	{
		printf '%s\n' "Package: $name" "Binary: ${name}-dev, lib${name}1" \
			"Version: $version" "Directory: $pool" 'Checksums-Sha256:'
		archive_entry "$ARCHIVE/$pool/${name}_$upstream.orig.tar.gz"
		archive_entry "$ARCHIVE/$pool/${name}_$file.debian.tar.xz"
		echo
	} >> "$ARCHIVE/.parts/$suite.Sources"
}

archive_deb() { # SUITE NAME VERSION
	local file=pool/main/${2:0:1}/$2/$2_${3#*:}_all.deb
	local tree=$ARCHIVE/.deb
	rm -rf "$tree" && mkdir -p "$tree/DEBIAN" "$tree/usr/share/$2"
	mkdir -p "$ARCHIVE/${file%/*}" "$ARCHIVE/.parts"
	echo "$3" > "$tree/usr/share/$2/version"
	printf '%s\n' "Package: $2" "Version: $3" 'Architecture: all' \
		'Maintainer: nobody' 'Description: none' > "$tree/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$tree" "$ARCHIVE/$file" > /dev/null
	printf '%s\n' "Package: $2" "Version: $3" 'Architecture: all' \
		"Filename: $file" "Size: $(stat -c %s "$ARCHIVE/$file")" \
		"SHA256: $(sha256sum < "$ARCHIVE/$file" | cut -d' ' -f1)" '' \
		>> "$ARCHIVE/.parts/$1.Packages"
}

archive_sign() { # SUITE [VALID-UNTIL]
	local dists=$ARCHIVE/dists/$1 file
	mkdir -p "$dists/main/source" "$dists/main/binary-amd64" "$ARCHIVE/.parts"
	touch "$ARCHIVE/.parts/$1.Sources" "$ARCHIVE/.parts/$1.Packages"
	cp "$ARCHIVE/.parts/$1.Sources" "$dists/main/source/Sources"
	cp "$ARCHIVE/.parts/$1.Packages" "$dists/main/binary-amd64/Packages"
	xz -kf "$dists/main/source/Sources" "$dists/main/binary-amd64/Packages"
	{
		printf '%s\n' 'Origin: Test' "Suite: $1" "Codename: $1" \
			"Date: $(LC_ALL=C date -u -d '1 hour ago' -R | sed 's/+0000/UTC/')" \
			"Valid-Until: ${2:-$(LC_ALL=C date -u -d 'next week' -R | sed 's/+0000/UTC/')}" \
			'Architectures: all amd64' 'Components: main' 'SHA256:'
		(cd "$dists" && for file in main/*/*; do
			archive_entry "$file" | sed "s|[^ ]*$|$file|"
		done)
	} > "$dists/Release"
	gpg --batch --quiet --yes --clearsign -o "$dists/InRelease" \
		"$dists/Release"
}

archive_real() { # SUITE NAME: a source package of this project's own lock
	local root=$BATS_TEST_DIRNAME/../.. suite=$1 name=$2 path file
	mkdir -p "$ARCHIVE/.parts"
	{
		awk -v p="$name" '$1 == p && !n++ {
			print "Package: " p
			print "Version: " $2
			sub(/\/[^\/]*$/, "", $4)
			print "Directory: " $4
			print "Checksums-Sha256:"
		}' "$root/static-build/sources.lock"
		awk -v p="$name" '$1 == p { print $4 }' \
			"$root/static-build/sources.lock" |
			while read -r path; do
				file=$root/build/sources/${path##*/}
				mkdir -p "$ARCHIVE/${path%/*}"
				cp "$file" "$ARCHIVE/$path"
				archive_entry "$file"
			done
		echo
	} >> "$ARCHIVE/.parts/$suite.Sources"
}
