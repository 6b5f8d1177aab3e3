# kubernetes.bash - Kubernetes' programs from Debian's source.  Sourced.
#
#   kubernetes_fetch DIR    source and Go of Debian bookworm below DIR
#   kubernetes_build DIR PROGRAM    cmd/PROGRAM of it to DIR/PROGRAM
#
# Bookworm's source package (1.20) is the newest that is complete, and builds
# with the Go of the same suite but for its vendored reflect2, which Debian's
# own package of it replaces.  Nothing is installed; the machine's apt is used
# with a private configuration.

KUBERNETES_VERSION=1.20
KUBERNETES_GO=golang-1.19

kubernetes_apt() { # DIR
	local mirror
	mirror=$(tests/lab/mirror)
	mkdir -p "$1/apt/lists/partial" "$1/apt/cache/archives/partial"
	printf '%s\n' "deb-src $mirror bookworm main" \
		"deb $mirror bookworm main" >"$1/apt/list"
	cat >"$1/apt/conf" <<-END
		Dir::Etc::sourcelist "$1/apt/list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::State::lists "$1/apt/lists";
		Dir::Cache "$1/apt/cache";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Acquire::Retries "3";
	END
	export APT_CONFIG=$1/apt/conf
}

kubernetes_fetch() { # DIR
	local reflect2=github.com/modern-go/reflect2

	kubernetes_apt "$1"
	mkdir "$1/src" "$1/debs" "$1/root"
	apt-get update -q
	(cd "$1/src" && apt-get source --download-only -q kubernetes)
	dpkg-source -x --no-check "$1"/src/*.dsc "$1/k8s"
	(cd "$1/debs" && apt-get download -q $KUBERNETES_GO-go \
		$KUBERNETES_GO-src golang-github-modern-go-reflect2-dev)
	for deb in "$1"/debs/*.deb; do
		dpkg -x "$deb" "$1/root"
	done
	rm -rf "$1/k8s/vendor/$reflect2"
	cp -r "$1/root/usr/share/gocode/src/$reflect2" \
		"$1/k8s/vendor/$reflect2"
	rm -f "$1/k8s/vendor/$reflect2"/*_test.go
}

kubernetes_build() { # DIR PROGRAM
	local flags='-s -w' package

	export GOROOT=$1/root/usr/lib/${KUBERNETES_GO/lang/}
	export PATH=$GOROOT/bin:$PATH
	export GO111MODULE=off GOPROXY=off CGO_ENABLED=0 GOFLAGS=
	export GOCACHE=$1/gocache GOPATH=$1/gopath
	mkdir -p "$GOPATH/src/k8s.io"
	ln -sfn "$1/k8s" "$GOPATH/src/k8s.io/kubernetes"
	for package in component-base/version client-go/pkg/version; do
		package=k8s.io/kubernetes/vendor/k8s.io/$package
		flags+=" -X $package.gitVersion=v$KUBERNETES_VERSION.0"
		flags+=" -X $package.gitMajor=${KUBERNETES_VERSION%.*}"
		flags+=" -X $package.gitMinor=${KUBERNETES_VERSION#*.}"
	done
	(cd "$GOPATH/src/k8s.io/kubernetes" &&
		go build -ldflags "$flags" -o "$1/$2" "k8s.io/kubernetes/cmd/$2")
}
